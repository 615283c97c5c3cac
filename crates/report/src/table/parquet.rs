//! How do rows get into a Parquet file and back?
//!
//! A file is written whole or not at all. The schema is fixed: reading needs every column in its type, and ignores further columns,
//! which other tools like to add. Polars' reader panics on some damaged files instead of
//! returning an error; [`read`] catches that here and nowhere else, and the panic hook may still
//! print a line.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::*;

use crate::row::{Cell, CellType, Row};
use crate::{
    AggregateRow, AgreementRow, ChainRow, ChoiceRow, CourseRow, CurveRow, LearnedRow, LearningRow,
    MeasurementRow, OptimizationRow, OptimizedRow, OrderRow, OveroptimizationRow,
    OveroptimizationRunRow, PeopleRow, QueryingRow, ReliabilityRow, ReportError, ResponseRow,
    RunRow, ServedRow, SweepRow, TuningRow, write_whole,
};

macro_rules! table {
    ($row:ty, $write:ident, $read:ident, $what:literal) => {
        #[doc = concat!("Writes a table of ", $what, ".")]
        ///
        /// # Errors
        /// A value that does not read back (NaN, a source name that is empty or holds `+`), or
        /// the file system.
        pub fn $write(path: &Path, rows: &[$row]) -> Result<(), ReportError> {
            write(path, rows)
        }

        #[doc = concat!("Reads a table of ", $what, ".")]
        ///
        /// # Errors
        /// The file is absent or damaged, or a column is absent, of another type, or holds a
        /// value that is not allowed.
        pub fn $read(path: &Path) -> Result<Vec<$row>, ReportError> {
            read(path)
        }
    };
}
table!(MeasurementRow, write_measurements, read_measurements, "measurements");
table!(CurveRow, write_curves, read_curves, "training curves");
table!(ReliabilityRow, write_reliability, read_reliability, "reliability diagrams");
table!(ResponseRow, write_responses, read_responses, "response parameters");
table!(AgreementRow, write_agreement, read_agreement, "who predicts whom");
table!(LearnedRow, write_learned, read_learned, "what runs learned from");
table!(LearningRow, write_learning, read_learning, "learning curves");
table!(TuningRow, write_tuning, read_tuning, "what tuned runs tried");
table!(OptimizedRow, write_optimized, read_optimized, "optimized policies");
table!(OptimizationRow, write_optimization, read_optimization, "the way to optimized policies");
table!(CourseRow, write_courses, read_courses, "policies on the way of optimization");
table!(
    OveroptimizationRunRow,
    write_overoptimization_runs,
    read_overoptimization_runs,
    "what optimizing rewards came to"
);
table!(
    OveroptimizationRow,
    write_overoptimization,
    read_overoptimization,
    "what it came to over all runs of a label"
);
table!(PeopleRow, write_people, read_people, "models of people");
table!(ChoiceRow, write_choices, read_choices, "what rules choose");
table!(ServedRow, write_served, read_served, "whom choices serve");
table!(OrderRow, write_orders, read_orders, "sampled orders of sources");
table!(QueryingRow, write_querying, read_querying, "rounds of questions");
table!(ChainRow, write_chains, read_chains, "chains");
table!(RunRow, write_runs, read_runs, "runs");
table!(SweepRow, write_sweep, read_sweep, "points of a sweep");
table!(AggregateRow, write_aggregates, read_aggregates, "aggregates over seeds");

pub(crate) fn write<R: Row>(path: &Path, rows: &[R]) -> Result<(), ReportError> {
    check(path, rows)?;
    let parquet = |error: PolarsError| ReportError::Parquet {
        path: path.to_owned(),
        message: error.to_string(),
    };
    let mut bytes = Vec::new();
    let mut frame = frame(rows).map_err(parquet)?;
    ParquetWriter::new(&mut bytes).finish(&mut frame).map_err(parquet)?;
    write_whole(path, &bytes)
}

/// A row that would not read back as itself must not be written.
fn check<R: Row>(path: &Path, rows: &[R]) -> Result<(), ReportError> {
    for (row, record) in rows.iter().enumerate() {
        let back = R::from_cells(record.cells());
        let flaw = match back {
            Ok(back) if back == *record => continue,
            Ok(_) => ("sources", "expected source names without `+`".to_owned()),
            Err(flaw) => (flaw.column, flaw.message),
        };
        let (column, message) = flaw;
        return Err(ReportError::Value { path: path.to_owned(), column, row, message });
    }
    Ok(())
}

