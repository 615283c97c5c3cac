//! What can go wrong in an exact experiment.

use medley_report::ReportError;
use medley_toml_file::Problem;
use std::path::PathBuf;

/// Why an exact experiment gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExactError {
    /// An option for which there is no answer.
    #[error(transparent)]
    Option(#[from] Problem),
    /// A computation that came to no answer.
    #[error("`exact.{experiment}`: {message}")]
    NoAnswer {
        /// Which experiment, as TOML names it.
        experiment: &'static str,
        /// What went wrong.
        message: String,
    },
    /// Its files cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// There is no result to draw.
    #[error("{reason} in {}; `medley run` computes it", folder.display())]
    NoResult {
        /// The folder of the experiment.
        folder: PathBuf,
        /// What is there in its place.
        reason: String,
    },
    /// A result that TOML cannot hold.
    #[error("cannot write the result: {0}")]
    Toml(#[from] toml::ser::Error),
    /// A finding that JSON cannot hold.
    #[error("cannot write the findings: {0}")]
    Json(#[from] serde_json::Error),
}
