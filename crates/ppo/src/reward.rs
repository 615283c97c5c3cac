//! Which reward is optimized?

/// Steps to be rewarded, in no particular order.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// What a reward model reads of each, `[step, feature]`, as [`medley_world::World::features`]
    /// writes it.
    pub features: &'a [f32],
    /// Features of a step.
    pub width: usize,
    /// What the world paid for each, `[step]`.
    pub true_rewards: &'a [f64],
}

/// A reward of steps: the world's own, or another one that a policy is to be optimized for.
///
/// It is asked for a whole rollout at a time, so that a network can answer by one product.
pub trait RewardSource: Send + Sync {
    /// What tells it from others: a checkpoint of another reward is refused by it.
    fn fingerprint(&self) -> String;

    /// One number for each step, `[step]`. A step's reward must not depend on its company.
    ///
    /// # Errors
    /// A sentence: why there is none.
    fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String>;
}

/// What the world pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrueReward;

impl RewardSource for TrueReward {
    fn fingerprint(&self) -> String {
        "true".to_owned()
    }

    fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String> {
        Ok(steps.true_rewards.to_vec())
    }
}
