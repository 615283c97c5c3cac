//! How far do the returns of a reward spread?

use crate::Source;
use medley_adapter::Scorer;
use medley_encoder::Features;
use medley_reward_model::{Placement, Returns, RewardModel};
use std::collections::BTreeSet;

/// Standard deviation of returns, mean over members, over the segments that the sources' statements
/// to learn from are about.
pub fn return_sd(
    model: &dyn RewardModel,
    sources: &[Source],
    features: &Features,
    returns: Returns,
    place: &Placement,
) -> f64 {
    let segments = sources.iter().flat_map(|source| {
        let origins = &source.objective.statements().origins;
        source.train.iter().flat_map(|&statement| origins[statement].segments.iter().copied())
    });
    let segments: BTreeSet<u32> = segments.collect();
    let segments: Vec<usize> = segments.into_iter().map(|segment| segment as usize).collect();
    if segments.is_empty() {
        return 0.0;
    }
    let scorer = Scorer::new(model, features, returns, place);
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
