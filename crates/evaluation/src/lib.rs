//! How good is a reward model, and how sure are we?
//!
//! A metric has an interval ([`measure`]), ceilings ([`label_ceiling`], [`scalar_reward_ceiling`])
//! and a trivial model ([`majority`]) to stand beside it: a number without them is easy to misread.
//! The unit of resampling is the prompt or episode, because statements about one are dependent. All functions are plain
//! `f64` Rust over [`Judgement`]s, so that any learner, in this workspace or not, can be measured.
//!
//! It deliberately knows no dataset, no model and no plot. What a reward model *cannot* do, however
//! well it is measured, is the subject of `medley-theory`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod baseline;
mod ceiling;
mod interval;
mod judgement;
mod metric;

pub use baseline::{BaselineError, majority};
pub use ceiling::{
    Ceiling, CeilingKind, entropy, label_ceiling, scalar_reward_ceiling, strongly_connected,
};
pub use interval::{Bootstrap, CONFIDENCE, ClusterSets, Estimate, wilson};
pub use judgement::{Answer, Answers, Judgement, JudgementError, ResponseSet, Scored, Side};
pub use metric::{
    Direction, Measurement, Metric, Options, ReliabilityBin, UnknownMetric, kendall_tau, measure,
    reliability, spearman,
};
