//! Rows of Parquet with nested columns, page by page.

use crate::rows::content::Stored;
use crate::rows::named::{FieldNames, Fields};
use crate::rows::names::Names;
use crate::rows::packed::beyond;
use crate::rows::parquet_columns::{FlatRows, columns, is_flat};
use crate::rows::refusal::guarded;
use crate::rows::row::{Found, Take};
use crate::rows::scalars::scalar;
use crate::{ImportError, Place, Row};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::{Map, Value};
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
    names(reader.metadata().file_metadata().schema()).check(file)?;
    if is_flat(reader.metadata()) {
        return flat(file, &reader, |unpacked| within(packed, unpacked), take);
    }
    let mut rows = guarded(file, WHAT, || reader.get_row_iter(None))?.map_err(broken)?;
    let mut place = Place::new(file, "row", 0);
    let mut unpacked = 0;
    let mut known = Arc::default();
    while let Some(row) = guarded(file, WHAT, || rows.next())? {
        place.number += 1;
        let fields = fields(&row.map_err(broken)?, &mut known);
        unpacked += fields.values().map(size).sum::<u64>();
        take(Found::Row(Ok(Row::new(place.clone(), fields))))?;
        within(packed, unpacked)?;
    }
    Ok(())
}

fn names(kind: &Type) -> Names {
    let fields = if kind.is_group() { kind.get_fields() } else { &[] };
    Names(fields.iter().map(|field| (field.name().to_owned(), names(field))).collect())
}

/// Rows without nested columns.
fn flat(
    file: &Path,
    reader: &dyn FileReader,
    check: impl Fn(u64) -> Result<(), ImportError>,
    take: Take<'_>,
) -> Result<(), ImportError> {
    let broken = |error: ParquetError| damaged(file, error.to_string());
    let names = FieldNames::new(columns(reader.metadata()));
    let mut rows = FlatRows::new(reader);
    let mut place = Place::new(file, "row", 0);
    let mut unpacked = 0;
    while let Some(values) = guarded(file, WHAT, || rows.next())?.map_err(broken)? {
        place.number += 1;
        unpacked += values.iter().map(size).sum::<u64>();
        take(Found::Row(Ok(Row::new(place.clone(), Fields::new(&names, values)))))?;
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

/// The fields of a row, under the names of the row before if they are the same.
fn fields(row: &parquet::record::Row, known: &mut Arc<FieldNames>) -> Fields {
    let names = || row.get_column_iter().map(|(name, _)| name);
    if !known.is(names().map(String::as_str)) {
        *known = FieldNames::new(names().cloned().collect());
    }
    Fields::new(known, row.get_column_iter().map(|(_, field)| json(field)).collect())
}

pub(super) fn json(field: &Field) -> Value {
    match field {
        Field::Group(row) => {
            let pairs = row.get_column_iter().map(|(name, field)| (name.clone(), json(field)));
            pairs.collect::<Map<_, _>>().into()
        }
        Field::ListInternal(list) => list.elements().iter().map(json).collect(),
        Field::MapInternal(map) => {
            let key = |key: &Field| match scalar(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let pairs = map.entries().iter().map(|(name, field)| (key(name), json(field)));
            pairs.collect::<Map<_, _>>().into()
        }
        other => scalar(other),
    }
}

fn damaged(file: &Path, message: String) -> ImportError {
    ImportError::Damaged { file: file.to_owned(), what: WHAT, message }
}
