//! EPIC: how well do two rewards correlate once both are averaged over states and actions?

use super::standardized::{
    Canonical, ROUNDING, RewardDistance, RewardDistanceError, check_discount, check_shapes,
    pearson_distance,
};
use crate::reward::tabular::{CoverageDistribution, TabularReward};

/// The EPIC distance of two rewards (Gleave et al. 2021, section 4), exact.
///
/// ```text
/// C(R)(s, a, s') = R(s, a, s') + E[gamma R(s', A, S') - R(s, A, S') - gamma R(S, A, S')]
/// distance = sqrt((1 - rho) / 2),  rho = Pearson(C(R1), C(R2)) under D
/// ```
///
/// with `S`, `S'` drawn from `D_S` and `A` from `D_A`, independently. It does not ask for the dynamics,
/// and so reads rewards of transitions that cannot happen. Potentials, constants and positive scaling
/// change nothing. Without unit.
///
/// ```
/// use medley_evaluation::{CoverageDistribution, TabularReward, epic};
/// let truth = TabularReward::of_states(2, &[0.0, 1.0, 5.0])?;
/// let learned = TabularReward::of_states(2, &[1.0, 3.0, 11.0])?;
/// let coverage = CoverageDistribution::uniform(truth.shape())?;
/// assert!(epic(&learned, &truth, &coverage, 0.95)?.distance < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Rewards and coverage differ in shape, the discount is outside of [0, 1], or sums overflow.
pub fn epic(
    first: &TabularReward,
    second: &TabularReward,
    coverage: &CoverageDistribution,
    discount: f64,
) -> Result<RewardDistance, RewardDistanceError> {
    check_discount(discount, false)?;
    let others = [("the second reward", second.shape()), ("the coverage", coverage.shape())];
    check_shapes(first.shape(), &others)?;
    let [first, second] = [first, second].map(|reward| canonical(reward, coverage, discount));
    pearson_distance(first, second, coverage.transitions())
}

fn canonical(reward: &TabularReward, coverage: &CoverageDistribution, discount: f64) -> Canonical {
    let shape = reward.shape();
    let mean_of = |state: usize| -> f64 {
        let mean_after = |(action, weight): (usize, &f64)| {
            let row = reward.row(state, action).iter().zip(coverage.states());
            weight * row.map(|(value, weight)| value * weight).sum::<f64>()
        };
        coverage.actions().iter().enumerate().map(mean_after).sum()
    };
    let means: Vec<f64> = (0..shape.states).map(mean_of).collect();
    let overall: f64 =
        means.iter().zip(coverage.states()).map(|(mean, weight)| mean * weight).sum();
    let mut values = Vec::with_capacity(coverage.transitions().len());
    for state in 0..shape.states {
        for action in 0..shape.actions {
            let row = reward.row(state, action).iter().zip(&means);
            let shaped = |(value, after): (&f64, &f64)| {
                value + discount * after - means[state] - discount * overall
            };
            values.extend(row.map(shaped));
        }
    }
    Canonical { values, rounding: ROUNDING * reward.largest() }
}
