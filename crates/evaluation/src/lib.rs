//! How good is a reward model, and how sure are we?
//!
//! A metric has an interval ([`measure`]), ceilings ([`label_ceiling`], [`scalar_reward_ceiling`],
//! [`choice_bounds`]) and a trivial model ([`majority`]) to stand beside it: a number without them is easy to misread.
//! The unit of resampling is the prompt or episode, because statements about one are dependent. All functions are plain
//! `f64` Rust over [`Judgement`]s, so that any learner, in this workspace or not, can be measured.
//!
//! Whether one way of learning is better than another is a question about several runs: [`iqm`] and its
//! neighbours summarize runs with other seeds, [`paired_difference`] compares two modes over the same
//! splits, and [`shapley_values`] say what each source adds.
//!
//! How far a learned reward is from a true one that is known, and what that costs, is a question about
//! the reward and not about people's answers: [`starc`] and its neighbours, [`ReferenceValues`],
//! [`fit_overoptimization`], [`regret_predictions`].
//!
//! Whose preferences a model meets, and how much people differ, is a question about many answers of each
//! person: [`people`].
//!
//! It deliberately knows no dataset, no model and no plot. What a reward model *cannot* do, however
//! well it is measured, is the subject of `medley-theory`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod baseline;
mod candidates;
mod ceiling;
mod equivalent;
mod interval;
mod judgement;
mod median;
mod metric;
pub mod people;
mod reward;
mod runs;
mod shapley;

pub use baseline::{BaselineError, majority};
pub use candidates::{Candidates, Question, Said, Vote};
pub use ceiling::{
    Ceiling, CeilingKind, entropy, label_ceiling, scalar_reward_ceiling,
    scalar_reward_ceiling_of_pairs, strongly_connected,
};
pub use equivalent::{Ends, Equivalent, Helped, NoEquivalent, Reached, equivalent};
pub use interval::{Bootstrap, CONFIDENCE, ClusterSets, Estimate, wilson};
pub use judgement::{
    Answer, Answers, Judgement, JudgementError, ResponseSet, Scored, Side, tied_options,
};
pub use median::median;
pub use metric::{
    AboveChance, ChoiceBounds, Direction, Measurement, Metric, Options, ReliabilityBin,
    UnknownMetric, above_chance, choice_bounds, kendall_tau, measure, reliability, spearman,
};
pub use reward::{
    Alarm, AlarmError, AlarmRow, AlarmState, Alignment, Canonicalization, Central,
    CoverageDistribution, CoverageError, CoveragePoint, CoverageSettings, DardSample, Divergence,
    EpicSample, FitErrors, IntervalCoverage, MeasuredRun, Optimization, OptimizedPolicy,
    OveroptimizationError, OveroptimizationFit, Peak, ProxyAndGold, ReferenceValues,
    RegretPrediction, RegretPredictionError, RewardCorrelation, RewardDistance,
    RewardDistanceError, RewardDraws, RewardPairs, RewardPairsError, RolloutPair, SampleError,
    SegmentReturn, StarcSample, TabularError, TabularReward, TabularShape, TabularTransition,
    TailAccuracy, TailError, TailItem, TransitionModel, Trend, ValueError, Which, alarm, dard,
    divergence, epic, fit_overoptimization, interval_coverage, pearson, regret_predictions,
    reward_correlation, sampled_dard, sampled_epic, sampled_starc, starc, tail_accuracy,
};
pub use runs::{
    Failures, Flips, Improvement, NewSample, PValueError, PairedDifference, PairedError,
    PairedSettings, PairedSplits, Profile, ProfilePoint, ResampledInterval, RunCount, RunEstimate,
    RunScores, RunScoresError, SignFlipTest, Spread, ThisData, benjamini_hochberg, holm, iqm,
    mean_of_tasks, mean_profile, median_of_tasks, optimality_gap, paired_difference,
    performance_profile, probability_of_improvement,
};
pub use shapley::{
    MOST_SOURCES, OrderedError, OrderedValue, Orders, SampledShapley, SampledValue, ShapleyError,
    SubsetValues, Synergy, draw_orders, order_count, ordered_shapley, sampled_shapley,
    shapley_values, synergies,
};
