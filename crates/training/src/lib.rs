//! The training loop: sample, weigh, step, keep, tell.
//!
//! It maximizes the sum of the log-likelihoods of all sources over one shared reward and each
//! source's own response model, and never names a kind of feedback. It writes checkpoints and
//! emits [`Event`]s; it knows no result table and no figure.
//!
//! A run is a function of its [`Task`] and [`Options`] alone: every random number comes from a
//! [`stream`] named by seed and purpose, and a resumed run continues with the same bits.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod calibrate;
mod checkpoint;
mod epoch;
mod event;
mod hashes;
mod options;
mod response;
mod stream;
mod train;

pub use calibrate::{CalibrationOptions, calibrate};
pub use checkpoint::CheckpointFolder;
pub use event::{CurvePoint, Event, Part, StopReason};
pub use hashes::{Hashes, flaw, hashes};
pub use options::{Options, Schedule};
pub use response::{Rationality, ResponseLearner, load_response};
pub use stream::stream;
pub use train::{Source, Task, Trained, TrainingError, train};
