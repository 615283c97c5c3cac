//! How far is a learned reward from the true one, where the true one is known?

mod correlation;
mod distance;
mod linear_system;
mod tabular;
mod tail;
mod value;

pub use correlation::{
    RewardCorrelation, RewardPairs, RewardPairsError, SegmentReturn, pearson, reward_correlation,
};
pub use distance::{
    Canonicalization, DardSample, EpicSample, RewardDistance, RewardDistanceError, RolloutPair,
    SampleError, StarcSample, TabularTransition, Which, dard, epic, sampled_dard, sampled_epic,
    sampled_starc, starc,
};
pub use tabular::{
    CoverageDistribution, TabularError, TabularReward, TabularShape, TransitionModel,
};
pub use tail::{TailAccuracy, TailError, TailItem, tail_accuracy};
pub use value::{ReferenceValues, ValueError};
