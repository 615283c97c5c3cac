//! Files of an experiment and of a run: where they lie, who may write, what counts as finished.

use crate::RunError;
use crate::claim::{Held, Holder, look};
use crate::hashes::{Hashes, flaw, hashes};
use medley_plan::RunPlan;
use medley_report::{Tables, write_whole};
use medley_saved_model::SavedModel;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of one run. It is finished when `done.json`, which is written last, is there and
/// every file that it lists hashes as it says. Only files that a run writes are of it: whatever else
/// lies in the folder is left alone.
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

/// How a run stands, at a look that reads none of its results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was finished.
    Finished,
    /// A process is at it: its host and number, and since when, in seconds since 1970.
    Running {
        /// Name of the machine.
        host: String,
        /// Process on it.
        process: u32,
        /// When it took the run.
        since: u64,
    },
    /// Somebody was at it and is not there any more; whoever runs the experiment goes on with it.
    Lost,
    /// It failed when it was last tried, and why.
    Failed(String),
    /// Nobody was at it.
    ToDo,
}

/// Why a run failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub reason: String,
}

/// A failure as it was found: what was recorded of it, and when by the clock of whoever recorded it.
/// Clocks of two machines differ, so that a time says which failure it is and not how old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailureMark {
    text: Vec<u8>,
    modified: Option<SystemTime>,
}

/// What a finished run consists of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Done {
    files: Hashes,
}

