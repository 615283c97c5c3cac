//! What are states worth, if the best is done in each?

use super::SolveError;
use super::row::best;
use medley_world::Mdp;

/// Values of states and of actions in them, to a known error.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// Of each state, `[state]`.
    pub states: Vec<f64>,
    /// Of each action in each state, `[state * actions + action]`.
    pub actions: Vec<f64>,
    /// No value is further than this from the exact one, rounding aside.
    pub error: f64,
    /// Passes over all states.
    pub sweeps: u32,
}

/// Value iteration: `Q(s, a) = r(s, a) + discount E[V(s')]`, `V(s) = max_a Q(s, a)`, until no value
/// can be further than `tolerance` from the exact one, or until a pass changes nothing but roundings.
///
/// # Errors
/// A tolerance that is not above 0, or values that are not finite.
pub fn value_iteration(mdp: &Mdp, tolerance: f64) -> Result<Values, SolveError> {
    iterate(mdp, tolerance, best)
}

/// Iterates `V(s) = state_value(Q(s, .))`, which must not spread values further than it finds them.
pub(super) fn iterate(
    mdp: &Mdp,
    tolerance: f64,
    state_value: impl Fn(&[f64]) -> f64,
) -> Result<Values, SolveError> {
    if tolerance.is_nan() || tolerance <= 0.0 {
        return Err(SolveError::argument("tolerance", "a number above 0", tolerance));
    }
    let actions = mdp.actions();
    let mut values = Values {
        states: vec![0.0; mdp.states()],
        actions: vec![0.0; mdp.states() * actions],
        error: f64::INFINITY,
        sweeps: 0,
    };
    // A pass shrinks the distance to the fixed point by `discount`, so that it is at most
    // discount / (1 - discount) times the last change.
    let reach = mdp.discount() / (1.0 - mdp.discount());
    loop {
        let (mut change, mut largest) = (0.0_f64, 0.0_f64);
        // In place: a state sees what was found for those before it, which needs fewer passes.
        for state in 0..mdp.states() {
            let row = &mut values.actions[state * actions..][..actions];
            if mdp.is_terminal(state) {
                continue;
            }
            for (action, value) in row.iter_mut().enumerate() {
                *value = mdp.expected_reward(state, action)
                    + mdp.discount() * mdp.expected_next(state, action, &values.states);
            }
            let next = state_value(row);
            change = change.max((next - values.states[state]).abs());
            largest = largest.max(next.abs());
            values.states[state] = next;
        }
        values.sweeps += 1;
        if !largest.is_finite() || change.is_nan() {
            return Err(too_large(mdp));
        }
        values.error = change * reach;
        if values.error <= tolerance || change <= 4.0 * f64::EPSILON * largest {
            return Ok(values);
        }
    }
}

pub(super) fn too_large(mdp: &Mdp) -> SolveError {
    let pairs = (0..mdp.states()).flat_map(|s| (0..mdp.actions()).map(move |a| (s, a)));
    let largest = pairs.map(|(s, a)| mdp.expected_reward(s, a).abs()).fold(0.0, f64::max);
    SolveError::TooLarge { largest, steps: 1.0 / (1.0 - mdp.discount()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{chain, random};
    use proptest::prelude::*;

    #[test]
    fn a_chain_is_worth_its_discounted_end() {
        // Action 1 moves on, and the last state pays 1 for ever.
        let mdp = chain(6, 0.9);
        let values = value_iteration(&mdp, 1e-12).unwrap();
        for (state, value) in values.states.iter().enumerate() {
            let expect = 10.0 * 0.9_f64.powi(5 - state as i32);
            assert!((value - expect).abs() < 1e-11, "{state}: {value}, {expect}");
        }
        assert!((values.actions[0] - 0.9 * values.states[0]).abs() < 1e-11);
    }

    #[test]
    fn terminal_states_are_worth_nothing() {
        let values = value_iteration(&crate::tabular::fixture::ended_chain(4, 0.9), 1e-12).unwrap();
        // The reward is paid once, by the step that leaves the state before the end.
        assert_eq!(values.states[3], 0.0);
        assert!((values.states[2] - 1.0).abs() < 1e-12 && (values.states[0] - 0.81).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn values_are_a_fixed_point(seed: u64, discount in 0.0_f64..0.99) {
            let mdp = random(seed, discount);
            let values = value_iteration(&mdp, 1e-10).unwrap();
            for state in 0..mdp.states() {
                let of = |action| {
                    let next: f64 =
                        mdp.row(state, action).map(|(to, p)| p * values.states[to]).sum();
                    mdp.expected_reward(state, action) + discount * next
                };
                let best = (0..mdp.actions()).map(of).fold(f64::NEG_INFINITY, f64::max);
                prop_assert!((values.states[state] - best).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_tolerance_of_nothing_and_values_beyond_a_double_are_refused() {
        for tolerance in [0.0, -1.0, f64::NAN] {
            let error = value_iteration(&chain(2, 0.5), tolerance).unwrap_err().to_string();
            let expect = format!("tolerance: expected a number above 0, found {tolerance}");
            assert_eq!(error, expect);
        }
        let rewards = medley_world::Rewards::State(vec![f64::MAX; 2]);
        let huge = chain(2, 0.9).with_rewards(rewards).unwrap();
        let error = value_iteration(&huge, 1e-6).unwrap_err().to_string();
        assert!(error.starts_with("values are not finite: rewards up to 17976931"), "{error}");
    }

    #[test]
    fn a_tolerance_below_rounding_ends() {
        let values = value_iteration(&chain(6, 0.99), 1e-300).unwrap();
        assert!(values.sweeps < 5_000, "{}", values.sweeps);
    }
}
