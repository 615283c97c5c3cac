//! Rows of Parquet with nested columns, page by page.

use crate::rows::content::Stored;
use crate::rows::named::{FieldNames, Fields};
use crate::rows::numbers::{float, half, single};
use crate::rows::packed::beyond;
use crate::rows::parquet_columns::{FlatRows, is_flat, names};
use crate::rows::refusal::guarded;
use crate::rows::row::{Found, Take};
use crate::{ImportError, Place, Row};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// What a damaged file was to be.
const WHAT: &str = "Parquet";

/// Refuses files that unpack to more than `most` bytes and 200 times their size: pages by what the file
/// says of them, rows by what comes out, since a text that is stored once may stand in every row.
pub(crate) fn rows(
    file: &Path,
    stored: Stored,
    most: u64,
    take: Take<'_>,
) -> Result<(), ImportError> {
    match stored {
        Stored::File(opened) => chunks(file, opened, most, take),
        Stored::Memory(bytes) => chunks(file, bytes, most, take),
    }
}

fn chunks(
    file: &Path,
    chunks: impl ChunkReader + 'static,
    most: u64,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let broken = |error: ParquetError| damaged(file, error.to_string());
    let within = |packed, unpacked| {
        beyond(packed, unpacked, most).map_or(Ok(()), |message| Err(damaged(file, message)))
    };
    let packed = chunks.len();
    let reader = guarded(file, WHAT, || SerializedFileReader::new(chunks))?.map_err(broken)?;
    within(packed, unpacked(reader.metadata()))?;
    if is_flat(reader.metadata()) {
        return flat(file, &reader, |unpacked| within(packed, unpacked), take);
    }
    let mut rows = guarded(file, WHAT, || reader.get_row_iter(None))?.map_err(broken)?;
    let mut place = Place::new(file, "row", 0);
    let mut unpacked = 0;
    let mut names = Arc::default();
    while let Some(row) = guarded(file, WHAT, || rows.next())? {
        place.number += 1;
        let row = row.map_err(broken)?;
        take(Found::Row(fields(&row, &place, &mut names).map(|fields| {
            unpacked += fields.values().map(size).sum::<u64>();
            Row::new(place.clone(), fields)
        })))?;
        within(packed, unpacked)?;
    }
    Ok(())
}

/// Rows without nested columns.
fn flat(
    file: &Path,
    reader: &dyn FileReader,
    check: impl Fn(u64) -> Result<(), ImportError>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let broken = |error: ParquetError| damaged(file, error.to_string());
    let list = names(reader.metadata());
    let names = FieldNames::new(list.clone());
    let mut rows = FlatRows::new(reader);
    let mut place = Place::new(file, "row", 0);
    let mut unpacked = 0;
    while let Some(cells) = guarded(file, WHAT, || rows.next())?.map_err(broken)? {
        place.number += 1;
        let wrong = |name: &String, found| place.wrong(name, "a finite number", found);
        let cells = list.iter().zip(cells);
        let values: Result<Vec<Value>, _> =
            cells.map(|(name, cell)| cell.map_err(|found| wrong(name, found))).collect();
        take(Found::Row(values.map(|values| {
            unpacked += values.iter().map(size).sum::<u64>();
            Row::new(place.clone(), Fields::new(&names, values))
        })))?;
        check(unpacked)?;
    }
    Ok(())
}

/// Bytes of all columns before they were packed, as the file says.
fn unpacked(metadata: &ParquetMetaData) -> u64 {
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
    columns.fold(0, |sum, column| sum.saturating_add(column.uncompressed_size().max(0) as u64))
}

/// Bytes of the texts in a value, and one for anything else.
fn size(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Array(values) => values.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 1,
    }
}

/// Fields of a row; an error if one is a number that JSON does not have.
fn fields(
    row: &parquet::record::Row,
    place: &Place,
    names: &mut Arc<FieldNames>,
) -> Result<Fields, ImportError> {
    let value = |(name, field): (&String, &Field)| {
        json(field).map_err(|found| place.wrong(name, "a finite number", found))
    };
    let values = row.get_column_iter().map(value).collect::<Result<_, _>>()?;
    let found = || row.get_column_iter().map(|(name, _)| name);
    if !names.is(found().map(String::as_str)) {
        *names = FieldNames::new(found().cloned().collect());
    }
    Ok(Fields::new(names, values))
}

/// Bytes that are UTF-8 are text, which older writers do not mark as such; others become base64.
pub(super) fn json(field: &Field) -> Result<Value, &'static str> {
    Ok(match field {
        Field::Bytes(bytes) => {
            std::str::from_utf8(bytes.data()).map_or_else(|_| field.to_json_value(), Value::from)
        }
        Field::Float16(number) => half(*number)?,
        Field::Float(number) => single(*number)?,
        Field::Double(number) => float(*number)?,
        Field::Group(row) => {
            let pair = |(name, field): (&String, &Field)| Ok((name.clone(), json(field)?));
            Value::Object(row.get_column_iter().map(pair).collect::<Result<_, &'static str>>()?)
        }
        Field::ListInternal(list) => {
            Value::Array(list.elements().iter().map(json).collect::<Result<_, _>>()?)
        }
        Field::MapInternal(map) => {
            let key = |key: &Field| match key.to_json_value() {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let pair = |(name, field): &(Field, Field)| Ok((key(name), json(field)?));
            Value::Object(map.entries().iter().map(pair).collect::<Result<_, &'static str>>()?)
        }
        other => other.to_json_value(),
    })
}

fn damaged(file: &Path, message: String) -> ImportError {
    ImportError::Damaged { file: file.to_owned(), what: WHAT, message }
}