/// What names the run, as text.
pub(crate) const PLAN: &str = "plan.toml";
/// Folder of its tables.
const TABLES: &str = "tables";
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
            Err(error) if error.kind() == ErrorKind::NotFound => return State::ToDo,
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

    /// What was recorded of the files of a finished run, as it stands.
    pub(crate) fn record(&self) -> Option<Vec<u8>> {
        fs::read(self.0.join(DONE)).ok()
    }

    /// Whether it was finished once, whatever its files hold now.
    pub(crate) fn was_finished(&self) -> bool {
        self.0.join(DONE).exists()
    }

    /// How the run stands. Unlike [`RunFolder::state`] it hashes nothing.
    pub fn standing(&self) -> Standing {
        if self.was_finished() {
            return Standing::Finished;
        }
        match (look(&self.0), self.failure()) {
            (Held::By(Holder { host, pid, since, .. }), _) => {
                Standing::Running { host, process: pid, since }
            }
            (_, Some(failed)) => Standing::Failed(failed.reason),
            (Held::Abandoned(_), None) => Standing::Lost,
            (Held::Free, None) if self.has_checkpoints() => Standing::Lost,
            (Held::Free, None) => Standing::ToDo,
        }
    }

    /// The version that finished the run in a folder; none if none did, or its plan does not say.
    pub(crate) fn version_at(folder: &Path) -> Option<String> {
        if !folder.join(DONE).exists() {
            return None;
        }
        let text = medley_whole_file::read_text(&folder.join(PLAN), medley_whole_file::SETTINGS);
        let version =
            |line: &str| line.strip_prefix("medley = \"")?.strip_suffix('"').map(str::to_owned);
        text.ok()?.lines().find_map(version)
    }

    /// Where fit `number` keeps its checkpoints; the folder is made.
    pub(crate) fn checkpoints_of(&self, number: usize) -> Result<PathBuf, RunError> {
        let path = self.0.join(CHECKPOINTS).join(number.to_string());
        fs::create_dir_all(&path).map_err(|error| RunError::io("create", &path, error))?;
        Ok(path)
    }

    /// Where a candidate keeps what it has at a rung of the tuning; the folder is made. It lies beside
    /// the checkpoints of fits, and goes with them.
    pub(crate) fn trial_folder(&self, rung: usize, candidate: usize) -> Result<PathBuf, RunError> {
        let path = self.0.join(CHECKPOINTS).join(format!("rung-{rung}-candidate-{candidate}"));
        fs::create_dir_all(&path).map_err(|error| RunError::io("create", &path, error))?;
        Ok(path)
    }

    /// Where a round of questions keeps what it has; the folder is made. It lies beside the checkpoints of
    /// fits, and goes with them.
    pub(crate) fn round_folder(&self, round: usize) -> Result<PathBuf, RunError> {
        let path = self.0.join(CHECKPOINTS).join(format!("round-{round}"));
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

    /// Removes what runs write, so that this one starts anew. The claim stays, and every file that
    /// is not of ours.
    pub(crate) fn reset(&self) -> Result<(), RunError> {
        let fail = |error: io::Error| RunError::io("empty", &self.0, error);
        // First, so that a process that is killed meanwhile leaves no finished run.
        remove(&self.0.join(DONE))?;
        for name in self.files().map_err(fail)?.iter().filter(|name| is_ours(name)) {
            remove(&self.0.join(name))?;
        }
        for folder in self.checkpoint_folders().map_err(fail)? {
            fs::remove_dir_all(folder).map_err(fail)?;
        }
        // It stays if there is a file of somebody else in it, or if it is none of our folders.
        let _ = fs::remove_dir(self.tables_folder());
        Ok(())
    }

    /// Files in the folder and in that of its tables, by their paths within, sorted.
    fn files(&self) -> io::Result<Vec<String>> {
        let mut found = names(&self.0, "")?;
        found.extend(names(&self.tables_folder(), &format!("{TABLES}/"))?);
        found.sort();
        Ok(found)
    }

    /// Folders of checkpoints, also of the versions that kept them beside the results.
    fn checkpoint_folders(&self) -> io::Result<Vec<PathBuf>> {
        let is_one = |name: &str| {
            name == CHECKPOINTS || name.strip_prefix(OLD_CHECKPOINT).is_some_and(is_number)
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if is_one(&entry.file_name().to_string_lossy()) && entry.file_type()?.is_dir() {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    /// Where the tables of the run are.
    pub(crate) fn tables_folder(&self) -> PathBuf {
        self.0.join(TABLES)
    }

    /// Why the run failed when it was last tried, if it did.
    pub(crate) fn failure(&self) -> Option<Failed> {
        let text = fs::read_to_string(self.0.join(FAILED)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Which failure is recorded, if one is.
    pub(crate) fn failure_mark(&self) -> Option<FailureMark> {
        let path = self.0.join(FAILED);
        let text = fs::read(&path).ok()?;
        let modified = fs::metadata(&path).and_then(|data| data.modified()).ok();
        Some(FailureMark { text, modified })
    }

    /// Why the run failed, unless that is the failure that was `known`.
    pub(crate) fn failure_other_than(&self, known: Option<&FailureMark>) -> Option<Failed> {
        let found = self.failure_mark()?;
        self.failure().filter(|_| known != Some(&found))
    }

    pub(crate) fn record_failure(&self, reason: &str) -> Result<(), RunError> {
        let failed = Failed { reason: reason.to_owned() };
        Ok(write_whole(&self.0.join(FAILED), to_json(&failed)?.as_bytes())?)
    }

    /// Marks the run as finished; its files are in place. What a process that was killed left beside
    /// them goes: the claim is ours, so that nobody is writing it.
    pub(crate) fn finish(&self) -> Result<(), RunError> {
        remove(&self.0.join(FAILED))?;
        let fail = |error: io::Error| RunError::io("read", &self.0, error);
        let mut names = self.files().map_err(fail)?;
        for name in names.iter().filter(|name| is_ours(name) && partial_of(name).is_some()) {
            remove(&self.0.join(name))?;
        }
        names.retain(|name| is_result(name));
        let files = hashes(&self.0, names).map_err(fail)?;
        Ok(write_whole(&self.0.join(DONE), to_json(&Done { files })?.as_bytes())?)
    }

    /// Tables of a finished run.
    ///
    /// # Errors
    /// If a table is missing or broken.
    pub fn tables(&self) -> Result<Tables, RunError> {
        Ok(Tables::read(&self.tables_folder())?)
    }
}

/// Whether a run leaves a file of this path within its folder.
fn is_result(path: &str) -> bool {
    match path.split_once('/') {
        None => path == PLAN || SavedModel::writes(path),
        Some((folder, name)) => folder == TABLES && Tables::FILES.contains(&name),
    }
}

/// Whether we write a file of this path, as a result or on the way to one.
fn is_ours(path: &str) -> bool {
    let whole = partial_of(path).unwrap_or_else(|| path.to_owned());
    is_result(&whole) || [DONE, FAILED].contains(&whole.as_str())
}

/// The path of the file that a process was at when it was killed, given that of what it left beside:
/// `tables/.runs.parquet.<process>.<count>.partial`, as [`write_whole`] names it.
fn partial_of(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let (rest, count) = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('.')?;
    let (whole, process) = rest.rsplit_once('.')?;
    let is_named_so = is_number(process) && is_number(count);
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    is_named_so.then(|| prefix + whole)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Names of the files of `folder` after `prefix`; none where there is no such folder.
fn names(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            found.push(format!("{prefix}{}", entry.file_name().to_string_lossy()));
        }
    }
    Ok(found)
}

fn remove(path: &Path) -> Result<(), RunError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
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
    use crate::claim::CLAIM;

    #[test]
    fn a_run_is_done_while_its_files_are_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder(folder.path().to_owned());
        let write = |name: &str, text: &str| fs::write(run.0.join(name), text).unwrap();
        assert_eq!(run.state(), State::ToDo);
        write("model.safetensors", "weights");
        write(CLAIM, "{}");
        fs::create_dir(run.0.join("tables")).unwrap();
        write("tables/.runs.parquet.12.0.partial", "left by a kill");
        assert!(!run.has_checkpoints());
        let second = run.checkpoints_of(1).unwrap();
        fs::write(second.join("state.json"), "{}").unwrap();
        assert!(run.has_checkpoints());
        run.record_failure("once").unwrap();
        run.finish().unwrap();
        assert!(run.failure().is_none());
        // What a process leaves beside the results is no part of them.
        assert!(!run.0.join("tables/.runs.parquet.12.0.partial").exists());
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
    fn all_below(folder: &Path) -> Vec<String> {
        let mut found = names(folder, "").unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_dir() {
                let prefix = format!("{}/", entry.file_name().to_string_lossy());
                found.extend(all_below(&entry.path()).iter().map(|name| prefix.clone() + name));
            }
        }
        found.sort();
        found
    }

    /// Files of the user were hashed into done.json, so that a changed note made a run broken, and
    /// `reset` deleted them.
    #[test]
    fn files_of_the_user_are_no_part_of_a_run_and_outlive_it() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder(folder.path().to_owned());
        let write = |name: &str, text: &str| fs::write(run.0.join(name), text).unwrap();
        let users = [
            "model-of-ours.safetensors",
            "notes.md",
            "scores.csv",
            "tables/.notes.md.1.0.partial",
            "tables/ours.parquet",
        ];
        fs::create_dir(run.0.join(TABLES)).unwrap();
        users.iter().for_each(|name| write(name, "by hand"));
        let ours = [
            "model-1.safetensors",
            "model.safetensors",
            "model.toml",
            "plan.toml",
            "standardizer.json",
            "tables/measurements.parquet",
            "tables/runs.parquet",
        ];
        ours.iter().for_each(|name| write(name, "by a run"));
        run.finish().unwrap();
        let done: Done =
            serde_json::from_str(&fs::read_to_string(run.0.join(DONE)).unwrap()).unwrap();
        assert_eq!(done.files.keys().collect::<Vec<_>>(), ours);

        write("notes.md", "changed");
        fs::remove_file(run.0.join("scores.csv")).unwrap();
        assert_eq!(run.state(), State::Done);
        write("scores.csv", "again");
        write("tables/.runs.parquet.12.0.partial", "left by a kill");
        write(".done.json.12.1.partial", "left by a kill");
        run.record_failure("once").unwrap();
        fs::create_dir_all(run.checkpoints_of(0).unwrap().join("checkpoint-000001")).unwrap();
        fs::create_dir(run.0.join("checkpoint-000001")).unwrap();
        run.reset().unwrap();
        assert_eq!(all_below(&run.0), users);
        assert_eq!(fs::read_to_string(run.0.join("notes.md")).unwrap(), "changed");
        assert!(!run.has_checkpoints() && !run.0.join("checkpoint-000001").exists());
    }

    #[test]
    fn a_failure_that_was_known_is_not_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder(folder.path().to_owned());
        assert!(run.failure_mark().is_none() && run.failure_other_than(None).is_none());
        run.record_failure("once").unwrap();
        // Of another machine, whose clock is ahead.
        let path = run.0.join(FAILED);
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(3600);
        file.set_modified(later).unwrap();
        let known = run.failure_mark();
        assert!(run.failure_other_than(known.as_ref()).is_none());
        run.record_failure("once").unwrap();
        assert_eq!(run.failure_other_than(known.as_ref()).unwrap().reason, "once");
        assert_eq!(run.failure_other_than(None).unwrap().reason, "once");
    }
}
