//! The columns of one file, taken by name and type.

use crate::error::failed;
use crate::hash::hash;
use crate::parquet::{Cells, decode};
use crate::{Card, DatasetError};
use std::path::{Path, PathBuf};

/// Decoded columns of one file, taken by name and type.
pub(super) struct Columns {
    pub file: PathBuf,
    pub rows: usize,
    pub columns: Vec<(String, Cells)>,
}

impl Columns {
    pub fn read(path: &Path, name: &str, card: &Card) -> Result<Self, DatasetError> {
        let file = path.join(name);
        match decode(read(path, name, card)?) {
            Ok((rows, columns)) => Ok(Self { file, rows, columns }),
            Err(message) => Err(DatasetError::Parquet { file, message }),
        }
    }

    pub fn take(&mut self, name: &str) -> Option<Cells> {
        let place = self.columns.iter().position(|(known, _)| known == name)?;
        Some(self.columns.remove(place).1)
    }

    pub fn wrong(&self, column: &str, expected: &str, found: Option<&Cells>) -> DatasetError {
        DatasetError::Column {
            place: self.file.display().to_string(),
            column: column.to_owned(),
            expected: expected.to_owned(),
            found: found.map_or("no such column", Cells::type_name).to_owned(),
        }
    }

    /// No value is missing.
    pub fn full<T>(&self, column: &str, cells: Vec<Option<T>>) -> Result<Vec<T>, DatasetError> {
        let present = |(row, cell): (usize, Option<T>)| {
            cell.ok_or_else(|| DatasetError::Cell {
                place: self.file.display().to_string(),
                row,
                column: column.to_owned(),
                expected: "a value".into(),
                found: "null".into(),
            })
        };
        cells.into_iter().enumerate().map(present).collect()
    }

    pub fn texts(&mut self, name: &str) -> Result<Vec<String>, DatasetError> {
        match self.take(name) {
            Some(Cells::Text(texts)) => {
                self.full(name, texts.iter().map(|text| text.map(str::to_owned)).collect())
            }
            other => Err(self.wrong(name, "Text", other.as_ref())),
        }
    }

    /// Texts that may be missing, and so may the column.
    pub fn optional_texts(&mut self, name: &str) -> Result<Vec<Option<String>>, DatasetError> {
        match self.take(name) {
            Some(Cells::Text(texts)) => {
                Ok(texts.iter().map(|text| text.map(str::to_owned)).collect())
            }
            None | Some(Cells::Missing) => Ok(vec![None; self.rows]),
            other => Err(self.wrong(name, "Text", other.as_ref())),
        }
    }

    pub fn counts<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Vec<T>, DatasetError> {
        let cells = match self.take(name) {
            Some(Cells::Integer(cells)) => cells,
            other => return Err(self.wrong(name, "Integer", other.as_ref())),
        };
        let place = self.file.display().to_string();
        let count = |(row, number): (usize, i64)| {
            T::try_from(number).map_err(|_| DatasetError::Cell {
                place: place.clone(),
                row,
                column: name.to_owned(),
                expected: "a whole number from 0".into(),
                found: number.to_string(),
            })
        };
        self.full(name, cells)?.into_iter().enumerate().map(count).collect()
    }

    pub fn numbers(&mut self, name: &str) -> Result<Vec<f64>, DatasetError> {
        match self.take(name) {
            Some(Cells::Float(cells)) => self.full(name, cells),
            Some(Cells::Single(cells)) => {
                Ok(self.full(name, cells)?.into_iter().map(f64::from).collect())
            }
            other => Err(self.wrong(name, "Float64", other.as_ref())),
        }
    }

    /// Nothing is left over: an unknown column would vanish when the dataset is written again.
    pub fn finish(self, expected: &str) -> Result<(), DatasetError> {
        match self.columns.first() {
            Some((name, cells)) => Err(self.wrong(name, expected, Some(cells))),
            None => Ok(()),
        }
    }
}

/// Bytes of a file, which match the card if it lists the file.
fn read(path: &Path, name: &str, card: &Card) -> Result<Vec<u8>, DatasetError> {
    let file = path.join(name);
    let bytes = medley_whole_file::read(&file).map_err(failed(&file, "read"))?;
    match card.files.get(name) {
        Some(expected) if *expected != hash(&bytes) => {
            Err(DatasetError::Hash { file, expected: expected.clone(), found: hash(&bytes) })
        }
        _ => Ok(bytes),
    }
}
