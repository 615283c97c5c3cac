//! How far do the returns of a reward spread?

use crate::Task;
use crate::source::segments_of;
use medley_adapter::Scorer;
use medley_reward_model::RewardModel;

/// Standard deviation of returns, mean over members, over the segments that the statements to learn
/// from of a task's sources are about. The model tracks no gradients.
pub fn return_sd(model: &dyn RewardModel, task: &Task<'_>) -> f64 {
    let segments = segments_of(task.sources);
    if segments.is_empty() {
        return 0.0;
    }
    let place = task.place.inner();
    let scorer = Scorer::new(model, task.features, task.returns, &place);
    let members = model.members();
    let mut told: Vec<Vec<f64>> = vec![Vec::new(); members];
    for chunk in segments.chunks(1024) {
        let values: Vec<f64> = scorer.returns(chunk).into_data().iter::<f64>().collect();
        for (of, values) in told.iter_mut().zip(values.chunks(chunk.len())) {
            of.extend(values);
        }
    }
    let sd = |values: &Vec<f64>| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    told.iter().map(sd).sum::<f64>() / members as f64
}
