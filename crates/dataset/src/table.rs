//! A feedback table of any kind in memory: columns of values, or rows as maps.
//!
//! Rows stay what the file has until someone who knows the record type asks for them. So a kind from
//! a crate outside this workspace is read, kept and written without being known here. Columns have no
//! map for each row: a million rows are a few pieces of memory.

use crate::hash::Hasher;
use crate::parquet::Cells;
use crate::row_reader::RowReader;
use crate::table_column::TableColumn;
use crate::{DatasetError, record_writer};
use medley_feedback::{Checked, Column, Provenance, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The rows of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Where the rows come from, for messages.
    pub place: String,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// Columns of so many rows, of Parquet or of records.
    Columns { rows: usize, columns: Vec<TableColumn> },
    /// One flat map a row, without null values, of JSONL, which does not state types.
    Maps(Vec<Map<String, Value>>),
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
        let columns = columns::<R>().map(TableColumn::from).collect();
        Self::of_columns(format!("{} records", R::KIND), columns)
    }

    /// An empty table with these columns, which have no rows.
    pub fn of_columns(place: String, columns: Vec<TableColumn>) -> Self {
        Self { place, content: Content::Columns { rows: 0, columns } }
    }

    /// Whether it has columns of these names and types, in this order.
    pub fn has(&self, columns: &[TableColumn]) -> bool {
        let Content::Columns { columns: own, .. } = &self.content else { return false };
        let same = |(one, other): (&TableColumn, &TableColumn)| {
            (&one.name, one.kind, one.nullable) == (&other.name, other.kind, other.nullable)
        };
        own.len() == columns.len() && own.iter().zip(columns).all(same)
    }

    /// Its columns without their rows; none where a file does not state types.
    pub fn typed(&self) -> Option<Vec<TableColumn>> {
        let Content::Columns { columns, .. } = &self.content else { return None };
        Some(columns.iter().map(TableColumn::without_rows).collect())
    }

    /// Each row as a map of what is not missing in it.
    pub fn maps(&self) -> Result<Vec<Map<String, Value>>, DatasetError> {
        let (rows, columns) = match &self.content {
            Content::Maps(maps) => return Ok(maps.clone()),
            Content::Columns { rows, columns } => (*rows, columns),
        };
        let map = |row| {
            Map::deserialize(RowReader { columns, row })
                .map_err(|error| broken_row(&self.place, row, &error.to_string()))
        };
        (0..rows).map(map).collect()
    }

    /// A table of no rows that says nothing of its columns.
    pub fn empty() -> Self {
        Self { place: String::new(), content: Content::Maps(Vec::new()) }
    }

    /// Adds every row as a map under the names of its fields, whatever their order.
    pub fn hash(&self, hasher: &mut Hasher) {
        let (rows, columns) = match &self.content {
            Content::Maps(maps) => return maps.iter().for_each(|map| hasher.map(map)),
            Content::Columns { rows, columns } => (*rows, columns),
        };
        let mut sorted: Vec<&TableColumn> = columns.iter().collect();
        sorted.sort_by_key(|column| &column.name);
        for row in 0..rows {
            let count = sorted.iter().filter(|column| column.cells.has(row)).count();
            hasher.number(count as u64);
            for column in sorted.iter().filter(|column| column.cells.has(row)) {
                hasher.text(&column.name);
                hasher.cell(&column.cells, row);
            }
        }
    }

    /// Calls `take` with the name and the group of the person of each row, as far as it has them.
    pub fn each_person(&self, mut take: impl FnMut(Option<&str>, Option<&str>)) {
        let columns = match &self.content {
            Content::Maps(maps) => {
                return maps.iter().for_each(|map| {
                    let text = |name| map.get(name).and_then(Value::as_str);
                    take(text("annotator"), text("group"));
                });
            }
            Content::Columns { columns, .. } => columns,
        };
        let texts = |name: &str| {
            columns.iter().find(|column| column.name == name).and_then(|column| {
                match &column.cells {
                    Cells::Text(texts) => Some(texts),
                    _ => None,
                }
            })
        };
        let (people, groups) = (texts("annotator"), texts("group"));
        for row in 0..self.len() {
            take(people.and_then(|texts| texts.get(row)), groups.and_then(|texts| texts.get(row)));
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Columns { rows, .. } => *rows,
            Content::Maps(maps) => maps.len(),
        }
    }

    /// Adds checked records of the kind of the table, which has columns.
    pub fn extend<R: Record>(&mut self, records: &[Checked<R>]) -> Result<(), DatasetError> {
        self.write(records.iter().map(|record| &**record))
    }

    /// Adds rows, each a flat map, to a table that has columns.
    pub fn extend_rows(&mut self, maps: &[Map<String, Value>]) -> Result<(), DatasetError> {
        self.write(maps.iter())
    }

    fn write<'r, R: Serialize + 'r>(
        &mut self,
        records: impl Iterator<Item = &'r R>,
    ) -> Result<(), DatasetError> {
        let Content::Columns { rows, columns } = &mut self.content else {
            return Err(broken_row(&self.place, 0, "rows without columns take no records"));
        };
        for record in records {
            record_writer::write(record, columns).map_err(|error| error.at(&self.place, *rows))?;
            *rows += 1;
        }
        Ok(())
    }

    /// The rows; the table has its columns afterwards and none of the rows.
    pub fn take(&mut self) -> Self {
        let content = match &mut self.content {
            Content::Maps(maps) => Content::Maps(std::mem::take(maps)),
            Content::Columns { rows, columns } => {
                let empty = columns.iter().map(TableColumn::without_rows).collect();
                let columns = std::mem::replace(columns, empty);
                Content::Columns { rows: std::mem::take(rows), columns }
            }
        };
        Self { place: self.place.clone(), content }
    }

    /// The columns; the table has none of its rows afterwards.
    pub fn take_columns(&mut self) -> (usize, Vec<(&str, Cells)>) {
        let Content::Columns { rows, columns } = &mut self.content else { return (0, Vec::new()) };
        let taken = columns.iter_mut().map(|column| {
            let empty = Cells::of(column.kind);
            (column.name.as_str(), std::mem::replace(&mut column.cells, empty))
        });
        (std::mem::take(rows), taken.collect())
    }

    /// Adds the rows of another table behind these.
    ///
    /// # Errors
    /// The one has columns and the other maps, or a column has two types.
    pub fn append(&mut self, other: &Self) -> Result<(), DatasetError> {
        match (&mut self.content, &other.content) {
            (Content::Maps(maps), Content::Maps(more)) => maps.extend(more.iter().cloned()),
            (Content::Columns { rows, columns }, Content::Columns { rows: more, columns: new }) => {
                for column in new {
                    if columns.iter().all(|known| known.name != column.name) {
                        let mut cells = Cells::of(column.kind);
                        cells.push_missing(*rows);
                        columns.push(TableColumn { cells, ..column.clone() });
                    }
                }
                for column in columns.iter_mut() {
                    match new.iter().find(|new| new.name == column.name) {
                        None => column.cells.push_missing(*more),
                        Some(new) if column.cells.append(&new.cells) => {}
                        Some(new) => {
                            return Err(DatasetError::Column {
                                place: other.place.clone(),
                                column: column.name.clone(),
                                expected: format!("{:?}", column.kind),
                                found: format!("{:?}", new.kind),
                            });
                        }
                    }
                }
                *rows += more;
            }
            _ => return Err(broken_row(&other.place, 0, "rows beside tables with columns")),
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
