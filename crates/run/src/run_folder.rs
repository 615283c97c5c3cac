//! Files of an experiment and of a run: where they lie, who may write, what counts as finished.

use crate::RunError;
use medley_plan::RunPlan;
use medley_report::{Tables, write_whole};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The folder of one run. It is finished when `done.json` is there, which is written last.
#[derive(Clone, Debug)]
pub struct RunFolder(PathBuf);

/// Why a run failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub reason: String,
}

impl RunFolder {
    /// Folder of `run` within the experiment's folder.
    pub fn of(experiment: &Path, run: &RunPlan) -> Self {
        Self(experiment.join("runs").join(&run.id))
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Creates the folder.
    pub(crate) fn create(&self) -> Result<(), RunError> {
        fs::create_dir_all(&self.0).map_err(|error| RunError::io("create", &self.0, error))
    }

    /// Whether the run is finished.
    pub fn is_done(&self) -> bool {
        self.0.join(DONE).is_file()
    }

    /// Why the run failed when it was last tried, if it did.
    pub(crate) fn failure(&self) -> Option<Failed> {
        let text = fs::read_to_string(self.0.join(FAILED)).ok()?;
        serde_json::from_str(&text).ok()
    }

    pub(crate) fn record_failure(&self, reason: &str) -> Result<(), RunError> {
        let failed = Failed { reason: reason.to_owned() };
        Ok(write_whole(&self.0.join(FAILED), to_json(&failed)?.as_bytes())?)
    }

    /// Marks the run as finished; its files are in place.
    pub(crate) fn finish(&self) -> Result<(), RunError> {
        match fs::remove_file(self.0.join(FAILED)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(RunError::io("remove", &self.0.join(FAILED), error));
            }
            _ => {}
        }
        Ok(write_whole(&self.0.join(DONE), b"{}\n")?)
    }

    /// Tables of a finished run.
    ///
    /// # Errors
    /// If a table is missing or broken.
    pub fn tables(&self) -> Result<Tables, RunError> {
        Ok(Tables::read(&self.0.join("tables"))?)
    }
}

const DONE: &str = "done.json";
const FAILED: &str = "failed.json";

pub(crate) fn to_json(value: &impl Serialize) -> Result<String, RunError> {
    serde_json::to_string_pretty(value)
        .map_err(|error| RunError::Broken { what: "JSON", reason: error.to_string() })
}

/// Held while a process works on an experiment's folder.
#[derive(Debug)]
pub(crate) struct FolderLock(
    #[expect(dead_code, reason = "dropping the file releases the lock")] File,
);

impl FolderLock {
    /// Takes the folder, creating it.
    ///
    /// # Errors
    /// If another process has it, or it cannot be created.
    pub(crate) fn take(folder: &Path) -> Result<Self, RunError> {
        fs::create_dir_all(folder).map_err(|error| RunError::io("create", folder, error))?;
        let path = folder.join(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| RunError::io("open", &path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(RunError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(error)) => Err(RunError::io("lock", &path, error)),
        }
    }
}
