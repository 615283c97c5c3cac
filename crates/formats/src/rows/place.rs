//! Where does a row stand?

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a row stands: the file, and the line (text) or row (JSON array, Parquet), from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: Arc<PathBuf>,
    /// "line" or "row".
    pub unit: &'static str,
    /// From 1. The header of a table is line 1.
    pub number: u64,
    /// How many files were read before it as one table.
    pub(crate) part: u32,
    /// How many rows stand before it in its file, those that cannot be read among them, modulo 2^32: an
    /// error carries a place, and stays within the size that a `Result` should have.
    pub(crate) before: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.file.display(), self.unit, self.number)
    }
}

impl Place {
    /// A place in a file.
    pub fn new(file: &Path, unit: &'static str, number: u64) -> Self {
        Self { file: Arc::new(file.to_owned()), unit, number, part: 0, before: 0 }
    }
}

impl Place {
    /// What a name that is made of the number begins with, so that rows of several files have
    /// different names: nothing in the first file.
    pub(crate) fn part(&self) -> String {
        if self.part == 0 { String::new() } else { format!("{}-", self.part + 1) }
    }
}

/// A message shows the beginning of a long value.
pub(crate) fn shortened(text: &str) -> String {
    let mut chars = text.char_indices();
    match chars.nth(120) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
