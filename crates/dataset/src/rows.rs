//! Feedback tables between their three forms: columns of Parquet, lines of JSONL, maps in memory.

use crate::DatasetError;
use crate::parquet::Cells;
use crate::table::{Table, TableColumn};
use medley_feedback::ColumnType;
use serde_json::{Map, Number, Value};
use std::path::Path;

/// Rows from decoded columns.
pub(crate) fn from_columns(
    place: String,
    rows: usize,
    columns: Vec<(String, Cells)>,
) -> Result<Table, DatasetError> {
    let mut maps = vec![Map::new(); rows];
    let mut types = Vec::new();
    for (name, cells) in columns {
        let Some(kind) = kind(&cells) else { continue };
        for (row, value) in json(cells).into_iter().enumerate() {
            match value {
                Ok(Value::Null) => {}
                Ok(value) => drop(maps[row].insert(name.clone(), value)),
                Err(found) => {
                    let expected = "a finite number".into();
                    return Err(DatasetError::Cell { place, row, column: name, expected, found });
                }
            }
        }
        types.push(TableColumn { name, kind, nullable: true });
    }
    Ok(Table { place, columns: Some(types), rows: maps })
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

/// JSON values; null for missing, an error with the number if it is not finite.
fn json(cells: Cells) -> Vec<Result<Value, String>> {
    fn each<T>(
        cells: Vec<Option<T>>,
        value: impl Fn(T) -> Result<Value, String>,
    ) -> Vec<Result<Value, String>> {
        cells.into_iter().map(|cell| cell.map_or(Ok(Value::Null), &value)).collect()
    }
    let number = |x: f64| Number::from_f64(x).map(Value::Number).ok_or_else(|| x.to_string());
    match cells {
        Cells::Text(cells) => each(cells, |text| Ok(Value::String(text))),
        Cells::Single(cells) => each(cells, |x| number(f64::from(x))),
        Cells::Float(cells) => each(cells, number),
        Cells::Integer(cells) => each(cells, |x| Ok(Value::from(x))),
        Cells::Boolean(cells) => each(cells, |truth| Ok(Value::Bool(truth))),
        Cells::TextList(cells) => each(cells, |list| Ok(Value::from(list))),
        Cells::IntegerList(cells) => each(cells, |list| Ok(Value::from(list))),
        Cells::FloatList(cells) => each(cells, |list| {
            list.into_iter().map(number).collect::<Result<_, _>>().map(Value::Array)
        }),
        Cells::Missing => Vec::new(),
    }
}

/// Columns to be encoded, each cell checked against the type of its column.
pub(crate) fn to_columns<'a>(
    table: &'a Table,
    columns: &'a [TableColumn],
) -> Result<Vec<(&'a str, Cells)>, DatasetError> {
    columns.iter().map(|column| Ok((column.name.as_str(), to_cells(table, column)?))).collect()
}

fn to_cells(table: &Table, column: &TableColumn) -> Result<Cells, DatasetError> {
    let cells = Cellar { table, column };
    Ok(match column.kind {
        ColumnType::Text => Cells::Text(cells.read("text", |v| v.as_str().map(str::to_owned))?),
        ColumnType::Float => Cells::Float(cells.read("a number", Value::as_f64)?),
        ColumnType::Integer => Cells::Integer(cells.read("a whole number", Value::as_i64)?),
        ColumnType::Boolean => Cells::Boolean(cells.read("true or false", Value::as_bool)?),
        ColumnType::TextList => Cells::TextList(
            cells.read("a list of texts", |v| list(v, |v| v.as_str().map(str::to_owned)))?,
        ),
        ColumnType::FloatList => {
            Cells::FloatList(cells.read("a list of numbers", |v| list(v, Value::as_f64))?)
        }
        ColumnType::IntegerList => {
            Cells::IntegerList(cells.read("a list of whole numbers", |v| list(v, Value::as_i64))?)
        }
    })
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(item).collect()
}

/// The cells of one column of a table in memory.
struct Cellar<'a> {
    table: &'a Table,
    column: &'a TableColumn,
}

impl Cellar<'_> {
    fn read<T>(
        &self,
        expected: &str,
        value: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<Option<T>>, DatasetError> {
        let Self { table, column } = self;
        let cell = |(row, map): (usize, &Map<String, Value>)| match map.get(&column.name) {
            None if column.nullable => Ok(None),
            found => match found.and_then(&value) {
                Some(value) => Ok(Some(value)),
                None => Err(DatasetError::Cell {
                    place: table.place.clone(),
                    row,
                    column: column.name.clone(),
                    expected: expected.to_owned(),
                    found: found.map_or_else(|| "nothing".into(), Value::to_string),
                }),
            },
        };
        table.rows.iter().enumerate().map(cell).collect()
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
    Ok(Table { place: file.display().to_string(), columns: None, rows })
}

/// Lines of JSON objects.
pub(crate) fn to_jsonl(table: &Table) -> Vec<u8> {
    let line = |map: &Map<String, Value>| Value::Object(map.clone()).to_string() + "\n";
    table.rows.iter().map(line).collect::<String>().into_bytes()
}
