//! How far is a learned reward from the true one, where the true one is known?

pub(crate) mod distance;
mod linear_system;
pub(crate) mod tabular;

pub use distance::{
    Canonicalization, DardSample, EpicSample, RewardDistance, RewardDistanceError, RolloutPair,
    SampleError, StarcSample, TabularTransition, Which, dard, epic, sampled_dard, sampled_epic,
    sampled_starc, starc,
};
pub use tabular::{
    CoverageDistribution, TabularError, TabularReward, TabularShape, TransitionModel,
};
