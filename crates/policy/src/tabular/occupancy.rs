//! How often is each state visited, and each action taken there?
//!
//! Discounted occupancy: `d = (1 - discount) start (I - discount P)^-1`, so that a policy's value is
//! `sum d(s, a) r(s, a) / (1 - discount)`. It sums to 1 where no state is terminal. A terminal state
//! counts its arrival only, and the steps that would have followed are missing in the sum.

use super::system::System;
use super::{SolveError, TabularPolicy};
use medley_world::Mdp;

/// Of each state, `[state]`.
///
/// # Errors
/// The policy is for other sizes.
pub fn state_occupancy(mdp: &Mdp, policy: &TabularPolicy) -> Result<Vec<f64>, SolveError> {
    policy.fits(mdp)?;
    let mut occupied: Vec<f64> =
        mdp.start().iter().map(|share| share * (1.0 - mdp.discount())).collect();
    System::of(mdp, policy).solve_transposed(&mut occupied);
    // A state that is never visited may come out a rounding below 0.
    Ok(occupied.into_iter().map(|share| share.max(0.0)).collect())
}

/// Of each action in each state, `[state * actions + action]`; 0 in terminal states, where nothing is
/// done.
///
/// # Errors
/// As [`state_occupancy`].
pub fn occupancy(mdp: &Mdp, policy: &TabularPolicy) -> Result<Vec<f64>, SolveError> {
    let states = state_occupancy(mdp, policy)?;
    let of_state = |(state, share): (usize, &f64)| {
        let share = if mdp.is_terminal(state) { 0.0 } else { *share };
        policy.row(state).iter().map(move |chosen| share * chosen).collect::<Vec<_>>()
    };
    Ok(states.iter().enumerate().flat_map(of_state).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{ended_chain, random, random_policy, unreachable};
    use crate::tabular::value;
    use proptest::prelude::*;

    fn worth(mdp: &Mdp, occupied: &[f64]) -> f64 {
        let pairs = occupied.iter().enumerate().map(|(place, share)| {
            share * mdp.expected_reward(place / mdp.actions(), place % mdp.actions())
        });
        pairs.sum::<f64>() / (1.0 - mdp.discount())
    }

    proptest! {
        #[test]
        fn occupancy_sums_to_1_and_prices_the_policy(seed: u64, discount in 0.0_f64..0.99) {
            let mdp = random(seed, discount);
            let policy = random_policy(&mdp, seed);
            let occupied = occupancy(&mdp, &policy).unwrap();
            prop_assert!((occupied.iter().sum::<f64>() - 1.0).abs() < 1e-10);
            let expect = value(&mdp, &policy).unwrap();
            prop_assert!((worth(&mdp, &occupied) - expect).abs() < 1e-8 * (1.0 + expect.abs()));
        }
    }

    #[test]
    fn terminal_states_end_it() {
        let mdp = ended_chain(3, 0.9);
        let policy = TabularPolicy::uniform(&mdp);
        let occupied = occupancy(&mdp, &policy).unwrap();
        assert!((worth(&mdp, &occupied) - value(&mdp, &policy).unwrap()).abs() < 1e-12);
        assert_eq!(occupied[4..], [0.0; 2]);
    }

    #[test]
    fn what_no_start_leads_to_is_not_visited() {
        let mdp = unreachable();
        let occupied = state_occupancy(&mdp, &TabularPolicy::uniform(&mdp)).unwrap();
        let visited: Vec<bool> = occupied.iter().map(|share| *share > 0.0).collect();
        assert_eq!(visited, mdp.reachable());
    }
}
