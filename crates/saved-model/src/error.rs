//! What can go wrong with a saved model.

use medley_encoder::{EncodeError, FeatureError};
use medley_reward_model::CheckpointError;
use medley_toml_file::SpecError;
use std::path::{Path, PathBuf};

/// Why a model was not saved, or does not score.
#[derive(Debug, thiserror::Error)]
pub enum SavedModelError {
    /// `model.toml` is not what it should be.
    #[error(transparent)]
    Parse(#[from] Box<SpecError>),
    /// Steps cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Features are not the ones needed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Weights cannot be written or read.
    #[error(transparent)]
    Weights(#[from] CheckpointError),
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
    /// A file does not hold what it should.
    #[error("{what} is broken: {reason}")]
    Broken {
        /// Which file or object.
        what: &'static str,
        /// In what way.
        reason: String,
    },
}

impl SavedModelError {
    pub(crate) fn io(action: &'static str, path: &Path, error: impl ToString) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }
}
