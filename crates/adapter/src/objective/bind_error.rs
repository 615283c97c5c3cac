//! Why could an adapter not be bound?

use medley_dataset::DatasetError;
use medley_feedback::RecordError;

/// Why an adapter could not be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The dataset could not give the records.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// An answer that was elicited makes no record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Nothing is left to learn from.
    #[error("feedback `{source_name}`: no {kind} record is left: {reason}")]
    Empty {
        /// Name of the source in TOML.
        source_name: String,
        /// Kind of record.
        kind: &'static str,
        /// Where they went, counted.
        reason: String,
    },
    /// The records do not fit the options.
    #[error("feedback `{source_name}`: {problem}")]
    Unfit {
        /// Name of the source in TOML.
        source_name: String,
        /// What does not fit, with expected and found.
        problem: String,
    },
}
