//! Feedback tables as files have them: columns of Parquet, lines of JSONL.

use crate::DatasetError;
use crate::parquet::Cells;
use crate::table::{Content, Table};
use crate::table_column::TableColumn;
use medley_feedback::{Column, ColumnType};
use serde_json::{Map, Value};
use std::path::Path;

/// A table of decoded columns; those without type hold nothing and are none.
pub(crate) fn from_columns(
    place: String,
    rows: usize,
    columns: Vec<(String, Cells)>,
) -> Result<Table, DatasetError> {
    let mut typed = Vec::new();
    for (name, cells) in columns {
        let Some(kind) = kind(&cells) else { continue };
        if let Some((row, found)) = not_finite(&cells) {
            let expected = "a finite number".into();
            let found = found.to_string();
            return Err(DatasetError::Cell { place, row, column: name, expected, found });
        }
        let cells = match cells {
            Cells::Single(cells) => {
                Cells::Float(cells.into_iter().map(|cell| cell.map(f64::from)).collect())
            }
            cells => cells,
        };
        typed.push(TableColumn { name, kind, nullable: true, cells });
    }
    Ok(Table { place, content: Content::Columns { rows, columns: typed } })
}

fn kind(cells: &Cells) -> Option<ColumnType> {
    Some(match cells {
        Cells::Text(_) => ColumnType::Text,
        Cells::Single(_) | Cells::Float(_) => ColumnType::Float,
        Cells::Integer(_) => ColumnType::Integer,
        Cells::Boolean(_) => ColumnType::Boolean,
        Cells::TextList(_) => ColumnType::TextList,
        Cells::FloatList(_) => ColumnType::FloatList,
        Cells::IntegerList(_) => ColumnType::IntegerList,
        Cells::Missing => return None,
    })
}

/// The first number that is none, and its row.
fn not_finite(cells: &Cells) -> Option<(usize, f64)> {
    fn first(cells: impl Iterator<Item = Option<f64>>) -> Option<(usize, f64)> {
        let mut there = cells.enumerate().filter_map(|(row, cell)| Some((row, cell?)));
        there.find(|(_, number)| !number.is_finite())
    }
    match cells {
        Cells::Single(cells) => first(cells.iter().map(|cell| cell.map(f64::from))),
        Cells::Float(cells) => first(cells.iter().copied()),
        Cells::FloatList(cells) => first(cells.iter().map(|cell| {
            cell.as_ref().and_then(|list| list.iter().copied().find(|x| !x.is_finite()))
        })),
        _ => None,
    }
}

/// Whether the cells of rows without columns have the type of a column where they are there.
pub(crate) fn check_cells(
    place: &str,
    rows: &[Map<String, Value>],
    column: &Column,
) -> Result<(), DatasetError> {
    for (row, map) in rows.iter().enumerate() {
        let Some(value) = map.get(column.name).filter(|value| !fits(column.kind, value)) else {
            continue;
        };
        return Err(DatasetError::Cell {
            place: place.to_owned(),
            row,
            column: column.name.to_owned(),
            expected: column.kind.expected().to_owned(),
            found: value.to_string(),
        });
    }
    Ok(())
}

fn fits(kind: ColumnType, value: &Value) -> bool {
    let all = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|it| it.iter().all(fits));
    match kind {
        ColumnType::Text => value.is_string(),
        ColumnType::Float => value.as_f64().is_some(),
        ColumnType::Integer => value.is_i64(),
        ColumnType::Boolean => value.is_boolean(),
        ColumnType::TextList => all(Value::is_string),
        ColumnType::FloatList => all(|value| value.as_f64().is_some()),
        ColumnType::IntegerList => all(Value::is_i64),
    }
}

/// Rows from lines of JSON objects; empty lines are skipped, nulls are missing values.
pub(crate) fn from_jsonl(file: &Path, bytes: &[u8]) -> Result<Table, DatasetError> {
    let mut rows = Vec::new();
    for (line, text) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let mut map: Map<String, Value> =
            serde_json::from_slice(text).map_err(|error| DatasetError::Json {
                file: file.to_owned(),
                line: line + 1,
                column: error.column(),
                message: error.to_string(),
            })?;
        map.retain(|_, value| !value.is_null());
        rows.push(map);
    }
    Ok(Table { place: file.display().to_string(), content: Content::Maps(rows) })
}

/// Lines of JSON objects.
pub(crate) fn to_jsonl(rows: &[Map<String, Value>]) -> Vec<u8> {
    let line = |map: &Map<String, Value>| Value::Object(map.clone()).to_string() + "\n";
    rows.iter().map(line).collect::<String>().into_bytes()
}
