//! What are states worth under a policy? Exactly, by one linear system:
//! `(I - discount P) V = r`, with what the policy does in `P` and `r`.
//!
//! A system of `n` states takes `n^3 / 3` operations where any state follows any other, and far fewer
//! on a map: some thousands of states may take seconds. [`super::value_iteration`] is for more.

use super::system::System;
use super::values::too_large;
use super::{SolveError, TabularPolicy};
use medley_world::Mdp;

/// Value of each state, `[state]`.
///
/// # Errors
/// The policy is for other sizes, or values are not finite.
pub fn evaluate(mdp: &Mdp, policy: &TabularPolicy) -> Result<Vec<f64>, SolveError> {
    policy.fits(mdp)?;
    let mut values = paid(mdp, policy);
    System::of(mdp, policy).solve_one(&mut values);
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(too_large(mdp)),
    }
}

/// What a policy is paid in each state, `[state]`.
pub(super) fn paid(mdp: &Mdp, policy: &TabularPolicy) -> Vec<f64> {
    let reward = |state: usize| match mdp.is_terminal(state) {
        true => 0.0,
        false => (0..mdp.actions())
            .map(|action| policy.probability(state, action) * mdp.expected_reward(state, action))
            .sum(),
    };
    (0..mdp.states()).map(reward).collect()
}

/// Value of a policy: the mean over first states.
///
/// # Errors
/// As [`evaluate`].
pub fn value(mdp: &Mdp, policy: &TabularPolicy) -> Result<f64, SolveError> {
    Ok(at_start(mdp, &evaluate(mdp, policy)?))
}

/// Mean of values of states over first states.
pub(super) fn at_start(mdp: &Mdp, values: &[f64]) -> f64 {
    mdp.start().iter().zip(values).map(|(probability, value)| probability * value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{chain, ended_chain, random};
    use proptest::prelude::*;

    #[test]
    fn waiting_at_random_has_a_closed_form() {
        // At each state half of the steps move on: V(s) = discount (V(s) + V(s + 1)) / 2.
        let mdp = chain(4, 0.8);
        let values = evaluate(&mdp, &TabularPolicy::uniform(&mdp)).unwrap();
        assert!((values[3] - 5.0).abs() < 1e-12);
        for state in 0..3 {
            let expect = 0.4 / 0.6 * values[state + 1];
            assert!((values[state] - expect).abs() < 1e-12, "{state}");
        }
        let ended = evaluate(&ended_chain(3, 0.8), &TabularPolicy::uniform(&ended_chain(3, 0.8)));
        assert_eq!(ended.unwrap()[2], 0.0);
    }

    proptest! {
        #[test]
        fn values_solve_their_equation(seed: u64, discount in 0.0_f64..0.999) {
            let mdp = random(seed, discount);
            let policy = crate::tabular::fixture::random_policy(&mdp, seed);
            let values = evaluate(&mdp, &policy).unwrap();
            for state in 0..mdp.states() {
                let expect: f64 = policy.row(state).iter().enumerate().map(|(action, chosen)| {
                    let next = mdp.expected_next(state, action, &values);
                    chosen * (mdp.expected_reward(state, action) + discount * next)
                }).sum();
                let scale = 1.0 + expect.abs();
                prop_assert!((values[state] - expect).abs() < 1e-10 * scale);
            }
        }
    }
}
