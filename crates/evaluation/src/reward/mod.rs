//! How far is a learned reward from the true one, where the true one is known, and what does that cost?
//!
//! Each measure takes plain numbers: rewards as arrays or functions, values that a solver found, curves
//! that were run. None knows a world, a policy or a model, so that what is measured can come from
//! anywhere. `docs/MEASURES.md` says what each is invariant to and when it misleads.
//!
//! - Rewards: [`epic`], [`dard`], [`starc`] and their samples; [`reward_correlation`].
//! - Behaviour: [`ReferenceValues`] (regret and normalized value).
//! - The top, which is what optimization looks at: [`tail_accuracy`].
//! - Optimization over its course: [`fit_overoptimization`], [`divergence`], [`alarm`].
//! - What a reward knows of its own errors: [`interval_coverage`].
//! - Which of these says how much is lost: [`regret_predictions`].

mod alarm;
mod correlation;
mod distance;
mod interval_coverage;
mod linear_system;
mod overoptimization;
mod regret_prediction;
mod tabular;
mod tail;
mod value;

pub use alarm::{Alarm, AlarmError, AlarmRow, AlarmState, alarm};
pub use correlation::{
    RewardCorrelation, RewardPairs, RewardPairsError, SegmentReturn, pearson, reward_correlation,
};
pub use distance::{
    Canonicalization, DardSample, EpicSample, RewardDistance, RewardDistanceError, RolloutPair,
    SampleError, StarcSample, TabularTransition, Which, dard, epic, sampled_dard, sampled_epic,
    sampled_starc, starc,
};
pub use interval_coverage::{
    Alignment, Central, CoverageError, CoveragePoint, CoverageSettings, IntervalCoverage,
    RewardDraws, interval_coverage,
};
pub use overoptimization::{
    Divergence, FitErrors, Optimization, OptimizedPolicy, OveroptimizationError,
    OveroptimizationFit, Peak, ProxyAndGold, divergence, fit_overoptimization,
};
pub use regret_prediction::{
    MeasuredRun, RegretPrediction, RegretPredictionError, regret_predictions,
};
pub use tabular::{
    CoverageDistribution, TabularError, TabularReward, TabularShape, TransitionModel,
};
pub use tail::{TailAccuracy, TailError, TailItem, tail_accuracy};
pub use value::{ReferenceValues, ValueError};
