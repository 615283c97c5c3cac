//! Fields of a record become cells of columns, without a map in between.
//!
//! A record is a flat map to serde; each of its entries goes to the column of its name. What is null or a
//! number that is none (NaN) is a missing value.

use crate::DatasetError;
use crate::flat_fields::{FieldError, Fields, Flat};
use crate::table_column::TableColumn;
use cell_writer::CellWriter;
use serde::Serialize;

mod cell_writer;

/// Why a record has no row.
pub(crate) enum Unwritten {
    Record(String),
    Cell { column: String, expected: &'static str, found: String },
}

impl Unwritten {
    pub fn at(self, place: &str, row: usize) -> DatasetError {
        match self {
            Self::Record(message) => {
                let place = place.to_owned();
                DatasetError::Row { place, row, message }
            }
            Self::Cell { column, expected, found } => {
                let (place, expected) = (place.to_owned(), expected.to_owned());
                DatasetError::Cell { place, row, column, expected, found }
            }
        }
    }
}

/// Adds a row to all columns.
///
/// # Errors
/// A field that no column has, a value that is not of the type of its column, or none where the column
/// needs one; the columns are then of different lengths.
pub(crate) fn write<R: Serialize>(
    record: &R,
    columns: &mut [TableColumn],
) -> Result<(), Unwritten> {
    let rows = columns.iter().map(|column| column.cells.len()).min().unwrap_or(0);
    let mut row = Row { columns, next: 0, failed: None };
    let told = record.serialize(Flat(&mut row));
    if let Some(failed) = row.failed {
        return Err(failed);
    }
    told.map_err(|error| Unwritten::Record(error.0))?;
    for column in columns {
        if column.cells.len() > rows {
            continue;
        }
        if !column.nullable {
            let (column, expected) = (column.name.clone(), column.kind.expected());
            return Err(Unwritten::Cell { column, expected, found: "nothing".to_owned() });
        }
        column.cells.push_missing(1);
    }
    Ok(())
}

struct Row<'a> {
    columns: &'a mut [TableColumn],
    /// The column after that of the field before: fields mostly come in the order of columns.
    next: usize,
    failed: Option<Unwritten>,
}

impl Fields for &mut Row<'_> {
    fn field<V: ?Sized + Serialize>(&mut self, name: &str, value: &V) -> Result<(), FieldError> {
        let count = self.columns.len();
        let order = (self.next..count).chain(0..self.next.min(count));
        let found = order.into_iter().find(|&i| self.columns[i].name == name);
        let Some(place) = found else {
            let message = format!("field `{name}` has no column");
            self.failed = Some(Unwritten::Record(message));
            return Err(FieldError::default());
        };
        self.next = place + 1;
        let column = &mut self.columns[place];
        value.serialize(CellWriter(&mut column.cells)).inspect_err(|error| {
            let (column, expected) = (column.name.clone(), column.kind.expected());
            self.failed = Some(Unwritten::Cell { column, expected, found: error.0.clone() });
        })
    }
}
