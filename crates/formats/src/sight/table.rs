//! What is in a table, before anybody has said what it means: its columns, and what stands in them.
//!
//! The whole file is read, since a value that stands in one row only (a "tie" among ten thousand votes)
//! decides whether a mapping holds. What is kept of it is bounded: facts about columns, and the first rows.

use super::column::Column;
use super::walk::Walk;
use crate::rows::{Found, Row};
use crate::rows::{each_found, shards};
use crate::{Dialect, ImportError, Reading};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Rows that are kept as they are.
const KEPT: usize = 200;
/// Bytes of text that the rows that are kept may have, about.
const KEPT_BYTES: usize = 8 << 20;
/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4096;

/// What is in a table.
#[derive(Clone, Debug, Default)]
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
    look_through(source, &files, reading)
}

/// Looks at files as one table, which lies at `source`.
pub(super) fn look_through(
    source: &Path,
    files: &[PathBuf],
    reading: &Reading<'_>,
) -> Result<Sight, ImportError> {
    let mut looking = Looking::default();
    for file in files {
        let take = &mut |found| looking.take(found, reading);
        each_found(file, Dialect::Quoted, reading, take)?;
    }
    looking.finish(source)
}

/// A table that is being looked at.
#[derive(Default)]
pub(super) struct Looking {
    sight: Sight,
    walk: Walk,
    /// Bytes of the rows that are kept, about.
    kept: usize,
}

impl Looking {
    /// What was found next.
    pub fn take(&mut self, found: Found, reading: &Reading<'_>) -> Result<(), ImportError> {
        match found {
            Found::Row(Ok(row)) => {
                self.sight.rows += 1;
                self.walk.row(&row.fields);
                self.keep(row);
            }
            Found::Row(Err(error)) => {
                self.sight.bad_rows += 1;
                self.sight.first_bad.get_or_insert_with(|| error.to_string());
            }
            Found::Note(note) => self.sight.notes.push(note),
            Found::Left(_) => {}
        }
        let read = self.sight.rows + self.sight.bad_rows;
        if read.is_multiple_of(PROGRESS_ROWS) {
            (reading.progress)(read);
        }
        Ok(())
    }

    fn keep(&mut self, row: Row) {
        if self.sight.first.len() < KEPT && self.kept < KEPT_BYTES {
            self.kept += row.fields.values().map(|value| value.to_string().len()).sum::<usize>();
            self.sight.first.push(row.fields.to_map());
        }
    }

    /// What was seen at `source`.
    ///
    /// # Errors
    /// No row could be read.
    pub fn finish(self, source: &Path) -> Result<Sight, ImportError> {
        let Self { mut sight, walk, .. } = self;
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
}
