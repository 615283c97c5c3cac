//! A feedback table of any kind in memory: rows as flat maps, under the columns of the kind.
//!
//! Rows stay maps until someone who knows the record type asks for them. So a kind from a crate
//! outside this workspace is read, kept and written without being known here.

use crate::DatasetError;
use medley_feedback::{Checked, Column, ColumnType, Provenance, Record};
use serde_json::{Map, Value};

/// The rows of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// Where the rows come from, for messages.
    pub place: String,
    /// Types of the columns; none for JSONL, which does not say.
    pub columns: Option<Vec<TableColumn>>,
    /// One flat map a row, without null values.
    pub rows: Vec<Map<String, Value>>,
}

/// Name and type of a column, as [`Column`] but from a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableColumn {
    pub name: String,
    pub kind: ColumnType,
    pub nullable: bool,
}

impl From<&Column> for TableColumn {
    fn from(column: &Column) -> Self {
        Self { name: column.name.to_owned(), kind: column.kind, nullable: column.nullable }
    }
}

impl Table {
    /// Turns checked records into rows.
    pub fn from_records<R: Record>(records: &[Checked<R>]) -> Result<Self, DatasetError> {
        let mut table = Self::of_kind::<R>();
        table.extend(records)?;
        Ok(table)
    }

    /// An empty table with the columns of a kind.
    pub fn of_kind<R: Record>() -> Self {
        Self {
            place: format!("{} records", R::KIND),
            columns: Some(columns::<R>().map(TableColumn::from).collect()),
            rows: Vec::new(),
        }
    }

    /// Adds checked records of the kind of the table.
    pub fn extend<R: Record>(&mut self, records: &[Checked<R>]) -> Result<(), DatasetError> {
        for record in records {
            let row = self.rows.len();
            let value = serde_json::to_value(&**record)
                .map_err(|error| broken_row(&self.place, row, &error.to_string()))?;
            let Value::Object(mut map) = value else {
                return Err(broken_row(&self.place, row, "a record must be a flat map"));
            };
            map.retain(|_, value| !value.is_null());
            self.rows.push(map);
        }
        Ok(())
    }
}

/// Columns of a kind, its own and those of provenance.
pub(crate) fn columns<R: Record>() -> impl Iterator<Item = &'static Column> {
    R::columns().iter().chain(Provenance::COLUMNS)
}

pub(crate) fn broken_row(place: &str, row: usize, message: &str) -> DatasetError {
    DatasetError::Row { place: place.to_owned(), row, message: message.to_owned() }
}
