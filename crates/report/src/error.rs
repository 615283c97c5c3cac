//! What can go wrong between a table and a figure?

use std::path::PathBuf;

/// Why a table or figure could not be read, aggregated or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file could not be opened or read.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file could not be written. The text names it, and what was tried.
    #[error(transparent)]
    Write(std::io::Error),
    /// The bytes are not a Parquet file that can be read.
    #[error("{path}: not a readable Parquet file: {message}")]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// What the reader says.
        message: String,
    },
    /// A column of the schema is absent.
    #[error("{path}: there is no column `{column}` of type {expected}; found {}", found.join(", "))]
    MissingColumn {
        /// Which file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// Its type.
        expected: &'static str,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// A column has another type.
    #[error("{path}: column `{column}` should be {expected} and is {found}")]
    ColumnType {
        /// Which file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// Its type in the schema.
        expected: &'static str,
        /// Its type in the file.
        found: String,
    },
    /// One value is not allowed where it stands.
    #[error("{path}: row {row}, column `{column}`: {message}")]
    Value {
        /// Which file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// Row, from 0.
        row: usize,
        /// What is expected and what stands there.
        message: String,
    },
    /// The same number stands twice, so that a mean over seeds would count it twice.
    #[error(
        "{rows} rows for seed {seed} of {estimator} on {metric} of {source_name} under {mix}; one is expected. \
         Was a run folder read twice?"
    )]
    Duplicate {
        /// The mix.
        mix: String,
        /// The held-out source.
        source_name: String,
        /// The metric.
        metric: String,
        /// The estimator.
        estimator: String,
        /// The seed.
        seed: u64,
        /// How many rows.
        rows: u64,
    },
    /// Rows that belong together disagree.
    #[error("{of} has more than one {what}: {}", found.join(", "))]
    Disagreement {
        /// Of what, like "metric accuracy".
        of: String,
        /// In which respect, like "unit".
        what: &'static str,
        /// The values.
        found: Vec<String>,
    },
    /// A part of a split has no size.
    #[error(
        "differences on {source_name}: expected shares of a split from 0.001 to 1, found {train} for \
         training and {test} for the test part"
    )]
    Shares {
        /// The judged source.
        source_name: String,
        /// Of the training part.
        train: f64,
        /// Of the test part.
        test: f64,
    },
    /// Scores over seeds, of a line and its baseline or of lines among each other, cannot be compared.
    #[error("scores over seeds cannot be compared: {0}")]
    Comparison(String),
    /// A table from which a figure should be drawn has no row for it.
    #[error("nothing to draw: {0}")]
    Empty(String),
    /// The drawing layer failed.
    #[error("figure {name}: {message}")]
    Drawing {
        /// Which figure.
        name: String,
        /// What happened.
        message: String,
    },
}

impl ReportError {
    /// Names the file of a system error.
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| ReportError::Io { path, source }
    }
}
