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
mod divergence;
mod interval_coverage;
mod linear_system;
mod optimized_policy;
mod overoptimization;
mod regret_prediction;
mod reward_draws;
mod reward_pairs;
mod tabular;
mod tail;
mod value;

pub use alarm::{Alarm, AlarmError, AlarmRow, AlarmState, Trend, alarm};
pub use correlation::{RewardCorrelation, pearson, reward_correlation};
pub use distance::{
    Canonicalization, DardSample, EpicSample, RewardDistance, RewardDistanceError, RolloutPair,
    SampleError, StarcSample, TabularTransition, Which, dard, epic, sampled_dard, sampled_epic,
    sampled_starc, starc,
};
pub use divergence::{Divergence, ProxyAndGold, divergence};
pub use interval_coverage::{
    Alignment, Central, CoveragePoint, CoverageSettings, IntervalCoverage, interval_coverage,
};
pub use optimized_policy::{OptimizedPolicy, OveroptimizationError};
pub use overoptimization::{
    FitErrors, Optimization, OveroptimizationFit, Peak, fit_overoptimization,
};
pub use regret_prediction::{
    MeasuredRun, RegretPrediction, RegretPredictionError, regret_predictions,
};
pub use reward_draws::{CoverageError, RewardDraws};
pub use reward_pairs::{RewardPairs, RewardPairsError, SegmentReturn};
pub use tabular::{
    CoverageDistribution, TabularError, TabularReward, TabularShape, TransitionModel,
};
pub use tail::{TailAccuracy, TailError, TailItem, tail_accuracy};
pub use value::{ReferenceValues, ValueError};
