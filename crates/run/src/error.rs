//! What can go wrong between a plan and a figure.

use medley_adapter::BindError;
use medley_encoder::FeatureError;
use medley_evaluation::JudgementError;
use medley_plan::{PlanError, SpecError};
use medley_report::ReportError;
use medley_saved_model::SavedModelError;
use medley_training::TrainingError;
use std::path::{Path, PathBuf};

/// Why runs or their results are not there.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan asks for what cannot be.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Features are not the ones needed.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Feedback cannot be bound.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A run failed.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// Its model cannot be saved.
    #[error(transparent)]
    SavedModel(#[from] SavedModelError),
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
    /// Nothing could be tuned.
    #[error("all {candidates} failed; the first ({setting}): {reason}")]
    Tuning {
        /// How many there were.
        candidates: String,
        /// Values of the first.
        setting: String,
        /// Why that failed.
        reason: String,
    },
    /// There is nothing to gather.
    #[error("no run of this experiment is finished in {folder}; `medley run` carries them out")]
    NothingDone {
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

impl RunError {
    /// Gives an error about what an experiment says its position in the file.
    pub fn located(self, file: &Path, text: &str) -> Self {
        match self {
            Self::Plan(error) => Self::Plan(error.located(file, text)),
            Self::Bind(
                ref error @ (BindError::Empty { ref source_name, .. }
                | BindError::Unfit { ref source_name, .. }),
            ) => {
                let path = ["feedback", source_name];
                let error = SpecError::at(file, text, &path, error.to_string());
                Self::Plan(PlanError::Parse(Box::new(error)))
            }
            other => other,
        }
    }

    pub(crate) fn io(action: &'static str, path: &Path, error: impl ToString) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }
}
