//! The rows that a study of people left, as tables of a page.

use std::io::ErrorKind;
use std::path::Path;

use crate::page::grid::{Column, Grid, Item, Line};
use crate::row::{Cell, CellType, Row};
use crate::{ReportError, read_choices, read_people, read_served};

/// The tables of a study that are in its folder.
///
/// # Errors
/// One is there and cannot be read.
pub fn study_rows(folder: &Path) -> Result<Vec<Grid>, ReportError> {
    let grids = [
        if_there(read_people(&folder.join("people.parquet")))?.map(|rows| grid("people", &rows)),
        if_there(read_choices(&folder.join("choices.parquet")))?.map(|rows| grid("choices", &rows)),
        if_there(read_served(&folder.join("served.parquet")))?.map(|rows| grid("served", &rows)),
    ];
    Ok(grids.into_iter().flatten().collect())
}

/// Rows as a table with the columns of their file.
pub(crate) fn grid<R: Row>(name: &str, rows: &[R]) -> Grid {
    let column = |column: &crate::row::Column| Column {
        head: column.name.to_owned(),
        is_number: column.kind != CellType::Text,
    };
    let item = |cell: Option<Cell>| match cell {
        None => Item::words("–"),
        Some(Cell::Text(text)) => Item::words(text),
        Some(Cell::Whole(whole)) => Item::count(whole),
        Some(Cell::Float(float)) => Item::number(float),
    };
    let line = |row: &R| Line::of(row.cells().into_iter().map(item).collect());
    Grid {
        name: name.to_owned(),
        caption: format!("{name}.parquet"),
        columns: R::COLUMNS.iter().map(column).collect(),
        lines: rows.iter().map(line).collect(),
        references: Vec::new(),
    }
}

fn if_there<R>(read: Result<Vec<R>, ReportError>) -> Result<Option<Vec<R>>, ReportError> {
    match read {
        Err(ReportError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}
