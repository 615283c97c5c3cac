//! A trained reward model on disk: enough to score new segments, and nothing that can be mistaken.
//!
//! It knows no experiment and no run: whoever has trained a model can save it, and whoever has its
//! folder can score with it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod encoder_files;
mod error;
mod hidden;
mod saved_model;
mod step_rewards;

pub use encoder_files::check_files;
pub use error::SavedModelError;
pub use saved_model::{SavedModel, SavedPart, Score, Unsaved};
pub use step_rewards::StepRewards;
