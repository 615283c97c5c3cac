//! What can be wrong with a dataset, with the file and the place in it.

use medley_feedback::{RecordError, SegmentId};
use std::io;
use std::path::{Path, PathBuf};

/// Why a dataset could not be built, read or written. Rows count from 0, lines from 1.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file system refused.
    #[error("{}: cannot {action}: {source}", file.display())]
    Io {
        /// File or folder at fault.
        file: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// `dataset.toml` does not parse.
    #[error("{}: not a dataset card: {message}", file.display())]
    Card {
        /// The card.
        file: PathBuf,
        /// Position and reason.
        message: String,
    },
    /// A replacement was cut short between two files.
    #[error(
        "{}: not there, and .dataset.toml.replaced is: an import was interrupted, and its tables \
         are of two versions. Expected a whole dataset: import again",
        file.display()
    )]
    Interrupted {
        /// The card.
        file: PathBuf,
    },
    /// The card of a folder that was to be replaced does not tell which files are its own.
    #[error(
        "{}: cannot read which tables it lists, so that none is replaced: mend it or write \
         elsewhere\n{reason}",
        file.display()
    )]
    CardInTheWay {
        /// The card.
        file: PathBuf,
        /// Why it cannot be read.
        reason: String,
    },
    /// The card cannot be written as TOML.
    #[error("the card of dataset `{name}` cannot be written: {message}")]
    CardOut {
        /// Name of the dataset.
        name: String,
        /// Reason.
        message: String,
    },
    /// The folder was written by a newer Medley, or by none.
    #[error("{}: {}", file.display(), version(*found, *supported))]
    Version {
        /// The card.
        file: PathBuf,
        /// Version in the card.
        found: i64,
        /// Version of this Medley.
        supported: u32,
    },
    /// A table of people beside a card of a version that has none.
    #[error("{}: a table of people needs `schema = {since}` in dataset.toml, found {found}", file.display())]
    TooOldForPeople {
        /// The table.
        file: PathBuf,
        /// Version in the card.
        found: u32,
        /// First version with such a table.
        since: u32,
    },
    /// A file is not the one that the card describes.
    #[error("{}: expected blake3 hash {expected}, found {found}: the file was changed or damaged", file.display())]
    Hash {
        /// The file.
        file: PathBuf,
        /// Hash in the card.
        expected: String,
        /// Hash of the file.
        found: String,
    },
    /// A file is no readable Parquet.
    #[error("{}: not a readable Parquet file: {message}", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// What the reader says.
        message: String,
    },
    /// A column is missing or has another type.
    #[error("{place}: column `{column}` must be {expected}, found {found}")]
    Column {
        /// File or table.
        place: String,
        /// Name of the column.
        column: String,
        /// Type that is needed.
        expected: String,
        /// Type that is there.
        found: String,
    },
    /// A value has the wrong type, or is missing.
    #[error("{place}: row {row}, column `{column}`: expected {expected}, found {found}")]
    Cell {
        /// File or table.
        place: String,
        /// Row, from 0.
        row: usize,
        /// Name of the column.
        column: String,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A line of a JSONL file is no JSON object.
    #[error("{}: line {line}, column {column}: {message}", file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Reason.
        message: String,
    },
    /// A row does not have the fields of its kind.
    #[error("{place}: row {row}: {message}")]
    Row {
        /// File or table.
        place: String,
        /// Row, from 0.
        row: usize,
        /// Field and reason.
        message: String,
    },
    /// A record breaks its own invariant.
    #[error("{place}: row {row}: {source}")]
    Record {
        /// File or table.
        place: String,
        /// Row, from 0.
        row: usize,
        /// The field at fault.
        source: RecordError,
    },
    /// A record names something that the dataset lacks.
    #[error("{place}: row {row}: field `{field}` must be {expected}, found {found}")]
    Misfit {
        /// File or table.
        place: String,
        /// Row, from 0.
        row: usize,
        /// Field at fault.
        field: &'static str,
        /// What the dataset has.
        expected: String,
        /// What the record says.
        found: String,
    },
    /// No feedback of a kind.
    #[error("no feedback of kind `{kind}` in dataset `{dataset}`; it has: {}", list(known))]
    Kind {
        /// Kind that was asked for.
        kind: &'static str,
        /// Name of the dataset.
        dataset: String,
        /// Kinds that there are.
        known: Vec<String>,
    },
    /// Two things have one name.
    #[error("{what} `{id}` is there twice")]
    Duplicate {
        /// "segment" or "group".
        what: &'static str,
        /// The name.
        id: String,
    },
    /// A segment that cannot be scored or placed.
    #[error("segment `{segment}`: {field} must be {expected}, found {found}")]
    Segment {
        /// The segment.
        segment: SegmentId,
        /// Which part of it.
        field: &'static str,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A feature is not a finite number.
    #[error("segment `{segment}`, step {step}: feature `{feature}` must be finite, found {value}")]
    NotFinite {
        /// A segment that holds the step; `(none)` if no segment does.
        segment: SegmentId,
        /// Step, relative to the segment.
        step: usize,
        /// Name of the feature.
        feature: String,
        /// Its value.
        value: f64,
    },
    /// The step table as a whole is inconsistent.
    #[error("step table: {what} must be {expected}, found {found}")]
    Steps {
        /// Which part.
        what: &'static str,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
}

impl DatasetError {
    /// The same error about files that will lie in `to` and not in `from`.
    pub(crate) fn moved(mut self, from: &Path, to: &Path) -> Self {
        match &mut self {
            Self::Io { file, .. }
            | Self::Card { file, .. }
            | Self::Version { file, .. }
            | Self::TooOldForPeople { file, .. }
            | Self::Hash { file, .. }
            | Self::Parquet { file, .. }
            | Self::Json { file, .. } => {
                if let Ok(rest) = file.strip_prefix(from) {
                    *file = to.join(rest);
                }
            }
            Self::Column { place, .. }
            | Self::Cell { place, .. }
            | Self::Row { place, .. }
            | Self::Record { place, .. }
            | Self::Misfit { place, .. } => {
                *place = place.replace(&from.display().to_string(), &to.display().to_string());
            }
            _ => {}
        }
        self
    }
}

fn version(found: i64, supported: u32) -> String {
    match found > i64::from(supported) {
        true => format!(
            "schema version {found} is newer than {supported}, the newest that this Medley reads"
        ),
        false => {
            format!("schema version {found} does not exist; this Medley reads 1 to {supported}")
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// What the file system refused to do with a file.
pub(crate) fn failed(file: &Path, action: &'static str) -> impl FnOnce(io::Error) -> DatasetError {
    let file: PathBuf = file.to_owned();
    move |source| DatasetError::Io { file, action, source }
}
