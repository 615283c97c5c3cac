//! STARC: how far are the advantages that two rewards give to actions?

use serde::{Deserialize, Serialize};

use super::standardized::{
    Canonical, ROUNDING, RewardDistance, RewardDistanceError, check_discount, check_shapes,
    half_distance,
};
use crate::reward::linear_system::solve;
use crate::reward::tabular::{TabularReward, TransitionModel};

/// What stands for all rewards that differ by a potential, and by who bears the reward among the next
/// states of a state and an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Canonicalization {
    /// *Value-adjusted levelling* (VAL; Skalse et al. 2024):
    /// `E[R(s, a, S') - V(s) + gamma V(S')]`, `V` the values of the policy that takes all actions
    /// alike. It is that policy's advantage `Q(s, a) - V(s)`. The default: it needs one linear system.
    #[default]
    ValueAdjusted,
    /// The *minimal* one of the same paper: the potential `Phi` that makes the L2 norm of
    /// `E[R(s, a, S') + gamma Phi(S') - Phi(s)]` smallest. No policy has to be chosen, and among all
    /// potentials this one leaves the least that has nothing to do with behaviour.
    Minimal,
}

/// A STARC distance of two rewards (Skalse et al. 2024), exact.
///
/// ```text
/// distance = 1/2 || c(R1) / ||c(R1)|| - c(R2) / ||c(R2)|| ||
/// ```
///
/// with `c` as [`Canonicalization`] says, and the L2 norm over states and actions, all alike: of the
/// paper's family STARC-VAL and STARC-minimal with L2 for both norms. The half is ours, so that the
/// range is [0, 1], as that of [`epic`](super::epic()). Potentials, constants, positive scaling, and
/// any change of `R(s, a, .)` that keeps its mean under the dynamics change nothing. Distances from 0 to
/// 1 bound the worst regret of behaviour from both sides, up to factors that depend on the world.
/// Without unit.
///
/// ```
/// use medley_evaluation::{Canonicalization, TabularReward, TransitionModel, starc};
/// let truth = TabularReward::of_states(2, &[0.0, 1.0, 5.0])?;
/// let against = TabularReward::of_states(2, &[0.0, -1.0, -5.0])?;
/// let ring = TransitionModel::deterministic(truth.shape(), |state, action| (state + action) % 3)?;
/// let distance = starc(&against, &truth, &ring, 0.95, Canonicalization::default())?;
/// assert!((distance.distance - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Rewards and model differ in shape, the discount is outside of [0, 1), or sums overflow.
pub fn starc(
    first: &TabularReward,
    second: &TabularReward,
    model: &TransitionModel,
    discount: f64,
    canonicalization: Canonicalization,
) -> Result<RewardDistance, RewardDistanceError> {
    check_discount(discount, true)?;
    let others = [("the second reward", second.shape()), ("the model", model.shape())];
    check_shapes(first.shape(), &others)?;
    let shape = first.shape();
    let [first, second] =
        [first, second].map(|reward| canonical(reward, model, discount, canonicalization));
    let pairs = shape.states * shape.actions;
    half_distance(&first, &second, &vec![1.0 / pairs as f64; pairs])
}

/// `[state and action]`.
pub(super) fn canonical(
    reward: &TabularReward,
    model: &TransitionModel,
    discount: f64,
    canonicalization: Canonicalization,
) -> Canonical {
    let expected = expected(reward, model);
    let levelled =
        shaped(&expected, model, discount, &values_of_uniform(&expected, model, discount));
    let values = match canonicalization {
        Canonicalization::ValueAdjusted => levelled,
        // Levelled first, since a large potential would leave its rounding errors, times the square of
        // the horizon.
        Canonicalization::Minimal => {
            shaped(&levelled, model, discount, &least_potential(&levelled, model, discount))
        }
    };
    // A potential is a sum over a horizon, and its rounding errors grow with it.
    let rounding = ROUNDING * reward.largest() / (1.0 - discount);
    Canonical { values, rounding }
}

/// `E[R(s, a, S')]`, `[state and action]`.
fn expected(reward: &TabularReward, model: &TransitionModel) -> Vec<f64> {
    pairs(model).map(|(s, a)| model.mean_after(s, a, reward.row(s, a))).collect()
}

fn pairs(model: &TransitionModel) -> impl Iterator<Item = (usize, usize)> {
    let shape = model.shape();
    (0..shape.states).flat_map(move |state| (0..shape.actions).map(move |action| (state, action)))
}

/// `r(s, a) + gamma E[Phi(S')] - Phi(s)`.
fn shaped(expected: &[f64], model: &TransitionModel, discount: f64, potential: &[f64]) -> Vec<f64> {
    let of = |((state, action), reward): ((usize, usize), &f64)| {
        reward + discount * model.mean_after(state, action, potential) - potential[state]
    };
    pairs(model).zip(expected).map(of).collect()
}

/// `V = (I - gamma P)^-1 r` of the policy that takes all actions alike.
fn values_of_uniform(expected: &[f64], model: &TransitionModel, discount: f64) -> Vec<f64> {
    let shape = model.shape();
    let share = 1.0 / shape.actions as f64;
    let mut matrix = identity(shape.states);
    for (state, action) in pairs(model) {
        for (next, probability) in model.successors(state, action) {
            matrix[state][next] -= discount * share * probability;
        }
    }
    let rewards = expected.chunks_exact(shape.actions).map(|of| share * of.iter().sum::<f64>());
    solved(&matrix, &rewards.collect::<Vec<_>>())
}

/// The least squares of `r + B Phi`, `B(s, a; x) = gamma T(x | s, a) - [x = s]`, by normal equations.
/// `B` has full rank, since `Phi = gamma E[Phi(S')]` has 0 as its only solution.
fn least_potential(expected: &[f64], model: &TransitionModel, discount: f64) -> Vec<f64> {
    let states = model.shape().states;
    let mut matrix = vec![vec![0.0; states]; states];
    let mut right = vec![0.0; states];
    for ((state, action), reward) in pairs(model).zip(expected) {
        let mut row = vec![0.0; states];
        row[state] = -1.0;
        model.successors(state, action).for_each(|(next, p)| row[next] += discount * p);
        let entries: Vec<(usize, f64)> =
            row.into_iter().enumerate().filter(|(_, entry)| *entry != 0.0).collect();
        for (i, x) in &entries {
            right[*i] -= x * reward;
            entries.iter().for_each(|(j, y)| matrix[*i][*j] += x * y);
        }
    }
    solved(&matrix, &right)
}

fn identity(size: usize) -> Vec<Vec<f64>> {
    let unit = |row| (0..size).map(|column| f64::from(u8::from(column == row))).collect();
    (0..size).map(unit).collect()
}

/// Of a system that has an answer. Where rewards overflow there is none, and it is NaN, which the
/// caller finds.
fn solved(matrix: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    solve(matrix, right).unwrap_or_else(|| vec![f64::NAN; right.len()])
}
