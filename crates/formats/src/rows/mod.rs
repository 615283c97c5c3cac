//! Rows of any file, one after the other, without holding the file in memory.

mod archive;
mod arrow_messages;
mod arrow_rows;
#[cfg(test)]
mod arrow_tests;
mod arrow_values;
mod cells;
pub(crate) mod content;
#[cfg(test)]
mod content_tests;
mod delimited;
mod fields;
pub(crate) mod hdf5;
#[cfg(test)]
mod import_tests;
mod json_rows;
#[cfg(test)]
mod json_tests;
pub(crate) mod json_text;
mod json_value;
mod json_values;
mod known_fields;
pub(crate) mod lines;
pub(crate) mod named;
mod names;
mod numbers;
mod packed;
mod parquet_columns;
mod parquet_rows;
#[cfg(test)]
mod parquet_tests;
pub(crate) mod place;
pub(crate) mod refusal;
mod row;
mod scalars;
pub(crate) mod shards;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod told;
mod unreadable;

pub use delimited::Dialect;
pub use fields::{filled, number, optional_number, optional_text, person, truth};
pub(crate) use fields::{is_missing, truth_of};
pub use named::Fields;
pub use place::Place;
pub use row::Row;

use crate::{ImportError, Reading};
use content::{Content, unfit};
use delimited::Quoting;
pub(crate) use row::{Aside, Found, Take};
use std::path::Path;

/// Calls `take` for each row of a file: JSON lines, JSON objects over several lines, a JSON array,
/// CSV, TSV, Parquet, or Arrow as a file or stream; all plain or packed by gzip, zstd, xz or bzip2, or
/// in a tar archive, and told by content.
///
/// # Errors
/// The file cannot be read to its end, or what `take` returns.
pub fn each_row(
    file: &Path,
    dialect: Dialect,
    reading: &Reading<'_>,
    take: &mut dyn FnMut(Result<Row, ImportError>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    each_found(file, dialect, reading, &mut |found| match found {
        Found::Row(row) => take(row),
        Found::Left(_) | Found::Note(_) => Ok(()),
    })
}

/// The same, with what was left out and how the file was read.
pub(crate) fn each_found(
    file: &Path,
    dialect: Dialect,
    reading: &Reading<'_>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let content = content::open(file, reading)?;
    match (content, reading.rows) {
        (Content::JsonObjects(reader), Some(key)) => json_rows::under(file, reader, key, take),
        (_, Some(key)) => {
            let expected = format!("a JSON object with rows under `{key}`");
            Err(unfit(file, &expected, "another kind of file"))
        }
        (Content::JsonArray(reader), None) => json_rows::array(file, reader, take),
        (Content::JsonObjects(reader), None) => json_rows::objects(file, reader, take),
        (Content::Delimited(reader), None) => {
            delimited::rows(file, reader, quoting(dialect, reading), take)
        }
        (Content::Parquet(stored), None) => {
            parquet_rows::rows(file, stored, reading.unpacked_bytes, take)
        }
        (Content::Arrow { reader, is_file }, None) => {
            arrow_rows::rows(file, (reader, is_file), reading.unpacked_bytes, take)
        }
    }
}

fn quoting(dialect: Dialect, reading: &Reading<'_>) -> Quoting {
    match (dialect, reading.quoted) {
        (_, Some(true)) => Quoting::Marks,
        (_, Some(false)) | (Dialect::Unquoted, None) => Quoting::Characters,
        (Dialect::Quoted, None) => Quoting::Told,
    }
}
