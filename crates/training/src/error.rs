//! Why did training fail?

use medley_reward_model::CheckpointError;
use std::path::{Path, PathBuf};

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A model could not be written down or brought back.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file operation failed.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file is not what was written.
    #[error("{path} is broken: {reason}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, with expected and found.
        reason: String,
    },
    /// The loss is no number any more.
    #[error(
        "training diverged in epoch {epoch}: the loss of source `{source_name}` is {value}; a smaller learning rate may help"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: u32,
        /// Source whose loss it was.
        source_name: String,
        /// The loss.
        value: f64,
    },
    /// The process was asked to stop; what was fitted so far is in the checkpoint.
    #[error("interrupted")]
    Interrupted,
    /// A method of inference cannot fit what it is given.
    #[error("inference: {0}")]
    Inference(String),
    /// A mixing could not combine its fits.
    #[error("mixing: {0}")]
    Mixing(String),
}

impl TrainingError {
    pub(crate) fn io(action: &'static str, path: &Path, error: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }
}
