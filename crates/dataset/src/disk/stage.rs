//! Where does a new version of a dataset grow, and what becomes of those whose process was killed?
//!
//! A stage is a folder `.medley-XXXXXX` with a lock and the version itself. It lies beside the target,
//! so that the two can change places, or within it where nothing can be made beside it or another
//! file system lies there. The system takes the lock from a process that is killed; the next one
//! finds a stage that nobody holds and removes it.

use super::carry::{is_of_file_system, retire};
use super::open::{CARD, REPLACED, read_card};
use super::own::is_written;
use crate::DatasetError;
use crate::error::failed;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A folder in which a new version is made. It goes with all that is in it unless it is kept.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    version: PathBuf,
    /// Locked while we are at it.
    _lock: File,
    /// What was found of others that were killed.
    pub told: Vec<String>,
}

const PREFIX: &str = ".medley-";
const LOCK: &str = ".in-progress";
const VERSION: &str = "dataset";

impl Stage {
    /// The new version.
    pub fn path(&self) -> &Path {
        &self.version
    }

    /// Removes what the version became after it changed places with the one before: see [`retire`].
    pub fn retire(self, next: &Path, is_ours: &dyn Fn(&str) -> bool) {
        // From here on, nothing of it goes unseen.
        let Self { folder, version, _lock, .. } = self;
        let folder = folder.keep();
        retire(&version, Some(next), is_ours);
        remove(&folder);
    }
}

/// A folder that is there already, and not what a link to it is called: changing places with the link
/// would leave the data where they were.
pub(super) fn real(path: &Path) -> PathBuf {
    match path.is_dir() {
        true => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
        false => path.to_owned(),
    }
}

/// A stage for a target, ready for files. Those that killed processes left there go.
pub(crate) fn empty_stage(path: &Path) -> Result<Stage, DatasetError> {
    let target = real(path);
    let parent = parent(&target);
    fs::create_dir_all(parent).map_err(failed(parent, "make folder"))?;
    let mut told: Vec<String> = remove_abandoned(parent).chain(remove_abandoned(&target)).collect();
    told.extend(half_replaced(&target));
    let beside = || failed(path, "make a temporary folder beside it");
    let is_apart = || match (fs::metadata(parent), fs::metadata(&target)) {
        (Ok(parent), Ok(target)) => !is_of_file_system(&parent, &target),
        _ => false,
    };
    let folder = match temporary(parent) {
        Ok(folder) if !is_apart() => folder,
        Err(error) if !target.is_dir() => return Err(beside()(error)),
        _ => temporary(&target).map_err(failed(path, "make a temporary folder in it"))?,
    };
    let lock = File::create(folder.path().join(LOCK)).map_err(beside())?;
    lock.lock().map_err(beside())?;
    let version = folder.path().join(VERSION);
    let feedback = version.join("feedback");
    fs::create_dir_all(&feedback).map_err(failed(&path.join("feedback"), "make folder"))?;
    Ok(Stage { folder, version, _lock: lock, told })
}

fn temporary(within: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    as_any_folder(&mut builder);
    builder.tempdir_in(within)
}

pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Removes the stages of processes that are gone: nobody holds their lock. What the system refuses to
/// remove stays, and does no other harm.
fn remove_abandoned(within: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(within).into_iter().flatten().flatten();
    let stages = entries.filter(|it| it.file_name().to_string_lossy().starts_with(PREFIX));
    stages.filter_map(|stage| abandoned(&stage.path()))
}

/// What there is to say of a folder whose tables are of two versions.
fn half_replaced(target: &Path) -> Option<String> {
    let is_there = |name: &str| target.join(name).exists();
    (is_there(REPLACED) && !is_there(CARD)).then(|| {
        let target = target.display();
        format!("an earlier import was interrupted: {target}, left half replaced, is written anew")
    })
}

/// Removes a stage that nobody holds, and says so.
fn abandoned(stage: &Path) -> Option<String> {
    let lock = File::open(stage.join(LOCK)).ok()?;
    lock.try_lock().ok()?;
    let version = stage.join(VERSION);
    // Stages of 0.1 were the version itself.
    let version = if version.is_dir() { version } else { stage.to_owned() };
    medley_whole_file::sweep(&version);
    medley_whole_file::sweep(&version.join("feedback"));
    let listed: Option<BTreeSet<String>> =
        read_card(&version.join(CARD)).ok().map(|card| card.files.into_keys().collect());
    let is_ours = |name: &str| match (&listed, name) {
        (_, CARD | LOCK) => true,
        (Some(listed), name) => listed.contains(name),
        (None, name) => is_written(name),
    };
    let kept = retire(&version, None, &is_ours);
    let begun = format!("an earlier import was interrupted: {}, which it left,", stage.display());
    if !kept.is_empty() {
        return Some(format!("{begun} still holds files that may be yours: {}", kept.join(", ")));
    }
    remove(stage);
    Some(format!("{begun} is removed"))
}

/// Removes a stage of which only the lock is left, the lock last.
fn remove(stage: &Path) {
    let is_empty = fs::read_dir(stage)
        .is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == LOCK));
    if is_empty {
        let _ = fs::remove_dir_all(stage);
    }
}

/// A temporary folder is made for its owner alone; a dataset has the mode of any new folder.
#[cfg(unix)]
fn as_any_folder(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o777)); // less the umask
}

#[cfg(not(unix))]
fn as_any_folder(_: &mut tempfile::Builder<'_, '_>) {}
