//! How good is a reward model, and how sure are we?
//!
//! A metric has an interval ([`measure`]), ceilings ([`label_ceiling`], [`scalar_reward_ceiling`])
//! and a trivial model ([`majority`]) to stand beside it: a number without them is easy to misread.
//! The unit of resampling is the prompt or episode, because statements about one are dependent. All functions are plain
//! `f64` Rust over [`Judgement`]s, so that any learner, in this workspace or not, can be measured.
//!
//! The crate also holds the exact results that tell a user what a reward model *cannot* do:
//! [`hidden_context`], [`opposed_groups`] and the best-of-n estimator [`best_of_n`].
//!
//! It deliberately knows no dataset, no model and no plot.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod baseline;
mod best_of_n;
mod bootstrap;
mod bradley_terry;
mod calibration;
mod ceiling;
mod correlation;
mod graph;
mod hidden_context;
mod judgement;
mod linear_system;
mod logistic;
mod metric;
mod opposed_groups;
mod resampled;
mod scalar_ceiling;
mod score;
mod social_choice;
mod statistic;
mod summary;
mod wilson;

pub use baseline::{BaselineError, majority};
pub use best_of_n::{BestOfN, BestOfNError, best_of_n, best_of_n_curve, kl_best_of_n};
pub use bootstrap::{Bootstrap, CONFIDENCE, Estimate};
pub use bradley_terry::{BradleyTerry, BradleyTerryError, fit_bradley_terry};
pub use calibration::{ReliabilityBin, reliability};
pub use ceiling::{Ceiling, CeilingKind, label_ceiling};
pub use correlation::{kendall_tau, spearman};
pub use hidden_context::{HiddenContext, HiddenContextError, hidden_context};
pub use judgement::{Answer, Answers, Judgement, JudgementError, ResponseSet, Scored, Side};
pub use metric::{Direction, Metric, UnknownMetric};
pub use opposed_groups::{OpposedGroups, OpposedGroupsError, OpposedGroupsResult, opposed_groups};
pub use resampled::ClusterSets;
pub use scalar_ceiling::scalar_reward_ceiling;
pub use social_choice::{PreferenceError, Preferences, argmax};
pub use summary::{Measurement, Options, measure};
pub use wilson::wilson;
