//! DARD: how well do two rewards correlate once both are averaged over what can follow?

use super::standardized::{
    Canonical, ROUNDING, RewardDistance, RewardDistanceError, check_discount, check_shapes,
    pearson_distance,
};
use crate::reward::tabular::{CoverageDistribution, TabularReward, TransitionModel};

/// The dynamics-aware reward distance (Wulfe et al. 2022), exact.
///
/// ```text
/// C(R)(s, a, s') = R(s, a, s') + E[gamma R(s', A, S'') - R(s, A, S') - gamma R(S', A, S'')]
/// distance = sqrt((1 - rho) / 2),  rho = Pearson(C(R1), C(R2)) under D
/// ```
///
/// with `A` drawn from `D_A`, `S'` from `T(. | s, A)` and `S''` from `T(. | s', A)`, the same `A` in
/// all three. Where coverage follows the dynamics ([`CoverageDistribution::along`]), only the last
/// term reads transitions that may be impossible, and those are near. Potentials, constants and
/// positive scaling change nothing. Without unit.
///
/// # Errors
/// Rewards, model and coverage differ in shape, the discount is outside of [0, 1], or sums overflow.
pub fn dard(
    first: &TabularReward,
    second: &TabularReward,
    model: &TransitionModel,
    coverage: &CoverageDistribution,
    discount: f64,
) -> Result<RewardDistance, RewardDistanceError> {
    check_discount(discount, false)?;
    let others = [
        ("the second reward", second.shape()),
        ("the model", model.shape()),
        ("the coverage", coverage.shape()),
    ];
    check_shapes(first.shape(), &others)?;
    let [first, second] =
        [first, second].map(|reward| canonical(reward, model, coverage.actions(), discount));
    pearson_distance(first, second, coverage.transitions())
}

fn canonical(
    reward: &TabularReward,
    model: &TransitionModel,
    actions: &[f64],
    discount: f64,
) -> Canonical {
    let shape = reward.shape();
    let mean_of = |state: usize| -> f64 {
        let mean_after = |(action, w): (usize, &f64)| {
            w * model.mean_after(state, action, reward.row(state, action))
        };
        actions.iter().enumerate().map(mean_after).sum()
    };
    let means: Vec<f64> = (0..shape.states).map(mean_of).collect();
    let between = between_successors(reward, model, actions);
    let mut values = Vec::with_capacity(shape.states * shape.actions * shape.states);
    for state in 0..shape.states {
        for action in 0..shape.actions {
            let row = reward.row(state, action).iter().zip(&means).zip(&between[state]);
            let shaped = |((value, after), between): ((&f64, &f64), &f64)| {
                value + discount * after - means[state] - discount * between
            };
            values.extend(row.map(shaped));
        }
    }
    Canonical { values, rounding: ROUNDING * reward.largest() }
}

/// `E[R(S', A, S'')]` for `S'` after `s` and `S''` after `s'`, both under `A`: two products of
/// matrices for each action. `[state][next]`.
fn between_successors(
    reward: &TabularReward,
    model: &TransitionModel,
    actions: &[f64],
) -> Vec<Vec<f64>> {
    let states = reward.shape().states;
    let mut between = vec![vec![0.0; states]; states];
    for (action, weight) in actions.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        // [from][next]: the mean reward from a state to what follows `next`.
        let onward: Vec<Vec<f64>> = (0..states)
            .map(|from| {
                let row = reward.row(from, action);
                (0..states).map(|next| model.mean_after(next, action, row)).collect()
            })
            .collect();
        for (state, sums) in between.iter_mut().enumerate() {
            for (from, probability) in model.successors(state, action) {
                let terms = sums.iter_mut().zip(&onward[from]);
                terms.for_each(|(sum, mean)| *sum += weight * probability * mean);
            }
        }
    }
    between
}
