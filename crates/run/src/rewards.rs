//! Which reward is a source judged by?

use medley_reward_model::RewardModel;
use medley_training::{Combination, Fitted, SumModel};

/// The fits of a run and what they come to.
pub struct Rewards<'a> {
    /// The fits, in the order of the mixing.
    pub fitted: &'a [Fitted],
    /// Their weights in each reward.
    pub combination: &'a Combination,
}

impl Rewards<'_> {
    /// Sources by the reward that they are judged by, in the order of `sources`; those without one
    /// are left out.
    pub(crate) fn of(&self, sources: Vec<String>) -> Vec<(Box<dyn RewardModel>, Vec<String>)> {
        let mut groups: Vec<(&[f64], Vec<String>)> = Vec::new();
        for source in sources {
            let Some(weights) = self.combination.of(&source) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == weights) {
                Some((_, judged)) => judged.push(source),
                None => groups.push((weights, vec![source])),
            }
        }
        groups.into_iter().map(|(weights, sources)| (self.sum(weights), sources)).collect()
    }

    fn sum(&self, weights: &[f64]) -> Box<dyn RewardModel> {
        let parts = weights.iter().zip(self.fitted);
        // What counts nothing need not be computed; of nothing, the first is kept.
        let counted = parts.clone().filter(|(weight, _)| **weight != 0.0);
        let mut parts: Vec<(f64, Box<dyn RewardModel>)> =
            counted.map(|(&weight, fitted)| (weight, fitted.model.frozen())).collect();
        if parts.is_empty() {
            parts.push((0.0, self.fitted[0].model.frozen()));
        }
        Box::new(SumModel::new(parts))
    }
}
