//! STARC by rollouts.

use super::asked::{Asked, SampleError, TabularTransition, check_count, even};
use crate::reward::distance::standardized::{
    Canonical, ROUNDING, RewardDistance, Which, check_discount, half_distance,
};

/// Rollouts from one state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RolloutPair {
    /// Each starts in the state with the action whose advantage is wanted, and goes on with the policy.
    pub after_action: Vec<Vec<TabularTransition>>,
    /// Each starts in the same state and follows the policy from the first step.
    pub after_state: Vec<Vec<TabularTransition>>,
}

/// What [`sampled_starc`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StarcSample<'a> {
    /// Rollouts for each state and action that the distance is over, all alike. They should be equally
    /// long and so long that `gamma^length` is small: what comes after is left out, and potentials
    /// cancel up to that factor. Shorter ones are for episodes that ended.
    pub pairs: &'a [RolloutPair],
    /// In [0, 1).
    pub discount: f64,
}

/// [`starc`](crate::starc()) with [`Canonicalization::ValueAdjusted`](crate::Canonicalization) by
/// samples: the advantage `Q(s, a) - V(s)` is the mean discounted return of rollouts after the action
/// minus that of rollouts after the state. The policy is whatever made the rollouts; for the exact
/// distance it takes all actions alike.
///
/// # Errors
/// There is no pair, a pair lacks rollouts of either sort, the discount is outside of [0, 1), a reward
/// returns another number of values than it was asked for, or a value is NaN or infinite.
pub fn sampled_starc(
    sample: &StarcSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, true)?;
    check_count("pairs", 1, sample.pairs.len())?;
    for (pair, of) in sample.pairs.iter().enumerate() {
        if of.after_action.is_empty() || of.after_state.is_empty() {
            return Err(SampleError::NoRollout { pair });
        }
    }
    let first = advantages(sample, &mut Asked::new(Which::First, first))?;
    let second = advantages(sample, &mut Asked::new(Which::Second, second))?;
    Ok(half_distance(&first, &second, &even(sample.pairs.len()))?)
}

fn advantages<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &StarcSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let mut mean_return = |rollouts: &[Vec<TabularTransition>]| -> Result<f64, SampleError> {
        let mut sum = 0.0;
        for rollout in rollouts {
            let rewards = reward.of(rollout)?;
            sum += rewards.iter().rev().fold(0.0, |later, now| now + sample.discount * later);
        }
        Ok(sum / rollouts.len() as f64)
    };
    let mut values = Vec::with_capacity(sample.pairs.len());
    for pair in sample.pairs {
        values.push(mean_return(&pair.after_action)? - mean_return(&pair.after_state)?);
    }
    Ok(Canonical { values, rounding: ROUNDING * reward.largest / (1.0 - sample.discount) })
}
