//! What is in a file, before anybody has said what it means: its columns, and what stands in them.
//!
//! The whole file is read, since a value that stands in one row only (a "tie" among ten thousand votes)
//! decides whether a mapping holds. What is kept of it is bounded: facts about columns, and the first rows.

mod column;
mod walk;

pub use column::{Column, Shape};

use crate::rows::{Found, Row};
use crate::rows::{each_found, shards};
use crate::{Dialect, ImportError, Reading};
use serde_json::{Map, Value};
use std::path::Path;
use walk::Walk;

/// Rows that are kept as they are.
const KEPT: usize = 200;
/// Bytes of text that the rows that are kept may have, about.
const KEPT_BYTES: usize = 8 << 20;
/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4096;

/// What is in a file.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Rows that can be read.
    pub rows: u64,
    /// Rows that cannot.
    pub bad_rows: u64,
    /// Why not, of the first of these.
    pub first_bad: Option<String>,
    /// How the file was read, where that had to be told from its content.
    pub notes: Vec<String>,
    /// Columns and paths into their JSON, in the order in which they were met.
    pub columns: Vec<Column>,
    /// Fields that no path can name, or that are more than are told of.
    pub unnamed: usize,
    /// The first rows.
    pub first: Vec<Map<String, Value>>,
}

/// Looks at a file, or at the files of a folder as one table.
///
/// # Errors
/// It cannot be read to its end, or has no row that can be read.
pub fn look(source: &Path, reading: &Reading<'_>) -> Result<Sight, ImportError> {
    let files = match source.is_dir() {
        true => shards::shards(source)?,
        false => vec![source.to_owned()],
    };
    let mut sight = Sight {
        rows: 0,
        bad_rows: 0,
        first_bad: None,
        notes: Vec::new(),
        columns: Vec::new(),
        unnamed: 0,
        first: Vec::new(),
    };
    let mut walk = Walk::default();
    let mut kept = 0;
    for file in &files {
        look_at(file, reading, &mut sight, &mut walk, &mut kept)?;
    }
    if sight.rows == 0 {
        let reason = match sight.first_bad {
            None => "it has no rows".to_owned(),
            Some(first) => format!("all rows are bad ({}), the first: {first}", sight.bad_rows),
        };
        return Err(ImportError::Empty { file: source.to_owned(), reason });
    }
    (sight.columns, sight.unnamed) = walk.finish(sight.rows);
    Ok(sight)
}

fn look_at(
    file: &Path,
    reading: &Reading<'_>,
    sight: &mut Sight,
    walk: &mut Walk,
    kept: &mut usize,
) -> Result<(), ImportError> {
    each_found(file, Dialect::Quoted, reading, &mut |found| {
        match found {
            Found::Row(Ok(row)) => {
                sight.rows += 1;
                walk.row(&row.fields);
                keep(row, sight, kept);
            }
            Found::Row(Err(error)) => {
                sight.bad_rows += 1;
                sight.first_bad.get_or_insert_with(|| error.to_string());
            }
            Found::Note(note) => sight.notes.push(note),
            Found::Left(_) => {}
        }
        let read = sight.rows + sight.bad_rows;
        if read.is_multiple_of(PROGRESS_ROWS) {
            (reading.progress)(read);
        }
        Ok(())
    })
}

fn keep(row: Row, sight: &mut Sight, kept: &mut usize) {
    if sight.first.len() < KEPT && *kept < KEPT_BYTES {
        *kept += row.fields.values().map(|value| value.to_string().len()).sum::<usize>();
        sight.first.push(row.fields.to_map());
    }
}
