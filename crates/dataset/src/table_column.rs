//! One column of a feedback table: its name, its type and its values.

use crate::parquet::Cells;
use medley_feedback::{Column, ColumnType};

/// Name and type of a column, as [`Column`] but from a file, and its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableColumn {
    pub name: String,
    pub kind: ColumnType,
    pub nullable: bool,
    pub cells: Cells,
}

impl From<&Column> for TableColumn {
    fn from(column: &Column) -> Self {
        let Column { name, kind, nullable, .. } = *column;
        Self { name: name.to_owned(), kind, nullable, cells: Cells::of(kind) }
    }
}

impl TableColumn {
    /// The same without a row.
    pub fn without_rows(&self) -> Self {
        Self { name: self.name.clone(), cells: Cells::of(self.kind), ..*self }
    }
}

impl Cells {
    /// No cells of a type.
    pub(crate) fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text(Default::default()),
            ColumnType::Float => Self::Float(Vec::new()),
            ColumnType::Integer => Self::Integer(Vec::new()),
            ColumnType::Boolean => Self::Boolean(Vec::new()),
            ColumnType::TextList => Self::TextList(Vec::new()),
            ColumnType::FloatList => Self::FloatList(Vec::new()),
            ColumnType::IntegerList => Self::IntegerList(Vec::new()),
        }
    }
}
