//! Files of an experiment and of a run: where they lie, who may write, what counts as finished.

use crate::RunError;
use crate::claim::CLAIM;
use crate::hashes::{Hashes, flaw, hashes};
use medley_plan::RunPlan;
use medley_report::{Tables, write_whole};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of one run. It is finished when `done.json`, which is written last, is there and
/// every file that it lists hashes as it says.
#[derive(Clone, Debug)]
pub struct RunFolder(PathBuf);

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is finished; there may be checkpoints.
    ToDo,
    /// Its files are there, as they were written.
    Done,
    /// It was finished, and is not any more: a file is missing or is not what was written.
    Broken(String),
}

/// Why a run failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub reason: String,
}

/// What a finished run consists of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Done {
    files: Hashes,
}

const DONE: &str = "done.json";
const FAILED: &str = "failed.json";
/// Folder with one folder of checkpoints for each fit.
const CHECKPOINTS: &str = "checkpoints";
/// Checkpoints of versions that kept them beside the results.
const OLD_CHECKPOINT: &str = "checkpoint-";

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

    /// How far the run is. Every file of a finished run is read.
    pub fn state(&self) -> State {
        let text = match fs::read_to_string(self.0.join(DONE)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return State::ToDo,
            Err(error) => return State::Broken(format!("{DONE} cannot be read: {error}")),
        };
        match serde_json::from_str::<Done>(&text) {
            Err(error) => State::Broken(format!("{DONE} cannot be read: {error}")),
            Ok(done) => flaw(&self.0, &done.files).map_or(State::Done, State::Broken),
        }
    }

    /// Whether the run is finished.
    pub fn is_done(&self) -> bool {
        self.state() == State::Done
    }

    /// Where fit `number` keeps its checkpoints; the folder is made.
    pub(crate) fn checkpoints_of(&self, number: usize) -> Result<PathBuf, RunError> {
        let path = self.0.join(CHECKPOINTS).join(number.to_string());
        fs::create_dir_all(&path).map_err(|error| RunError::io("create", &path, error))?;
        Ok(path)
    }

    /// Whether there is a checkpoint that a run could resume from.
    pub(crate) fn has_checkpoints(&self) -> bool {
        self.0.join(CHECKPOINTS).exists()
    }

    /// Removes the checkpoints of a finished run. What the system refuses to remove takes up space
    /// and does no other harm: it is tried again when the run is met the next time.
    pub(crate) fn remove_checkpoints(&self) {
        if self.has_checkpoints() {
            let _ = fs::remove_dir_all(self.0.join(CHECKPOINTS));
        }
    }

    /// Removes everything but the claim, so that the run starts anew.
    pub(crate) fn reset(&self) -> Result<(), RunError> {
        let fail = |error: std::io::Error| RunError::io("empty", &self.0, error);
        // First, so that a process that is killed meanwhile leaves no finished run.
        remove(&self.0.join(DONE))?;
        for entry in fs::read_dir(&self.0).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name() == CLAIM {
                continue;
            }
            match entry.file_type().map_err(fail)?.is_dir() {
                true => fs::remove_dir_all(entry.path()).map_err(fail)?,
                false => fs::remove_file(entry.path()).map_err(fail)?,
            }
        }
        Ok(())
    }

    /// Why the run failed when it was last tried, if it did.
    pub(crate) fn failure(&self) -> Option<Failed> {
        let text = fs::read_to_string(self.0.join(FAILED)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Why the run failed after `time`, if it did.
    pub(crate) fn failure_since(&self, time: SystemTime) -> Option<Failed> {
        let failed_at = fs::metadata(self.0.join(FAILED)).and_then(|data| data.modified()).ok()?;
        self.failure().filter(|_| failed_at >= time)
    }

    pub(crate) fn record_failure(&self, reason: &str) -> Result<(), RunError> {
        let failed = Failed { reason: reason.to_owned() };
        Ok(write_whole(&self.0.join(FAILED), to_json(&failed)?.as_bytes())?)
    }

    /// Marks the run as finished; its files are in place.
    pub(crate) fn finish(&self) -> Result<(), RunError> {
        remove(&self.0.join(FAILED))?;
        let files =
            hashes(&self.0, is_result).map_err(|error| RunError::io("read", &self.0, error))?;
        Ok(write_whole(&self.0.join(DONE), to_json(&Done { files })?.as_bytes())?)
    }

    /// Tables of a finished run.
    ///
    /// # Errors
    /// If a table is missing or broken.
    pub fn tables(&self) -> Result<Tables, RunError> {
        Ok(Tables::read(&self.0.join("tables"))?)
    }
}

/// Whether a file belongs to what the run leaves, by its path within the run's folder.
fn is_result(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    !hidden
        && !path.starts_with(OLD_CHECKPOINT)
        && ![DONE, FAILED, CLAIM, CHECKPOINTS].contains(&path)
}

fn remove(path: &Path) -> Result<(), RunError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(RunError::io("remove", path, error))
        }
        _ => Ok(()),
    }
}

fn to_json(value: &impl Serialize) -> Result<String, RunError> {
    serde_json::to_string_pretty(value)
        .map_err(|error| RunError::Broken { what: "JSON", reason: error.to_string() })
}

/// Held while a process writes the tables and figures of an experiment.
#[derive(Debug)]
pub(crate) struct FolderLock(
    #[expect(dead_code, reason = "dropping the file releases the lock")] File,
);

impl FolderLock {
    /// Takes the folder, creating it; waits for a process that has it.
    ///
    /// # Errors
    /// If it cannot be created or locked.
    pub(crate) fn take(folder: &Path) -> Result<Self, RunError> {
        fs::create_dir_all(folder).map_err(|error| RunError::io("create", folder, error))?;
        let path = folder.join(".lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| RunError::io("open", &path, error))?;
        file.lock().map_err(|error| RunError::io("lock", &path, error))?;
        Ok(Self(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_done_while_its_files_are_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder(folder.path().to_owned());
        let write = |name: &str, text: &str| fs::write(run.0.join(name), text).unwrap();
        assert_eq!(run.state(), State::ToDo);
        write("model.safetensors", "weights");
        write(CLAIM, "{}");
        fs::create_dir(run.0.join("tables")).unwrap();
        write("tables/.runs.parquet.partial", "left by a kill");
        assert!(!run.has_checkpoints());
        let second = run.checkpoints_of(1).unwrap();
        fs::write(second.join("state.json"), "{}").unwrap();
        assert!(run.has_checkpoints());
        run.record_failure("once").unwrap();
        run.finish().unwrap();
        assert!(run.failure().is_none());
        // What a process leaves beside the results is no part of them.
        fs::remove_file(run.0.join("tables/.runs.parquet.partial")).unwrap();
        run.remove_checkpoints();
        assert!(!run.has_checkpoints());
        write(CLAIM, "another");
        assert_eq!(run.state(), State::Done);
        write("model.safetensors", "weighty");
        let broken = State::Broken("model.safetensors is not what was written".to_owned());
        assert_eq!(run.state(), broken);
        run.reset().unwrap();
        assert_eq!(run.state(), State::ToDo);
        let left: Vec<_> = fs::read_dir(&run.0).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, [CLAIM]);
        // Of the version before, which recorded nothing.
        write(DONE, "{}\n");
        assert!(matches!(run.state(), State::Broken(reason) if reason.contains("files")));
    }
}