/// The rows as a data frame in the schema of the table.
fn frame<R: Row>(rows: &[R]) -> PolarsResult<DataFrame> {
    let mut columns: Vec<Vec<Option<Cell>>> =
        vec![Vec::with_capacity(rows.len()); R::COLUMNS.len()];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row.cells()) {
            column.push(cell);
        }
    }
    let series = R::COLUMNS.iter().zip(columns).map(|(column, cells)| {
        let name = PlSmallStr::from_static(column.name);
        match column.kind {
            CellType::Text => Series::new(name, texts(cells)),
            CellType::Whole => Series::new(name, wholes(cells)),
            CellType::Float => Series::new(name, floats(cells)),
        }
    });
    DataFrame::new(rows.len(), series.map(Series::into_column).collect())
}

fn texts(cells: Vec<Option<Cell>>) -> Vec<Option<String>> {
    let text = |cell| match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    };
    cells.into_iter().map(|cell| cell.and_then(text)).collect()
}

fn wholes(cells: Vec<Option<Cell>>) -> Vec<Option<u64>> {
    let whole = |cell| match cell {
        Cell::Whole(whole) => Some(whole),
        _ => None,
    };
    cells.into_iter().map(|cell| cell.and_then(whole)).collect()
}

fn floats(cells: Vec<Option<Cell>>) -> Vec<Option<f64>> {
    let float = |cell| match cell {
        Cell::Float(float) => Some(float),
        _ => None,
    };
    cells.into_iter().map(|cell| cell.and_then(float)).collect()
}

fn read<R: Row>(path: &Path) -> Result<Vec<R>, ReportError> {
    let bytes = medley_whole_file::read(path).map_err(ReportError::io(path))?;
    let decode = || {
        let frame = ParquetReader::new(Cursor::new(bytes)).finish();
        let frame = frame.map_err(|error| ReportError::Parquet {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        rows(path, &frame)
    };
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = format!("the reader gave up: {}", message.unwrap_or("without a message"));
        Err(ReportError::Parquet { path: path.to_owned(), message })
    })
}

/// The rows of a data frame; `path` is for messages.
fn rows<R: Row>(path: &Path, frame: &DataFrame) -> Result<Vec<R>, ReportError> {
    let columns = R::COLUMNS.iter().map(|column| cells(path, frame, column));
    let mut columns =
        columns.map(|cells| Ok(cells?.into_iter())).collect::<Result<Vec<_>, ReportError>>()?;
    let row = |row| {
        let cells = columns.iter_mut().map(|cells| cells.next().flatten()).collect();
        R::from_cells(cells).map_err(|flaw| ReportError::Value {
            path: path.to_owned(),
            column: flaw.column,
            row,
            message: flaw.message,
        })
    };
    (0..frame.height()).map(row).collect()
}

fn cells(
    path: &Path,
    frame: &DataFrame,
    column: &crate::row::Column,
) -> Result<Vec<Option<Cell>>, ReportError> {
    let expected = column.kind.name();
    // A table from before there was such a column says nothing of it.
    if column.may_be_null && frame.column(column.name).is_err() {
        return Ok(vec![None; frame.height()]);
    }
    let series = frame.column(column.name).map_err(|_| ReportError::MissingColumn {
        path: path.to_owned(),
        column: column.name,
        expected,
        found: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
    })?;
    let series = series.as_materialized_series();
    let cells = match column.kind {
        CellType::Text => series.str().map(|values| {
            values.iter().map(|value| value.map(|text| Cell::Text(text.to_owned()))).collect()
        }),
        CellType::Whole => {
            series.u64().map(|values| values.iter().map(|value| value.map(Cell::Whole)).collect())
        }
        CellType::Float => {
            series.f64().map(|values| values.iter().map(|value| value.map(Cell::Float)).collect())
        }
    };
    cells.map_err(|_| ReportError::ColumnType {
        path: path.to_owned(),
        column: column.name,
        expected,
        found: series.dtype().to_string(),
    })
}

#[cfg(test)]
#[path = "parquet_tests.rs"]
mod tests;
