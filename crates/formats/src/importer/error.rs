//! Why an import failed.

use crate::Place;
use crate::place::shortened;
use medley_dataset::DatasetError;
use medley_feedback::{Checked, Record, RecordError};
use std::fmt;
use std::path::PathBuf;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file system refused.
    #[error("{}: cannot read: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file as a whole is not what it should be.
    #[error("{}: expected {expected}, found {found}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Packed data end early or are damaged.
    #[error("{}: damaged {what}: {message}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What it is packed as.
        what: &'static str,
        /// What the decoder says.
        message: String,
    },
    /// A row is not of the format.
    #[error("{place}: `{field}` must be {expected}, found {found}")]
    Row {
        /// File and row.
        place: Place,
        /// Which field; `row` for the row as a whole.
        field: String,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A row whose text is broken, or whose fields are of other types.
    #[error("{place}: at `{path}`: {message}")]
    Parse {
        /// File and row.
        place: Place,
        /// Which field.
        path: String,
        /// What the parser says.
        message: String,
    },
    /// A record that was put together from a row breaks its invariant.
    #[error("{place}: {source}")]
    Record {
        /// File and row.
        place: Place,
        /// The field at fault.
        source: RecordError,
    },
    /// The parts do not make a dataset.
    #[error("{}: {source}", file.display())]
    Dataset {
        /// What was imported.
        file: PathBuf,
        /// What does not fit.
        source: Box<DatasetError>,
    },
    /// Nothing was kept.
    #[error("{}: nothing to import: {reason}", file.display())]
    Empty {
        /// What was imported.
        file: PathBuf,
        /// What was found instead.
        reason: String,
    },
}

impl ImportError {
    /// Whether the row alone is at fault, so that the rest can still be read.
    pub fn is_of_row(&self) -> bool {
        matches!(self, Self::Row { .. } | Self::Parse { .. } | Self::Record { .. })
    }
}

impl Place {
    /// The row has a field that cannot be right.
    pub fn wrong(
        &self,
        field: impl Into<String>,
        expected: impl Into<String>,
        found: impl fmt::Display,
    ) -> ImportError {
        ImportError::Row {
            place: self.clone(),
            field: field.into(),
            expected: expected.into(),
            found: shortened(&found.to_string()),
        }
    }

    /// A field of the row is of another type.
    pub(crate) fn unparsed(&self, path: String, error: &serde_json::Error) -> ImportError {
        let message = shortened(&error.to_string());
        ImportError::Parse { place: self.clone(), path, message }
    }

    /// Checks a record that was put together from the row.
    ///
    /// # Errors
    /// The record breaks its invariant.
    pub fn checked<R: Record>(&self, record: R) -> Result<Checked<R>, ImportError> {
        Checked::new(record).map_err(|source| ImportError::Record { place: self.clone(), source })
    }
}
