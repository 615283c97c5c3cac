//! What does optimizing a reward over a finite set of responses come to, exactly?
//!
//! A policy `q` over the set is optimized by taking the best of n of its responses, or by maximizing
//! `E[r] - temperature KL(p || q)`. Both have closed forms, so that overoptimization can be studied
//! without training anything: choose by a proxy, and look at gold. It lies beside [`crate::best_of_n`],
//! which estimates the same from samples; the measures of what comes out are `medley-evaluation`'s.
//!
//! Several members of an ensemble are made into one score first ([`Pessimism`]), so that caution is a
//! property of the score and not of how it is optimized.

use serde::{Deserialize, Serialize};

/// How members of an ensemble become one score (after Coste et al. 2024).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pessimism {
    /// The mean: none.
    Mean,
    /// The lowest of all members: worst-case optimization.
    Minimum,
    /// `mean - k sd`, with the standard deviation over members (that of a sample, over their number
    /// less 1). `k` is at least 0, without unit. Uncertainty-weighted optimization of Coste et al. takes
    /// the variance instead, which has another unit than the reward.
    MeanMinusSd {
        /// Standard deviations.
        k: f64,
    },
}

impl Pessimism {
    /// One score for each response.
    ///
    /// ```
    /// use medley_theory::Pessimism;
    /// let members = [vec![1.0, 4.0], vec![3.0, 4.0]];
    /// assert_eq!(Pessimism::Minimum.scores(&members), Ok(vec![1.0, 4.0]));
    /// ```
    ///
    /// # Shapes
    /// `members`: `[member][response]`; the result: `[response]`, in units of reward.
    ///
    /// # Errors
    /// There is no member or no response, a member scores another number of responses, a score is NaN or
    /// infinite, `k` is negative, NaN or infinite, or a standard deviation is asked of one member.
    pub fn scores(self, members: &[Vec<f64>]) -> Result<Vec<f64>, FiniteChoiceError> {
        let responses = members.first().map_or(0, Vec::len);
        if responses == 0 {
            return Err(FiniteChoiceError::Empty);
        }
        for (member, scores) in members.iter().enumerate() {
            if scores.len() != responses {
                let found = scores.len();
                return Err(FiniteChoiceError::Ragged { member, expected: responses, found });
            }
            if let Some(response) = scores.iter().position(|score| !score.is_finite()) {
                let value = scores[response];
                return Err(FiniteChoiceError::Score { member, response, value });
            }
        }
        if let Self::MeanMinusSd { k } = self {
            if !(k.is_finite() && k >= 0.0) {
                return Err(FiniteChoiceError::Caution { k });
            }
            if members.len() < 2 {
                return Err(FiniteChoiceError::OneMember);
            }
        }
        let of = |response: usize| self.of(members.iter().map(move |scores| scores[response]));
        Ok((0..responses).map(of).collect())
    }

    fn of(self, scores: impl Iterator<Item = f64> + Clone) -> f64 {
        let count = scores.clone().count() as f64;
        let mean = scores.clone().sum::<f64>() / count;
        match self {
            Self::Mean => mean,
            Self::Minimum => scores.fold(f64::INFINITY, f64::min),
            Self::MeanMinusSd { k } => {
                let squares: f64 = scores.map(|score| (score - mean).powi(2)).sum();
                mean - k * (squares / (count - 1.0)).sqrt()
            }
        }
    }
}

/// A policy over a finite set of responses, and how far it is from the one that it was made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FinitePolicy {
    /// `[response]`, summing to 1.
    pub probabilities: Vec<f64>,
    /// `KL(p || q)`, nats.
    pub kl: f64,
}

impl FinitePolicy {
    /// `E[values]`, in their unit: of gold, what was gained; of the proxy, what was claimed.
    ///
    /// # Panics
    /// There is another number of values than responses.
    pub fn expected(&self, values: &[f64]) -> f64 {
        assert_eq!(values.len(), self.probabilities.len(), "values and responses");
        self.probabilities.iter().zip(values).map(|(p, value)| p * value).sum()
    }
}

/// The policy that maximizes `E_p[score] - temperature KL(p || initial)`:
///
/// ```text
/// p(y) = initial(y) exp(score(y) / temperature) / Z
/// ```
///
/// (the Gibbs distribution; Korbak et al. 2022, Rafailov et al. 2023, equation 4). In log space, so that
/// no temperature above 0 is too low. `initial` gives probability 0 to what can never be said.
///
/// # Errors
/// The lists differ in length, `initial` is no distribution, a score is NaN or infinite, or the
/// temperature is not a positive number.
pub fn gibbs(
    initial: &[f64],
    scores: &[f64],
    temperature: f64,
) -> Result<FinitePolicy, FiniteChoiceError> {
    check(initial, scores)?;
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(FiniteChoiceError::Temperature { temperature });
    }
    let possible = || initial.iter().zip(scores).filter(|(q, _)| **q > 0.0);
    let best = possible().fold(f64::NEG_INFINITY, |best, (_, score)| best.max(*score));
    let tilted = |(q, score): (&f64, &f64)| {
        if *q > 0.0 { q * ((score - best) / temperature).exp() } else { 0.0 }
    };
    let weights: Vec<f64> = initial.iter().zip(scores).map(tilted).collect();
    let total: f64 = weights.iter().sum();
    Ok(policy(weights.iter().map(|weight| weight / total).collect(), initial))
}

