//! Which policy is best, softly or not, and what is it worth exactly?

use super::evaluate::{at_start, evaluate};
use super::newton::looks_far;
use super::{
    Soft, SolveError, TabularPolicy, Values, boltzmann, greedy, plan, soft_value_iteration,
    value_iteration,
};
use medley_world::Mdp;

/// A best policy and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimal {
    /// Best actions, those that are tied alike ([`greedy`]).
    pub policy: TabularPolicy,
    /// What states and actions are worth.
    pub values: Values,
    /// What it is worth, by the exact value of the policy: the mean over first states.
    pub value: f64,
}

/// The best policy, by value iteration to a billionth of a hundredth of the largest value that rewards
/// allow, or by Newton's method where that would take too many passes.
///
/// # Errors
/// Values are not finite.
pub fn optimal(mdp: &Mdp) -> Result<Optimal, SolveError> {
    let pairs = (0..mdp.states()).flat_map(|s| (0..mdp.actions()).map(move |a| (s, a)));
    let largest = pairs.map(|(s, a)| mdp.expected_reward(s, a).abs()).fold(0.0, f64::max);
    // Well below what counts as a tie.
    let tolerance = (1e-11 * largest / (1.0 - mdp.discount())).max(f64::MIN_POSITIVE);
    let values = match looks_far(mdp) {
        true => plan(mdp, 0.0)?.soft.values,
        false => value_iteration(mdp, tolerance)?,
    };
    let policy = greedy(mdp, &values.actions)?;
    let value = at_start(mdp, &evaluate(mdp, &policy)?);
    Ok(Optimal { policy, values, value })
}

/// Soft values and their policy, by Newton's method where value iteration would take too many passes.
///
/// # Errors
/// As [`soft_value_iteration`].
pub fn soft_optimal(mdp: &Mdp, temperature: f64, tolerance: f64) -> Result<Soft, SolveError> {
    if looks_far(mdp) {
        return Ok(plan(mdp, temperature)?.soft);
    }
    let values = soft_value_iteration(mdp, temperature, tolerance)?;
    let policy = boltzmann(mdp, &values.actions, 1.0 / temperature)?;
    Ok(Soft { values, policy })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{random, random_policy};
    use crate::tabular::value;
    use medley_world::{Grid, GridOptions, Rewards, World};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_policy_is_better(seed: u64, other: u64, discount in 0.0_f64..0.99) {
            let mdp = random(seed, discount);
            let best = optimal(&mdp).unwrap().value;
            prop_assert!(value(&mdp, &random_policy(&mdp, other)).unwrap() <= best + 1e-9);
        }
    }

    #[test]
    fn both_ways_along_a_diagonal_are_best() {
        let mdp = Grid::new(GridOptions::default()).unwrap().mdp().unwrap();
        let best = optimal(&mdp).unwrap().policy;
        // Down and right, in every cell but the last row and column.
        assert_eq!(best.row(0), [0.0, 0.5, 0.0, 0.5, 0.0]);
        assert_eq!(best.row(44), [0.0, 0.5, 0.0, 0.5, 0.0]);
        assert_eq!(best.row(95), [0.0, 0.0, 0.0, 1.0, 0.0]);
        // At the goal: walls keep it there, as staying does.
        assert_eq!(best.row(99), [0.0, 1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn a_far_horizon_takes_no_longer() {
        let options = |discount| GridOptions { discount, ..GridOptions::default() };
        let grid = |discount| Grid::new(options(discount)).unwrap().mdp().unwrap();
        let far = optimal(&grid(0.9999999)).unwrap();
        assert!(far.values.sweeps < 100, "{}", far.values.sweeps);
        // The way to the goal is that of a nearer horizon.
        let expect = optimal(&grid(0.998)).unwrap().policy;
        assert_eq!(far.policy.row(95), expect.row(95));
    }

    #[test]
    fn without_rewards_everything_is_best() {
        let mdp = random(3, 0.9);
        let nothing = Rewards::State(vec![0.0; mdp.states()]);
        let best = optimal(&mdp.with_rewards(nothing).unwrap()).unwrap();
        assert_eq!((best.value, best.policy.row(0)), (0.0, &[1.0 / 3.0; 3][..]));
    }
}
