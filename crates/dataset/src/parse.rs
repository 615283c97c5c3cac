//! Rows become records of a type: each field is there, has its type, and none is unknown.

use crate::DatasetError;
use crate::flat_fields::{FieldError, Fields, Flat};
use crate::is_there::is_there;
use crate::row_reader::RowReader;
use crate::rows::check_cells;
use crate::table::{Content, Table, broken_row, columns};
use medley_feedback::{ColumnType, Record};
use serde::{Deserializer, Serialize};

/// Calls `take` with each row as a record, unchecked.
pub(crate) fn parse<R: Record>(
    table: &Table,
    mut take: impl FnMut(usize, R) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    check_columns::<R>(table)?;
    (0..table.len()).try_for_each(|row| take(row, parse_row(table, row)?))
}

fn parse_row<R: Record>(table: &Table, row: usize) -> Result<R, DatasetError> {
    let fail = |message: String| broken_row(&table.place, row, &message);
    let read = match &table.content {
        Content::Maps(maps) => read(&maps[row]),
        Content::Columns { columns, .. } => read(RowReader { columns, row }),
    };
    let record: R = read.map_err(fail)?;
    // Flattened structs accept any key, so a misspelt or half-given field would vanish here.
    let lost = match &table.content {
        Content::Maps(maps) => lost(&record, maps[row].keys().map(String::as_str)),
        Content::Columns { columns, .. } => {
            lost(&record, RowReader { columns, row }.filled().map(|column| column.name.as_str()))
        }
    };
    match lost.map_err(|error| fail(error.to_string()))? {
        Some(key) => {
            Err(fail(format!("field `{key}` is not one that a {} can hold here", R::KIND)))
        }
        None => Ok(record),
    }
}

/// A row as a type; else why it is none, with the path of the field.
fn read<'de, R: Record>(
    row: impl Deserializer<'de, Error = serde_json::Error> + Copy,
) -> Result<R, String> {
    // Most rows are sound, and keeping account of the path takes longer than reading them.
    R::deserialize(row).or_else(|_| {
        serde_path_to_error::deserialize(row).map_err(|error| match error.path().to_string() {
            path if path == "." => error.inner().to_string(),
            path => format!("field `{path}`: {}", error.inner()),
        })
    })
}

/// The first of some names under which a record holds nothing.
fn lost<'a, R: Record>(
    record: &R,
    names: impl Iterator<Item = &'a str>,
) -> Result<Option<&'a str>, FieldError> {
    let mut held = Held { names: names.map(Some).collect(), next: 0 };
    record.serialize(Flat(&mut held))?;
    Ok(held.names.into_iter().flatten().next())
}

/// Crosses out the names of fields that hold something.
struct Held<'a> {
    names: Vec<Option<&'a str>>,
    /// The one after the last that was crossed out: fields mostly come in the order of columns.
    next: usize,
}

impl Fields for &mut Held<'_> {
    fn field<V: ?Sized + Serialize>(&mut self, name: &str, value: &V) -> Result<(), FieldError> {
        let count = self.names.len();
        let mut order = (self.next..count).chain(0..self.next.min(count));
        if let Some(i) = order.find(|&i| self.names[i] == Some(name))
            && is_there(value)
        {
            self.names[i] = None;
            self.next = i + 1;
        }
        Ok(())
    }
}

/// Whether the first row cannot be parsed for want of this field.
fn lacks<R: Record>(table: &Table, field: &str) -> bool {
    let missing = format!("missing field `{field}`");
    let first = (table.len() > 0).then(|| parse_row::<R>(table, 0));
    first.is_some_and(|row| row.is_err_and(|error| error.to_string().contains(&missing)))
}

/// Types of the columns, or of each cell where the file does not state types.
fn check_columns<R: Record>(table: &Table) -> Result<(), DatasetError> {
    let found = match &table.content {
        Content::Columns { columns, .. } => columns,
        Content::Maps(maps) => {
            return columns::<R>().try_for_each(|column| check_cells(&table.place, maps, column));
        }
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