/// The policy that draws n responses from `initial` and keeps the one of highest score, of equals one
/// at random:
///
/// ```text
/// p(y) = initial(y) / T * ((B + T)^n - B^n)
/// ```
///
/// with `B` the probability of a lower score and `T` that of an equal one. Its KL is exact; it is at most
/// `ln n - (n - 1) / n` ([`crate::kl_best_of_n`]), which is that of scores without ties.
///
/// # Errors
/// As [`gibbs`], or n is 0.
pub fn best_of_n_policy(
    initial: &[f64],
    scores: &[f64],
    n: u32,
) -> Result<FinitePolicy, FiniteChoiceError> {
    check(initial, scores)?;
    if n == 0 {
        return Err(FiniteChoiceError::NoDraw);
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mut probabilities = vec![0.0; scores.len()];
    let (mut below, power) = (0.0, f64::from(n));
    for tie in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let of_tie: f64 = tie.iter().map(|response| initial[*response]).sum();
        let upto = below + of_tie;
        let highest = f64::powf(upto, power) - f64::powf(below, power);
        // Of a tie that is never drawn no response is.
        let scale = if of_tie > 0.0 { highest / of_tie } else { 0.0 };
        tie.iter().for_each(|response| probabilities[*response] = initial[*response] * scale);
        below = upto;
    }
    let total: f64 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|p| *p /= total);
    Ok(policy(probabilities, initial))
}

fn policy(probabilities: Vec<f64>, initial: &[f64]) -> FinitePolicy {
    let term = |(p, q): (&f64, &f64)| if *p > 0.0 { p * (p / q).ln() } else { 0.0 };
    // Rounding can leave a KL of 0 a hair below.
    let kl = probabilities.iter().zip(initial).map(term).sum::<f64>().max(0.0);
    FinitePolicy { probabilities, kl }
}

fn check(initial: &[f64], scores: &[f64]) -> Result<(), FiniteChoiceError> {
    if initial.is_empty() {
        return Err(FiniteChoiceError::Empty);
    }
    if initial.len() != scores.len() {
        let (responses, scores) = (initial.len(), scores.len());
        return Err(FiniteChoiceError::Length { responses, scores });
    }
    let sum: f64 = initial.iter().sum();
    if let Some(response) = initial.iter().position(|q| !(q.is_finite() && *q >= 0.0)) {
        return Err(FiniteChoiceError::Probability { response, value: initial[response] });
    }
    if (sum - 1.0).abs() > 1e-9 {
        return Err(FiniteChoiceError::Sum { sum });
    }
    match scores.iter().position(|score| !score.is_finite()) {
        Some(response) => {
            Err(FiniteChoiceError::Score { member: 0, response, value: scores[response] })
        }
        None => Ok(()),
    }
}

/// Why there is no policy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FiniteChoiceError {
    /// There is nothing to choose from, or nobody to score it.
    #[error("there is no response, or no member to score any")]
    Empty,
    /// Members score different sets.
    #[error("member {member} scores {found} responses, member 0 scores {expected}")]
    Ragged {
        /// From 0.
        member: usize,
        /// Of member 0.
        expected: usize,
        /// Of this member.
        found: usize,
    },
    /// A score is missing.
    #[error("there are {responses} responses and {scores} scores")]
    Length {
        /// Responses.
        responses: usize,
        /// Scores.
        scores: usize,
    },
    /// A score is NaN or infinite.
    #[error("member {member} gives response {response} a score of {value}")]
    Score {
        /// From 0; 0 where there is one list of scores.
        member: usize,
        /// From 0.
        response: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A probability is negative, NaN or infinite.
    #[error("the initial policy gives response {response} a probability of {value}")]
    Probability {
        /// From 0.
        response: usize,
        /// What it is.
        value: f64,
    },
    /// The initial policy is no distribution.
    #[error("the probabilities of the initial policy sum to {sum}, not to 1")]
    Sum {
        /// What they come to.
        sum: f64,
    },
    /// A temperature is none.
    #[error("a temperature has to be above 0 and finite, found {temperature}")]
    Temperature {
        /// Given.
        temperature: f64,
    },
    /// Caution is none.
    #[error("k has to be at least 0 and finite, found {k}")]
    Caution {
        /// Given.
        k: f64,
    },
    /// One member has no spread.
    #[error("one member has no standard deviation: take more members, or the mean")]
    OneMember,
    /// The best of none.
    #[error("the best of 0 responses does not exist")]
    NoDraw,
}

#[cfg(test)]
#[path = "finite_choice_tests.rs"]
mod tests;
