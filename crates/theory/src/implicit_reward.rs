//! What does a policy over a finite set of responses learn from preferences, without a reward model? Losses of
//! implicit rewards.
//!
//! A softmax policy `pi` over the set and a reference `q` imply the reward
//!
//! ```text
//! r(y) = beta (ln pi(y) - ln q(y))
//! ```
//!
//! whose optimum at temperature beta is `pi` itself ([`crate::gibbs`]). So DPO is Bradley-Terry with
//! another parametrization, and not another model of people: its loss equals that of
//! [`bradley_terry_loss`] at `r`, to rounding, and so does its gradient by way of the chain rule; tests
//! hold both. What differs is the optimizer's path, and what happens outside the set, of which there is
//! nothing here.
//!
//! Without a reference (`q` uniform) the implicit reward is `beta ln pi(y)` up to a constant, and every
//! statement above holds: [`ImplicitReward::without_reference`].

use crate::preferred::{
    ImplicitRewardError, Preferred, Thumb, above_zero, check_numbers, check_preferred, check_thumbs,
};
use crate::sigmoid::{log_sigmoid, sigmoid};

/// A softmax policy over a finite set, seen as a reward.
#[derive(Clone, Debug, PartialEq)]
pub struct ImplicitReward {
    /// `ln q` of each response, `[response]`.
    log_reference: Vec<f64>,
    beta: f64,
}

/// Weights of the two kinds of thumbs (Ethayarajh et al. 2024).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KtoWeights {
    /// Of thumbs up.
    pub up: f64,
    /// Of thumbs down.
    pub down: f64,
}

/// A loss, mean over statements, and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct LossAndSlope {
    /// Nats, or a share for KTO.
    pub loss: f64,
    /// By each logit, or each reward, `[response]`.
    pub slope: Vec<f64>,
}

