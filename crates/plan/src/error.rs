//! What can go wrong between a TOML file and a plan.

use crate::SpecError;
use medley_dataset::DatasetError;
use medley_encoder::EncodeError;
use medley_toml_file::Problem;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
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
    /// The experiment's file cannot be read.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Something of ours cannot be written down.
    #[error("{what} is broken: {reason}")]
    Broken {
        /// Which file or object.
        what: &'static str,
        /// In what way.
        reason: String,
    },
}

impl From<Problem> for PlanError {
    fn from(Problem { path, message }: Problem) -> Self {
        Self::Spec { path, message }
    }
}

impl From<EncodeError> for PlanError {
    /// About the option of the encoder, or about the encoder.
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Option { encoder, option, expected, found } => {
                let message = format!("must be {expected}, found {found}");
                Self::spec(&["dataset", "encoder", encoder, option], message)
            }
            other => Self::spec(&["dataset", "encoder"], other.to_string()),
        }
    }
}

/// What stands beside results, and what runs are named by.
pub(crate) fn to_toml(value: &impl Serialize) -> Result<String, PlanError> {
    toml::to_string(value)
        .map_err(|error| PlanError::Broken { what: "plan", reason: error.to_string() })
}

impl PlanError {
    /// An error about the value at `path`.
    pub fn spec(path: &[&str], message: impl Into<String>) -> Self {
        let path = path.iter().map(ToString::to_string).collect();
        Self::Spec { path, message: message.into() }
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
