//! What an exporter is, and what it says about what it did.

use medley_dataset::{Dataset, DatasetError};
use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::io;
use std::path::{Path, PathBuf};

/// Writes one format. Linked exporters, also those of crates outside this workspace, are listed and
/// named by their serde names.
#[typetag::serde]
pub trait Exporter: Debug + Send + Sync {
    /// What it writes, in one line.
    fn summary(&self) -> &'static str;

    /// Writes the file whole, or leaves what was there as it was.
    ///
    /// # Errors
    /// A record of the dataset is wrong, there is nothing that the format can hold, or the file
    /// system refuses. Records that the format cannot hold are no error: they are counted.
    fn write(&self, dataset: &Dataset, path: &Path) -> Result<ExportReport, ExportError>;
}

/// What an export wrote, what it could not, and what else a reader should know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportReport {
    /// Number of records written, by kind.
    pub written: BTreeMap<String, usize>,
    /// Number of records left out, by reason.
    pub left_out: BTreeMap<String, usize>,
    /// Number of records written without a detail that the format has no place for, by detail.
    pub without: BTreeMap<String, usize>,
    /// Remarks for the reader.
    pub notes: Vec<String>,
}

impl ExportReport {
    pub(crate) fn count(counts: &mut BTreeMap<String, usize>, what: impl Into<String>) {
        *counts.entry(what.into()).or_default() += 1;
    }

    pub(crate) fn wrote(&mut self, kind: &str) {
        Self::count(&mut self.written, kind);
    }

    pub(crate) fn leave_out(&mut self, reason: impl Into<String>) {
        Self::count(&mut self.left_out, reason);
    }
}

impl fmt::Display for ExportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [("written", &self.written), ("left out", &self.left_out), ("without", &self.without)];
        for (head, counts) in parts {
            writeln!(f, "{head}")?;
            if counts.is_empty() {
                writeln!(f, "  {:>9}", "none")?;
            }
            counts.iter().try_for_each(|(what, count)| writeln!(f, "  {count:>9}  {what}"))?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file could not be written. The text names it, and what was tried.
    #[error(transparent)]
    Write(io::Error),
    /// The table could not be put together.
    #[error("{}: cannot {action}: {source}", file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A record of the dataset is wrong.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The dataset has nothing that the format can hold.
    #[error("dataset `{dataset}` has nothing that this format can hold: {reasons}")]
    Nothing {
        /// Name of the dataset.
        dataset: String,
        /// Number of records by reason.
        reasons: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_tables() {
        let mut report = ExportReport::default();
        report.wrote("comparison");
        report.leave_out("comparison: a tie");
        report.notes.push("look".into());
        let expect = "written\n          1  comparison\nleft out\n          1  comparison: a tie\n\
                      without\n       none\nnote: look\n";
        assert_eq!(report.to_string(), expect);
    }
}
