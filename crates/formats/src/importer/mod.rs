//! What an importer is.

pub(crate) mod attribute;
pub(crate) mod draft;
mod drafted;
mod error;
mod import;
pub(crate) mod people;
mod reading;
mod written;

pub use draft::{Draft, steps_of_chars};
pub use error::ImportError;
pub use import::{Import, Imported};
pub use reading::{BadRows, EmptyTexts, Reading};
pub use written::Written;

use medley_dataset::{Budget, Card, Dataset, ImportReport};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Reads one format. Linked importers, also those of crates outside this workspace, are listed and
/// named by their serde names.
#[typetag::serde]
pub trait Importer: Debug + Send + Sync {
    /// What it reads, in one line.
    fn summary(&self) -> &'static str;

    /// The card that the dataset starts with: domain, licence, source, attribution.
    fn card(&self) -> Card;

    /// Reads a file or folder into `import`, usually by [`Import::rows`]. Of several sources that are
    /// not read so, each is read by itself.
    ///
    /// # Errors
    /// A file is missing, damaged, or not of this format. Items that are well formed but cannot be
    /// kept are no error: they are counted in the report.
    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError>;
}

impl dyn Importer + '_ {
    /// Imports into a dataset folder, shard by shard, and returns what was kept and dropped. The
    /// folder takes its place when all of it is there and sound.
    ///
    /// # Errors
    /// As [`Importer::read`], and if the parts do not make a dataset.
    pub fn import_to(
        &self,
        path: &Path,
        folder: &Path,
        reading: &Reading<'_>,
    ) -> Result<ImportReport, ImportError> {
        self.import_all_to(&[path.to_owned()], folder, reading)
    }

    /// Imports several sources into one dataset folder, as if they were one.
    ///
    /// # Errors
    /// As [`Importer::read`] for each of them, and if the parts do not make a dataset.
    pub fn import_all_to(
        &self,
        sources: &[PathBuf],
        folder: &Path,
        reading: &Reading<'_>,
    ) -> Result<ImportReport, ImportError> {
        let mut import = Import::new(self.card(), sources, folder, reading)?;
        if let Some(first) = sources.first() {
            self.read(first, &mut import)?;
        }
        import.unread().iter().try_for_each(|source| self.read(source, &mut import))?;
        import.finish()
    }

    /// Imports by way of a temporary folder.
    ///
    /// # Errors
    /// As above.
    pub fn import(&self, path: &Path, reading: &Reading<'_>) -> Result<Imported, ImportError> {
        let place = tempfile::tempdir()
            .map_err(|source| ImportError::Io { file: std::env::temp_dir(), source })?;
        let folder = place.path().join("dataset");
        let report = self.import_to(path, &folder, reading)?;
        // The folder goes away at the end, so that feedback cannot be left in it; features that
        // exceed the budget get a file of their own.
        let budget = Budget { feedback_rows: usize::MAX, ..Budget::default() };
        let dataset = Dataset::open_within(&folder, budget).map_err(|error| {
            ImportError::Dataset { file: path.to_owned(), source: Box::new(error) }
        })?;
        Ok(Imported { dataset, report })
    }
}
