//! Rows of any file, one after the other, without holding the file in memory.

pub(crate) mod content;
#[cfg(test)]
mod content_tests;
mod delimited;
mod fields;
pub(crate) mod hdf5;
mod json_rows;
mod parquet_rows;
pub(crate) mod place;
mod row;

pub use delimited::Dialect;
pub use fields::{filled, number, optional_number, optional_text, person, text_list, truth};
pub use place::Place;
pub use row::Row;

use crate::{ImportError, Reading};
use content::Content;
use row::Take;
use std::path::Path;

/// Calls `take` for each row of a file: JSON lines, a JSON array, CSV, TSV or Parquet, the texts
/// plain or gzip or as the one file in a gzip tar, all told by content.
///
/// # Errors
/// The file cannot be read to its end, or what `take` returns.
pub fn each_row(
    file: &Path,
    dialect: Dialect,
    reading: &Reading<'_>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    match content::open(file, reading)? {
        Content::JsonArray(reader) => json_rows::array(file, reader, take),
        Content::JsonLines(reader) => json_rows::lines(file, reader, take),
        Content::Delimited(reader) => delimited::rows(file, reader, dialect, take),
        Content::Parquet(opened) => parquet_rows::rows(file, opened, take),
    }
}
