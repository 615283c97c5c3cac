//! A row of a source, and where it stands.

use crate::ImportError;
use medley_feedback::{Checked, Record};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a row stands: the file, and the line (text) or row (JSON array, Parquet), from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: Arc<PathBuf>,
    /// "line" or "row".
    pub unit: &'static str,
    /// From 1. The header of a table is line 1.
    pub number: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.file.display(), self.unit, self.number)
    }
}

impl Place {
    /// A place in a file.
    pub fn new(file: &Path, unit: &'static str, number: u64) -> Self {
        Self { file: Arc::new(file.to_owned()), unit, number }
    }

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

/// A message shows the beginning of a long value.
pub(crate) fn shortened(text: &str) -> String {
    let mut chars = text.char_indices();
    match chars.nth(120) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// One row: its fields by name, and where it stands. Cells of CSV and TSV are strings; [`crate::number`]
/// and its like read both.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// Its fields.
    pub fields: Map<String, Value>,
}

impl Row {
    /// The row as a type.
    ///
    /// # Errors
    /// A field is missing or of another type; the message has its path.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ImportError> {
        serde_path_to_error::deserialize(&self.fields).map_err(|error| ImportError::Parse {
            place: self.place.clone(),
            path: error.path().to_string(),
            message: shortened(&error.inner().to_string()),
        })
    }
}
