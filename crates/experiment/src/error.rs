//! What can go wrong between a TOML file and a figure.

use crate::SpecError;
use medley_adapter::BindError;
use medley_dataset::{DatasetError, SplitError};
use medley_encoder::{EncodeError, FeatureError};
use medley_evaluation::JudgementError;
use medley_report::ReportError;
use medley_training::TrainingError;
use std::path::{Path, PathBuf};

/// An error of the experiment layer.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// A mistake in a TOML file, with its position.
    #[error(transparent)]
    Parse(#[from] Box<SpecError>),
    /// A value of the spec that stands for nothing or is out of range.
    #[error("`{}`: {message}", path.join("."))]
    Spec {
        /// Keys down to the value.
        path: Vec<String>,
        /// What is wrong, with expected and found.
        message: String,
    },
    /// The dataset cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The dataset cannot be split so.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// Steps cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Features are not the ones needed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Feedback cannot be bound.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A run failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// What a model said about held-out feedback is no number.
    #[error(
        "source `{source_name}` cannot be judged: {reason}; if the model diverged, a smaller learning rate may help"
    )]
    Judged {
        /// The source.
        source_name: String,
        /// The first judgement at fault.
        reason: JudgementError,
    },
    /// Tables or figures cannot be written or read.
    #[error(transparent)]
    Report(#[from] ReportError),
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
    /// Another process works on the same folder.
    #[error("{folder} is in use by another medley process; wait for it or choose another `--out`")]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of ours does not hold what it should.
    #[error("{what} is broken: {reason}")]
    Broken {
        /// Which file or object.
        what: &'static str,
        /// In what way.
        reason: String,
    },
}

impl ExperimentError {
    pub(crate) fn io(action: &'static str, path: &Path, error: impl ToString) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }

    /// Gives an error about a value of the spec its position in the file.
    pub fn located(self, file: &Path, text: &str) -> Self {
        match self {
            Self::Spec { path, message } => {
                let keys: Vec<&str> = path.iter().map(String::as_str).collect();
                let message = format!("`{}`: {message}", path.join("."));
                Self::Parse(Box::new(SpecError::at(file, text, &keys, message)))
            }
            other => other,
        }
    }
}
