//! Why there is no study.

use medley_adapter::BindError;
use medley_aggregation::{AggregationError, SocietyError, WeightError};
use medley_people::PeopleError;
use medley_plan::PlanError;
use medley_report::ReportError;

/// Why a study cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The file, or the dataset that it names.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Feedback that does not fit its adapter.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A model of people.
    #[error("{name}: {error}")]
    People {
        /// Its name in the file.
        name: String,
        /// What is wrong.
        error: PeopleError,
    },
    /// What people said is no panel.
    #[error(transparent)]
    Panel(#[from] PeopleError),
    /// A rule of aggregation.
    #[error("{name}: {error}")]
    Rule {
        /// Its name in the file.
        name: String,
        /// What is wrong.
        error: AggregationError,
    },
    /// No society of these people.
    #[error(transparent)]
    Society(#[from] SocietyError),
    /// What people count for.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// Tables or figures.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl StudyError {
    /// About the value at these keys.
    pub fn spec(path: &[&str], message: impl Into<String>) -> Self {
        PlanError::spec(path, message).into()
    }
}