impl ImplicitReward {
    /// Against a reference, `[response]`, with the temperature beta in units of reward per nat.
    ///
    /// # Errors
    /// The reference is no distribution, gives a response no chance, or beta is not a positive number.
    pub fn new(reference: &[f64], beta: f64) -> Result<Self, ImplicitRewardError> {
        if reference.is_empty() {
            return Err(ImplicitRewardError::Empty);
        }
        above_zero("beta", beta)?;
        if let Some(response) = reference.iter().position(|q| !(q.is_finite() && *q > 0.0)) {
            let value = reference[response];
            return Err(ImplicitRewardError::Reference { response, value });
        }
        let sum: f64 = reference.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(ImplicitRewardError::Sum { sum });
        }
        Ok(Self { log_reference: reference.iter().map(|q| q.ln()).collect(), beta })
    }

    /// Without a reference: the reward is `beta ln pi(y)`, up to a constant that no preference sees.
    ///
    /// # Errors
    /// There is no response, or beta is not a positive number.
    pub fn without_reference(responses: usize, beta: f64) -> Result<Self, ImplicitRewardError> {
        Self::new(&vec![1.0 / responses as f64; responses], beta)
    }

    /// The reward that a policy of these logits implies, `[response]`.
    ///
    /// # Errors
    /// There is another number of logits, or one is not finite.
    pub fn rewards(&self, logits: &[f64]) -> Result<Vec<f64>, ImplicitRewardError> {
        self.check_logits(logits)?;
        let shift = log_total(logits);
        let one = |(logit, reference): (&f64, &f64)| self.beta * (logit - shift - reference);
        Ok(logits.iter().zip(&self.log_reference).map(one).collect())
    }

    /// The loss of direct preference optimization (Rafailov et al. 2023, equation 7), mean over
    /// statements, and its slope by the logits of the policy:
    ///
    /// ```text
    /// -ln sigmoid(beta (ln pi(w) - ln q(w)) - beta (ln pi(l) - ln q(l)))
    /// ```
    ///
    /// # Errors
    /// Logits or statements do not fit the set.
    pub fn dpo(
        &self,
        logits: &[f64],
        statements: &[Preferred],
    ) -> Result<LossAndSlope, ImplicitRewardError> {
        self.check_logits(logits)?;
        check_preferred(statements, logits.len())?;
        let shift = log_total(logits);
        let log_ratio = |y: usize| logits[y] - shift - self.log_reference[y];
        let each = 1.0 / statements.len() as f64;
        let mut found = LossAndSlope { loss: 0.0, slope: vec![0.0; logits.len()] };
        for Preferred { winner, loser } in statements {
            let margin = self.beta * log_ratio(*winner) - self.beta * log_ratio(*loser);
            found.loss -= each * log_sigmoid(margin);
            // The normalization of the policy is in both terms and cancels.
            let push = each * self.beta * sigmoid(-margin);
            found.slope[*winner] -= push;
            found.slope[*loser] += push;
        }
        Ok(found)
    }

    /// The loss of Kahneman-Tversky optimization (Ethayarajh et al. 2024), mean over statements, and its
    /// slope by the logits of the policy:
    ///
    /// ```text
    /// up:   lambda_up   (1 - sigmoid(beta (u(y) - z)))         u = ln pi(y) - ln q(y)
    /// down: lambda_down (1 - sigmoid(beta (z - u(y))))         z = max(0, KL(pi || q)), no slope
    /// ```
    ///
    /// Over a finite set the divergence `z` is exact, where practice estimates it from mismatched pairs.
    ///
    /// # Errors
    /// Logits or statements do not fit the set, or a weight is not a positive number.
    pub fn kto(
        &self,
        logits: &[f64],
        statements: &[Thumb],
        weights: KtoWeights,
    ) -> Result<LossAndSlope, ImplicitRewardError> {
        self.check_logits(logits)?;
        above_zero("up", weights.up)?;
        above_zero("down", weights.down)?;
        check_thumbs(statements, logits.len())?;
        let shift = log_total(logits);
        let probabilities: Vec<f64> = logits.iter().map(|logit| (logit - shift).exp()).collect();
        let log_ratio = |y: usize| logits[y] - shift - self.log_reference[y];
        let kl: f64 = probabilities.iter().enumerate().map(|(y, p)| p * log_ratio(y)).sum();
        let kl = kl.max(0.0);
        let each = 1.0 / statements.len() as f64;
        let mut found = LossAndSlope { loss: 0.0, slope: vec![0.0; logits.len()] };
        for Thumb { response, up } in statements {
            let (weight, sign) = if *up { (weights.up, 1.0) } else { (weights.down, -1.0) };
            let gain = sigmoid(sign * self.beta * (log_ratio(*response) - kl));
            found.loss += each * weight * (1.0 - gain);
            // d gain / d ln pi(y), and d ln pi(y) / d logit is 1 at y less the probabilities.
            let push = each * weight * sign * self.beta * gain * (1.0 - gain);
            found.slope[*response] -= push;
            let slopes = found.slope.iter_mut().zip(&probabilities);
            slopes.for_each(|(slope, probability)| *slope += push * probability);
        }
        Ok(found)
    }

    fn check_logits(&self, logits: &[f64]) -> Result<(), ImplicitRewardError> {
        check_numbers(logits, self.log_reference.len())
    }
}

/// Bradley-Terry's loss of explicit rewards, mean over statements, and its slope by each reward:
/// `-ln sigmoid(r(w) - r(l))`.
///
/// # Errors
/// Rewards are not finite, or statements do not fit the set.
pub fn bradley_terry_loss(
    rewards: &[f64],
    statements: &[Preferred],
) -> Result<LossAndSlope, ImplicitRewardError> {
    check_numbers(rewards, rewards.len())?;
    check_preferred(statements, rewards.len())?;
    let each = 1.0 / statements.len() as f64;
    let mut found = LossAndSlope { loss: 0.0, slope: vec![0.0; rewards.len()] };
    for Preferred { winner, loser } in statements {
        let margin = rewards[*winner] - rewards[*loser];
        found.loss -= each * log_sigmoid(margin);
        found.slope[*winner] -= each * sigmoid(-margin);
        found.slope[*loser] += each * sigmoid(-margin);
    }
    Ok(found)
}

fn log_total(logits: &[f64]) -> f64 {
    let best = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    best + logits.iter().map(|logit| (logit - best).exp()).sum::<f64>().ln()
}

#[cfg(test)]
#[path = "implicit_reward_tests.rs"]
mod tests;
