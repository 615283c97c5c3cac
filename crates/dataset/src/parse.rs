//! Rows become records of a type: each field is there, has its type, and none is unknown.

use crate::table::{Table, TableColumn, broken_row, columns};
use crate::{DatasetError, rows};
use medley_feedback::{Column, ColumnType, Record};
use serde_json::{Map, Value};

/// Turns rows back into records, unchecked.
pub(crate) fn parse<R: Record>(table: &Table) -> Result<Vec<R>, DatasetError> {
    check_columns::<R>(table)?;
    table.rows.iter().enumerate().map(|(row, map)| parse_row(table, row, map)).collect()
}

fn parse_row<R: Record>(
    table: &Table,
    row: usize,
    map: &Map<String, Value>,
) -> Result<R, DatasetError> {
    let fail = |message: String| broken_row(&table.place, row, &message);
    let record: R =
        serde_path_to_error::deserialize(map).map_err(|error| match error.path().to_string() {
            path if path == "." => fail(error.inner().to_string()),
            path => fail(format!("field `{path}`: {}", error.inner())),
        })?;
    // Flattened structs accept any key, so a misspelt or half-given field would vanish here.
    let back = serde_json::to_value(&record).map_err(|error| fail(error.to_string()))?;
    match map.keys().find(|&key| back.get(key).is_none_or(Value::is_null)) {
        Some(key) => {
            Err(fail(format!("field `{key}` is not one that a {} can hold here", R::KIND)))
        }
        None => Ok(record),
    }
}

/// Whether the first row cannot be parsed for want of this field.
fn lacks<R: Record>(table: &Table, field: &str) -> bool {
    let missing = format!("missing field `{field}`");
    let first = table.rows.first().map(|map| parse_row::<R>(table, 0, map));
    first.is_some_and(|row| row.is_err_and(|error| error.to_string().contains(&missing)))
}

/// Types of the columns, or of each cell where the file does not state types.
fn check_columns<R: Record>(table: &Table) -> Result<(), DatasetError> {
    let Some(found) = &table.columns else {
        let column = |c: &Column| TableColumn { name: c.name.into(), kind: c.kind, nullable: true };
        let columns: Vec<TableColumn> = columns::<R>().map(column).collect();
        return rows::to_columns(table, &columns).map(drop);
    };
    for column in columns::<R>() {
        let found = found.iter().find(|found| found.name == column.name);
        let fits = found.map_or(column.nullable, |found| fits(column.kind, found.kind));
        // A required column may be absent if serde has a default; the row parser decides.
        if !fits && (found.is_some() || lacks::<R>(table, column.name)) {
            return Err(DatasetError::Column {
                place: table.place.clone(),
                column: column.name.to_owned(),
                expected: format!("{:?}", column.kind),
                found: found.map_or_else(|| "no such column".into(), |c| format!("{:?}", c.kind)),
            });
        }
    }
    Ok(())
}

/// Whether values of type `found` can be read as `wanted`: whole numbers are numbers.
fn fits(wanted: ColumnType, found: ColumnType) -> bool {
    wanted == found
        || matches!(
            (wanted, found),
            (ColumnType::Float, ColumnType::Integer)
                | (ColumnType::FloatList, ColumnType::IntegerList)
        )
}
