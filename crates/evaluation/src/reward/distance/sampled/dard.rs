//! DARD by samples.

use std::collections::BTreeMap;

use super::asked::{Asked, SampleError, TabularTransition, check_count, even, named};
use crate::reward::distance::standardized::{
    Canonical, ROUNDING, RewardDistance, Which, check_discount, pearson_distance,
};
use crate::runs::stratified::mean;

/// What [`sampled_dard`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DardSample<'a> {
    /// Draws from the coverage distribution `D`, over which rewards are correlated.
    pub transitions: &'a [TabularTransition],
    /// Draws from `D_A`. Where the world is random, each action should occur more than once.
    pub actions: &'a [usize],
    /// For each state that a transition names: a draw of the next state after each of the actions.
    pub successors: &'a BTreeMap<usize, Vec<usize>>,
    /// In [0, 1].
    pub discount: f64,
}

/// [`dard`](crate::dard()) by samples. In the last term the successor of `s` under a draw of an action
/// is paired with that of `s'` under the *next* draw of the same action: where `s' = s`, as in a state
/// that ends an episode, the two would else be one draw, and not independent.
///
/// # Errors
/// As [`sampled_epic`](crate::sampled_epic()), or a state lacks its successors.
pub fn sampled_dard(
    sample: &DardSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, false)?;
    check_count("transitions", 2, sample.transitions.len())?;
    check_count("actions", 1, sample.actions.len())?;
    for state in named(sample.transitions) {
        let found = sample.successors.get(&state).map_or(0, Vec::len);
        let expected = sample.actions.len();
        if found != expected {
            return Err(SampleError::Successors { state, expected, found });
        }
    }
    let first = dard_canonical(sample, &mut Asked::new(Which::First, first))?;
    let second = dard_canonical(sample, &mut Asked::new(Which::Second, second))?;
    Ok(pearson_distance(first, second, &even(sample.transitions.len()))?)
}

fn dard_canonical<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &DardSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let DardSample { transitions, actions, successors, discount } = *sample;
    let after = |state: usize, draw: usize| successors[&state][draw];
    let mut means = BTreeMap::new();
    for state in named(transitions) {
        let of = |(draw, &action)| TabularTransition { state, action, next: after(state, draw) };
        let batch: Vec<TabularTransition> = actions.iter().enumerate().map(of).collect();
        means.insert(state, mean(&reward.of(&batch)?));
    }
    let partner = next_of_same(actions);
    let mut between = BTreeMap::new();
    for &TabularTransition { state, next, .. } in transitions {
        if between.contains_key(&(state, next)) {
            continue;
        }
        let of = |(draw, &action): (usize, &usize)| TabularTransition {
            state: after(state, draw),
            action,
            next: after(next, partner[draw]),
        };
        let batch: Vec<TabularTransition> = actions.iter().enumerate().map(of).collect();
        between.insert((state, next), mean(&reward.of(&batch)?));
    }
    let rewards = reward.of(transitions)?;
    let shaped = |(at, reward): (&TabularTransition, f64)| {
        let onward = means[&at.next] - between[&(at.state, at.next)];
        reward + discount * onward - means[&at.state]
    };
    let values = transitions.iter().zip(rewards).map(shaped).collect();
    Ok(Canonical { values, rounding: ROUNDING * reward.largest })
}

/// For each draw, the next draw of the same action; after the last, the first.
fn next_of_same(actions: &[usize]) -> Vec<usize> {
    let mut draws: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (draw, action) in actions.iter().enumerate() {
        draws.entry(*action).or_default().push(draw);
    }
    let mut partner = vec![0; actions.len()];
    for of_action in draws.values() {
        for (place, draw) in of_action.iter().enumerate() {
            partner[*draw] = of_action[(place + 1) % of_action.len()];
        }
    }
    partner
}
