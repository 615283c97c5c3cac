//! Rows of Parquet with nested columns, page by page.

use crate::content::guarded;
use crate::rows::row::Take;
use crate::{ImportError, Place, Row};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value};
use std::fs::File;
use std::path::Path;

/// What a damaged file was to be.
const WHAT: &str = "Parquet";

pub(crate) fn rows(file: &Path, opened: File, take: Take<'_>) -> Result<(), ImportError> {
    let broken = |error: ParquetError| damaged(file, error.to_string());
    let reader = guarded(file, WHAT, || SerializedFileReader::new(opened))?.map_err(broken)?;
    let mut rows = guarded(file, WHAT, || reader.get_row_iter(None))?.map_err(broken)?;
    let mut place = Place::new(file, "row", 0);
    while let Some(row) = guarded(file, WHAT, || rows.next())? {
        place.number += 1;
        let row = row.map_err(broken)?;
        let fields = guarded(file, WHAT, || fields(&row))?;
        take(Ok(Row { place: place.clone(), fields }))?;
    }
    Ok(())
}

fn fields(row: &parquet::record::Row) -> Map<String, Value> {
    row.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect()
}

/// Bytes that are UTF-8 are text, which older writers do not mark as such; others become base64.
fn json(field: &Field) -> Value {
    match field {
        Field::Bytes(bytes) => {
            std::str::from_utf8(bytes.data()).map_or_else(|_| field.to_json_value(), Value::from)
        }
        Field::Group(row) => Value::Object(fields(row)),
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        other => other.to_json_value(),
    }
}

fn damaged(file: &Path, message: String) -> ImportError {
    ImportError::Damaged { file: file.to_owned(), what: WHAT, message }
}
