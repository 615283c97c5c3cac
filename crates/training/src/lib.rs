//! The training loop: sample, weigh, step, keep, tell.
//!
//! It maximizes the sum of the log-likelihoods of all sources over one shared reward and each
//! source's own response model, and never names a kind of feedback. It writes checkpoints and
//! emits [`Event`]s; it knows no result table and no figure.
//!
//! A fit is a function of its [`Task`] and [`Options`] alone: every random number comes from a
//! [`stream`] named by seed and purpose, and a resumed fit continues with the same bits.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bounded;
mod calibrate;
mod checkpoint;
mod cross_prediction;
mod epoch;
mod error;
mod event;
mod fitted;
mod folds;
mod inference;
mod interrupt;
mod laplace;
mod last_layer;
mod line_search;
mod map;
mod minimize;
pub mod mixing;
mod nuts;
mod options;
mod passes;
mod point;
mod response;
mod source;
mod spread;
mod stacking;
mod step;
mod target;
mod task;
mod variational;
mod yardstick;

pub use calibrate::{Calibrated, CalibrationOptions, calibrate};
pub use checkpoint::CheckpointFolder;
pub use cross_prediction::CrossPrediction;
pub use error::TrainingError;
pub use event::{CurvePoint, Event, StopReason};
pub use fitted::Fitted;
pub use inference::Inference;
pub use interrupt::{interrupt, is_interrupted};
pub use laplace::{Laplace, Scale};
pub use last_layer::LastLayer;
pub use map::Map;
pub use medley_random::stream;
pub use minimize::{MinimizeOptions, Minimum, minimize};
pub use mixing::{
    Balance, Combination, Evidence, Fit, HeldOut, HeldOutTerm, Joint, Mixing, PostHoc, PostHocRule,
    RationalityMode, Related, Separate, Setup, SharedHead, Step, SumModel, Term, Tie, Trust,
    Weighted, fits_of,
};
pub use nuts::{Nuts, Unmixed};
pub use options::{Options, Schedule};
pub use response::{FittedParameter, ResponseLearner};
pub use source::Source;
pub use spread::{member_variance, return_sd};
pub use stacking::{Candidates, Coefficient};
pub use target::Target;
pub use task::Task;
pub use variational::Variational;
pub use yardstick::Yardstick;
