//! How far do the returns of a reward spread, over segments and over members?

use crate::Task;
use crate::source::segments_of;
use medley_adapter::Scorer;
use medley_reward_model::RewardModel;

/// Standard deviation of returns, mean over members, over the segments that the statements to learn
/// from of a task's sources are about. The model tracks no gradients.
pub fn return_sd(model: &dyn RewardModel, task: &Task<'_>) -> f64 {
    let told = centred_returns(model, task);
    let sd = |returns: &Vec<f64>| mean(returns.iter().map(|x| x * x)).sqrt();
    mean(told.iter().map(sd))
}

/// Variance of returns over members, averaged over the same segments. The mean of each member's
/// returns is taken off before: comparisons leave it open, so that members differ by it for no reason.
/// 0 for one member. The model tracks no gradients.
pub fn member_variance(model: &dyn RewardModel, task: &Task<'_>) -> f64 {
    let told = centred_returns(model, task);
    let variance = |segment: usize| {
        let over_members = mean(told.iter().map(|returns| returns[segment]));
        mean(told.iter().map(|returns| (returns[segment] - over_members).powi(2)))
    };
    mean((0..told[0].len()).map(variance))
}

/// Returns of the segments learned from, less their mean. `[member][segment]`
fn centred_returns(model: &dyn RewardModel, task: &Task<'_>) -> Vec<Vec<f64>> {
    let segments = segments_of(task.sources, |source| source.train.clone());
    let place = task.place.inner();
    let scorer = Scorer::new(model, task.features, task.returns, &place);
    let mut told: Vec<Vec<f64>> = vec![Vec::new(); model.members()];
    for chunk in segments.chunks(1024) {
        let values: Vec<f64> = scorer.returns(chunk).into_data().iter::<f64>().collect();
        for (of, values) in told.iter_mut().zip(values.chunks(chunk.len())) {
            of.extend(values);
        }
    }
    for returns in &mut told {
        let mean = mean(returns.iter().copied());
        returns.iter_mut().for_each(|x| *x -= mean);
    }
    told
}

/// 0 of nothing.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}
