//! Which reward is optimized, and what is known of it besides?

use medley_ppo::{RewardSource, Steps, TrueReward};
use medley_theory::Pessimism;

/// A reward, and what it is called in tables.
pub struct NamedReward {
    /// What it is compared as: several models may have one label, as they differ by seed only.
    pub label: String,
    /// Folder of a model, or `true`.
    pub name: String,
    /// What a nat of divergence costs where it is optimized, in units of the reward.
    pub price: f64,
    /// The reward.
    pub source: Box<dyn EnsembleReward>,
}

/// A reward of steps that may come of several members, and may know where its data lay.
pub trait EnsembleReward: RewardSource {
    /// What each member says, `[member][step]`.
    ///
    /// # Errors
    /// As [`RewardSource::rewards`].
    fn members(&self, steps: &Steps<'_>) -> Result<Vec<Vec<f64>>, String> {
        Ok(vec![self.rewards(steps)?])
    }

    /// How members become one.
    fn pessimism(&self) -> Pessimism {
        Pessimism::Mean
    }

    /// How far steps lie from the data that the reward was learned from, `[step]`, if that is known.
    ///
    /// # Errors
    /// As [`RewardSource::rewards`].
    fn data_distances(&self, _: &Steps<'_>) -> Result<Option<Vec<f64>>, String> {
        Ok(None)
    }
}

impl EnsembleReward for TrueReward {}

/// What the world pays, with a price on divergence.
pub fn true_reward(price: f64) -> NamedReward {
    let name = || "true".to_owned();
    NamedReward { label: name(), name: name(), price, source: Box::new(TrueReward) }
}
