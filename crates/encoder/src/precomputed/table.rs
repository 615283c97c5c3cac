//! Vectors in a Parquet table: a column of lists, or a column for each feature.

use super::vectors::{Bytes, Item, Keys, Number, Vectors};
use crate::EncodeError;
use medley_dataset::parquet::{Cells, decode};
use std::fs;
use std::path::Path;

const LISTS: [&str; 2] = ["features", "embedding"];

/// Reads the whole table.
pub(super) fn open(path: &Path) -> Result<Vectors, EncodeError> {
    let bytes = fs::read(path).map_err(EncodeError::io(path, "read"))?;
    let (_, columns) = decode(bytes)
        .map_err(|message| EncodeError::file(path, "content", "readable Parquet", message))?;
    let (segment, others): (Vec<_>, Vec<_>) =
        columns.into_iter().partition(|(name, _)| name == "segment");
    let keys = match segment.into_iter().next() {
        Some((_, Cells::Text(texts))) => {
            full(path, "segment", texts.iter().map(|text| text.map(str::to_owned)).collect())?
        }
        other => {
            let found = other.map_or("no such column", |(_, cells)| cells.type_name());
            return Err(EncodeError::file(path, "column `segment`", "Text", found));
        }
    };
    let (names, rows) = match &others[..] {
        [(name, _)] if LISTS.contains(&name.as_str()) => (None, lists(path, others)?),
        _ => {
            let (names, columns) = columns_of_numbers(path, others)?;
            let row = |i: usize| columns.iter().map(|column| column[i]).collect();
            (Some(names), (0..keys.len()).map(row).collect::<Vec<Vec<f64>>>())
        }
    };
    let (mut items, mut bytes) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let (start, number) = (bytes.len() as u64, Number::F32);
        items.push(Item { steps: None, width: row.len(), start, number });
        row.iter().for_each(|&value| bytes.extend((value as f32).to_le_bytes()));
    }
    let (file, keys, bytes) = (path.to_owned(), Keys::Named(keys), Bytes::Memory(bytes));
    Ok(Vectors { file, keys, items, names, bytes })
}

/// `[segment][feature]`
fn lists(path: &Path, others: Vec<(String, Cells)>) -> Result<Vec<Vec<f64>>, EncodeError> {
    let Some((name, cells)) = others.into_iter().next() else { return Ok(Vec::new()) };
    match cells {
        Cells::FloatList(cells) => full(path, &name, cells),
        Cells::IntegerList(cells) => {
            let float = |row: Vec<i64>| row.into_iter().map(|number| number as f64).collect();
            Ok(full(path, &name, cells)?.into_iter().map(float).collect())
        }
        other => {
            let place = format!("column `{name}`");
            Err(EncodeError::file(path, place, "lists of numbers", other.type_name()))
        }
    }
}

/// Names, and `[feature][segment]`.
type Columns = (Vec<String>, Vec<Vec<f64>>);

fn columns_of_numbers(path: &Path, others: Vec<(String, Cells)>) -> Result<Columns, EncodeError> {
    let column = |(name, cells): (String, Cells)| {
        let numbers = match cells {
            Cells::Float(cells) => full(path, &name, cells)?,
            Cells::Single(cells) => full(path, &name, cells)?.into_iter().map(f64::from).collect(),
            Cells::Integer(cells) => {
                full(path, &name, cells)?.into_iter().map(|number| number as f64).collect()
            }
            other => {
                let expected = "numbers, or the only one beside `segment` and called `features` or \
                                `embedding`";
                let place = format!("column `{name}`");
                return Err(EncodeError::file(path, place, expected, other.type_name()));
            }
        };
        Ok((name, numbers))
    };
    Ok(others.into_iter().map(column).collect::<Result<Vec<_>, _>>()?.into_iter().unzip())
}

/// No value is missing.
fn full<T>(path: &Path, column: &str, cells: Vec<Option<T>>) -> Result<Vec<T>, EncodeError> {
    let present = |(row, cell): (usize, Option<T>)| {
        cell.ok_or_else(|| {
            let place = format!("row {row}, column `{column}`");
            EncodeError::file(path, place, "a value", "null")
        })
    };
    cells.into_iter().enumerate().map(present).collect()
}
