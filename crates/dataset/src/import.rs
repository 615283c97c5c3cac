//! Importers: how files as released become a dataset, with a count of everything left out.

use crate::{Dataset, DatasetError, ImportReport};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Reads one released format. Linked importers are listed by their serde names.
#[typetag::serde]
pub trait Importer: Debug + Send + Sync {
    /// Reads a file or folder.
    ///
    /// # Errors
    /// A file is missing, damaged, or not of this format. Items that are well formed but cannot be
    /// kept are no error: they are counted in the report.
    fn import(&self, path: &Path) -> Result<Imported, ImportError>;

    /// What it reads, in one line.
    fn summary(&self) -> &'static str;
}

/// A dataset and what became of the source; the report is also in the card.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The dataset.
    pub dataset: Dataset,
    /// What was kept and dropped.
    pub report: ImportReport,
}

impl Imported {
    /// Puts the report into the card.
    pub(crate) fn new(mut dataset: Dataset, report: ImportReport) -> Self {
        dataset.card.import = Some(report.clone());
        Self { dataset, report }
    }
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file system refused.
    #[error("{}: cannot read: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Compressed data end early or are damaged.
    #[error("{}: damaged gzip: {message}", file.display())]
    Gzip {
        /// The file.
        file: PathBuf,
        /// What the decoder says.
        message: String,
    },
    /// Broken JSON, or other fields than the format has.
    #[error("{}: line {line}, column {column}, at `{path}`: {message}", file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Which item and field.
        path: String,
        /// Reason.
        message: String,
    },
    /// Broken CSV, or another header than the format has.
    #[error("{}: line {line}: expected {expected}, found {found}", file.display())]
    Csv {
        /// The file.
        file: PathBuf,
        /// Line, from 1; the header is line 1.
        line: u64,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// An item that contradicts itself or the others.
    #[error("{}: {item}: `{field}` must be {expected}, found {found}", file.display())]
    Item {
        /// The file.
        file: PathBuf,
        /// Which item.
        item: String,
        /// Which field.
        field: String,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The parts do not make a dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A record that was put together breaks its invariant.
    #[error("{}: {source}", file.display())]
    Record {
        /// The file.
        file: PathBuf,
        /// The field at fault.
        source: medley_feedback::RecordError,
    },
}
