//! A row of a source: its fields, and where it stands.

use crate::rows::place::shortened;
use crate::{ImportError, Place};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

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

/// Takes a row, or the error of a row whose neighbours can still be read.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Result<Row, ImportError>) -> Result<(), ImportError>;
