//! What are states worth to someone who also wants to keep options open?
//!
//! Entropy-regularized values at temperature `t` (Ziebart 2010; Haarnoja et al. 2017):
//! `V(s) = t log sum_a exp(Q(s, a) / t)`, which is the largest `E[Q] + t H(policy)`, and the policy
//! `exp((Q - V) / t)`. At `t = 0` these are the values and the greedy policy of
//! [`super::value_iteration`]; a large `t` pays `t log(actions)` a step and chooses nearly uniformly.

use super::row::soft_best;
use super::values::iterate;
use super::{SolveError, TabularPolicy, Values};
use medley_world::Mdp;

/// Soft values and the policy that has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Soft {
    /// Values with entropy in them.
    pub values: Values,
    /// `exp((Q - V) / t)`; greedy at `t = 0`, with ties alike.
    pub policy: TabularPolicy,
}

/// Soft values, until none can be further than `tolerance` from the exact one.
///
/// # Errors
/// A temperature that is negative or not finite, a tolerance that is not above 0, values that are not
/// finite.
pub fn soft_value_iteration(
    mdp: &Mdp,
    temperature: f64,
    tolerance: f64,
) -> Result<Values, SolveError> {
    if !(temperature >= 0.0 && temperature.is_finite()) {
        let expected = "a finite number of at least 0";
        return Err(SolveError::argument("temperature", expected, temperature));
    }
    iterate(mdp, tolerance, |row| soft_best(row, temperature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{bandit, random};
    use crate::tabular::{evaluate, soft_optimal, value_iteration};
    use proptest::prelude::*;

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn one_state_is_a_softmax() {
        // Q = r + discount V for each of rewards 0, 1, 3, so V = t log sum exp(r / t) / (1 - discount).
        let (temperature, discount) = (0.7, 0.8);
        let soft = soft_optimal(&bandit(&[0.0, 1.0, 3.0], discount), temperature, 1e-12).unwrap();
        let sum: f64 = [0.0, 1.0, 3.0_f64].iter().map(|r| (r / temperature).exp()).sum();
        let expect = temperature * sum.ln() / (1.0 - discount);
        assert!((soft.values.states[0] - expect).abs() < 1e-10);
        for (action, reward) in [0.0, 1.0, 3.0_f64].into_iter().enumerate() {
            let expect = (reward / temperature).exp() / sum;
            assert!((soft.policy.probability(0, action) - expect).abs() < 1e-10);
        }
    }

    #[test]
    fn extreme_temperatures_stay_finite() {
        let mdp = bandit(&[-1e6, 0.0, 1e6], 0.9);
        let soft = soft_value_iteration(&mdp, 1e-9, 1e-3).unwrap();
        assert!((soft.states[0] - 1e7).abs() < 1e-2, "{}", soft.states[0]);
        let hot = soft_optimal(&mdp, 1e12, 1.0).unwrap();
        assert!((hot.policy.probability(0, 0) - 1.0 / 3.0).abs() < 1e-5);
        for temperature in [-1.0, f64::NAN, f64::INFINITY] {
            let error = soft_value_iteration(&mdp, temperature, 1e-3).unwrap_err().to_string();
            let expect = "temperature: expected a finite number of at least 0, found ";
            assert_eq!(error, format!("{expect}{temperature}"));
        }
    }

    #[test]
    fn a_far_horizon_is_worth_its_closed_form() {
        let (temperature, discount) = (0.7, 0.9999999);
        let soft = soft_optimal(&bandit(&[0.0, 1.0], discount), temperature, 1e-9).unwrap();
        let sum: f64 = [0.0, 1.0_f64].iter().map(|r| (r / temperature).exp()).sum();
        let expect = temperature * sum.ln() / (1.0 - discount);
        assert!((soft.values.states[0] / expect - 1.0).abs() < 1e-8);
    }

    proptest! {
        #[test]
        fn cold_soft_values_are_hard_ones(seed: u64) {
            let mdp = random(seed, 0.9);
            let hard = value_iteration(&mdp, 1e-10).unwrap();
            let zero = soft_value_iteration(&mdp, 0.0, 1e-10).unwrap();
            prop_assert_eq!(&hard, &zero);
            // max <= soft max <= max + t log(actions), each step anew.
            for temperature in [1.0, 0.1, 0.01] {
                let soft = soft_value_iteration(&mdp, temperature, 1e-10).unwrap();
                let most = temperature * (mdp.actions() as f64).ln() / (1.0 - mdp.discount());
                let gap = distance(&soft.states, &hard.states);
                prop_assert!(gap <= most + 1e-8, "{} over {}", gap, most);
                prop_assert!(soft.states.iter().zip(&hard.states).all(|(s, h)| s >= &(h - 1e-8)));
            }
        }

        #[test]
        fn the_soft_policy_earns_its_soft_values(seed: u64, temperature in 0.05_f64..3.0) {
            let mdp = random(seed, 0.9);
            let soft = soft_optimal(&mdp, temperature, 1e-11).unwrap();
            // With its entropy as a further reward, exact evaluation gives the same values.
            let rewards = (0..mdp.states()).flat_map(|state| {
                let policy = &soft.policy;
                let entropy: f64 = policy.row(state).iter().map(|p| if *p > 0.0 { -p * p.ln() } else { 0.0 }).sum();
                let reward = |action| mdp.expected_reward(state, action) + temperature * entropy;
                (0..mdp.actions()).map(reward).collect::<Vec<_>>()
            });
            let paid = medley_world::Rewards::StateAction(rewards.collect());
            let paid = mdp.clone().with_rewards(paid).unwrap();
            let values = evaluate(&paid, &soft.policy).unwrap();
            prop_assert!(distance(&values, &soft.values.states) < 1e-8);
        }
    }
}
