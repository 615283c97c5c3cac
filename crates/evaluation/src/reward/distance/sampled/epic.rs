//! EPIC by samples.

use std::collections::BTreeMap;

use super::asked::{Asked, SampleError, TabularTransition, check_count, even, named};
use crate::reward::distance::standardized::{
    Canonical, ROUNDING, RewardDistance, Which, check_discount, pearson_distance,
};
use crate::runs::stratified::mean;

/// What [`sampled_epic`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpicSample<'a> {
    /// Draws from the coverage distribution `D`, over which rewards are correlated.
    pub transitions: &'a [TabularTransition],
    /// Draws `(action, next state)` from `D_A` and `D_S`, over which rewards are averaged.
    pub probes: &'a [(usize, usize)],
    /// In [0, 1].
    pub discount: f64,
}

/// [`epic`](crate::epic()) by samples (Gleave et al. 2021, appendix A.1): expectations over `A` and `S'`
/// are means over the probes, correlations are over the transitions. `E[gamma R(S, A, S')]` is the
/// same for all transitions and left out. Each reward is asked for the transitions, and for every
/// probe at each state that they name.
///
/// # Errors
/// There are fewer than two transitions or no probe, the discount is outside of [0, 1], a reward returns
/// another number of values than it was asked for, or a value is NaN or infinite.
pub fn sampled_epic(
    sample: &EpicSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, false)?;
    check_count("transitions", 2, sample.transitions.len())?;
    check_count("probes", 1, sample.probes.len())?;
    let first = epic_canonical(sample, &mut Asked::new(Which::First, first))?;
    let second = epic_canonical(sample, &mut Asked::new(Which::Second, second))?;
    Ok(pearson_distance(first, second, &even(sample.transitions.len()))?)
}

fn epic_canonical<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &EpicSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let mut means = BTreeMap::new();
    for state in named(sample.transitions) {
        let of = |&(action, next)| TabularTransition { state, action, next };
        let batch: Vec<TabularTransition> = sample.probes.iter().map(of).collect();
        means.insert(state, mean(&reward.of(&batch)?));
    }
    let rewards = reward.of(sample.transitions)?;
    let shaped = |(at, reward): (&TabularTransition, f64)| {
        reward + sample.discount * means[&at.next] - means[&at.state]
    };
    let values = sample.transitions.iter().zip(rewards).map(shaped).collect();
    Ok(Canonical { values, rounding: ROUNDING * reward.largest })
}
