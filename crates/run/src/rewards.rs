//! Which reward is a source judged by?

use medley_reward_model::{Head, OfSource, RewardModel};
use medley_training::{Combination, Fitted, SumModel};

/// The fits of a run and what they come to.
pub struct Rewards<'a> {
    /// The fits, in the order of the mixing.
    pub fitted: &'a [Fitted],
    /// Their weights in each reward.
    pub combination: &'a Combination,
}

/// A reward that some sources are judged by.
#[derive(PartialEq)]
struct Reward<'a> {
    /// Weights of the fits.
    weights: &'a [f64],
    /// The source whose head is part of it.
    seen_by: Option<String>,
}

impl Rewards<'_> {
    /// Sources by the reward that they are judged by, in the order of `sources`; those without one
    /// are left out.
    pub(crate) fn of(&self, sources: Vec<String>) -> Vec<(Box<dyn RewardModel>, Vec<String>)> {
        let mut groups: Vec<(Reward<'_>, Vec<String>)> = Vec::new();
        for source in sources {
            let Some(reward) = self.reward(&source) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == reward) {
                Some((_, judged)) => judged.push(source),
                None => groups.push((reward, vec![source])),
            }
        }
        groups.into_iter().map(|(reward, sources)| (self.model(&reward), sources)).collect()
    }

    /// The reward for all, if the fits came to one.
    pub(crate) fn shared(&self) -> Option<Box<dyn RewardModel>> {
        Some(self.sum(self.combination.shared.as_deref()?))
    }

    fn reward(&self, source: &str) -> Option<Reward<'_>> {
        let weights = self.combination.of(source)?;
        let has_own = self.combination.of_source.contains_key(source);
        let head = Head::Source(source.to_owned());
        let has_head = self.fitted[0].model.layout().position(&head).is_some();
        Some(Reward { weights, seen_by: (has_own && has_head).then(|| source.to_owned()) })
    }

    fn model(&self, reward: &Reward<'_>) -> Box<dyn RewardModel> {
        let sum = self.sum(reward.weights);
        match &reward.seen_by {
            None => sum,
            Some(source) => Box::new(OfSource::new(sum, source)),
        }
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
