//! How finished files take their place: complete and synced beside the target first, then renamed.
//!
//! A full disk shows while the new files are still beside the old ones, so the old state stays.
//! In a dataset folder that is already there the card is put away first, each file is renamed on its
//! own, and the new card comes last: other files of the folder (sources, licences) stay, and after
//! an interruption there is no card, so that no mix of two versions is ever read. Folders are synced
//! between these steps, so that a power cut leaves what a killed process would.
//!
//! Tables that no card lists are the user's, and are never lost. A card that cannot be read may list
//! any of them or none, so that nothing takes its place until it is mended.

use super::open::read_card;
use crate::DatasetError;
use crate::error::failed;
use crate::shard::{SHARDED, is_shard, table_of};
use medley_whole_file::sync_folder;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::{fs, io};

/// A folder beside the target in which a new version is made.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    /// Locked while we are at it: the system takes the lock from a process that is killed.
    lock: File,
}

const PREFIX: &str = ".medley-";
const LOCK: &str = ".in-progress";

impl Stage {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A folder beside the target, ready for files. Those that killed processes left there go.
pub(crate) fn empty_stage(path: &Path) -> Result<Stage, DatasetError> {
    let parent = parent(path);
    fs::create_dir_all(parent).map_err(failed(parent, "make folder"))?;
    remove_abandoned(parent);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    as_any_folder(&mut builder);
    let beside = || failed(path, "make a temporary folder beside it");
    let folder = builder.tempdir_in(parent).map_err(beside())?;
    let lock = File::create(folder.path().join(LOCK)).map_err(beside())?;
    lock.lock().map_err(beside())?;
    let feedback = folder.path().join("feedback");
    fs::create_dir(&feedback).map_err(failed(&path.join("feedback"), "make folder"))?;
    Ok(Stage { folder, lock })
}

/// Removes the stages of processes that are gone: nobody holds their lock. What the system refuses to
/// remove stays, and does no other harm.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let is_stage = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let lock = entry.path().join(LOCK);
        if is_stage && File::open(lock).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Moves a complete staged folder to its place.
pub(crate) fn place<'a>(
    stage: Stage,
    names: impl Iterator<Item = &'a str>,
    path: &Path,
) -> Result<(), DatasetError> {
    let Stage { folder, lock } = stage;
    // The lock is held to the end, and is not part of the dataset.
    let file = folder.path().join(LOCK);
    fs::remove_file(&file).map_err(failed(&file, "remove"))?;
    let placed = move_in(folder.path(), names, path);
    drop((lock, folder));
    placed
}

fn move_in<'a>(
    stage: &Path,
    names: impl Iterator<Item = &'a str>,
    path: &Path,
) -> Result<(), DatasetError> {
    // Files of the stage may have been renamed since they were written.
    for folder in [stage.join("feedback"), stage.to_owned()] {
        sync_folder(&folder).map_err(failed(path, "sync a temporary folder beside it"))?;
    }
    if !path.exists() {
        rename(stage, path)?;
        return sync(parent(path));
    }
    let names: BTreeSet<&str> = names.collect();
    refuse_foreign(path, &owner(path)?, &names)?;
    replace(stage, &names, path)
}

/// Card of the version before, while the new one takes its place.
const REPLACED: &str = ".dataset.toml.replaced";

/// Whose the tables of a folder are.
enum Owner {
    /// No card: all are the user's.
    User,
    /// Those that the card lists are of the dataset.
    Card(BTreeSet<String>),
    /// A replacement was cut short. Tables are of the version before, which this list is of, or of
    /// the one that was on its way, which nobody knows until all of it is written again.
    Interrupted(BTreeSet<String>),
}

/// Refuses a folder where the first table could not be written whatever the new version holds: its
/// card cannot be read, or it has tables that are the user's. What a version that was cut short left
/// behind is looked at by [`place`], which knows the files of the new one.
pub(crate) fn refuse_at_once(path: &Path) -> Result<(), DatasetError> {
    match owner(path)? {
        Owner::Interrupted(_) => Ok(()),
        owner => refuse_foreign(path, &owner, &BTreeSet::new()),
    }
}

/// Refuses a folder with tables that are the user's: those of a folder without a card, and those that
/// the card does not list and that the new version, with the files `names`, does not replace.
fn refuse_foreign(path: &Path, owner: &Owner, names: &BTreeSet<&str>) -> Result<(), DatasetError> {
    let tables: BTreeSet<&str> = names.iter().map(|name| table_of(name)).collect();
    for within in ["", "feedback/"] {
        let folder = path.join(within);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(failed(&folder, "list"))? {
            let entry = entry.map_err(failed(&folder, "list"))?;
            let file = entry.file_name();
            let file = file.to_string_lossy();
            let name = format!("{within}{file}");
            let in_new = tables.contains(table_of(&name));
            let action = match owner {
                Owner::Card(listed) | Owner::Interrupted(listed) if listed.contains(&name) => {
                    continue;
                }
                Owner::Card(_) if in_new => continue,
                // Tables that are cut into shards are written by us alone; lines may be by hand.
                Owner::Interrupted(_)
                    if names.contains(&*name) || in_new && name.ends_with(".parquet") =>
                {
                    continue;
                }
                Owner::User => "replace it, as its folder has no dataset.toml and so is not ours",
                Owner::Card(_) => "remove it, as dataset.toml does not list it: move it away first",
                Owner::Interrupted(_) => {
                    "remove it, as neither .dataset.toml.replaced, which an interrupted \
                     replacement left, nor the new version has it: move it away first"
                }
            };
            if is_table(&file, within) {
                return Err(failed(&entry.path(), action)(io::ErrorKind::AlreadyExists.into()));
            }
        }
    }
    Ok(())
}

fn owner(path: &Path) -> Result<Owner, DatasetError> {
    let listed = |name: &str| match read_card(&path.join(name)) {
        Ok(card) => Ok(card.files.into_keys().collect()),
        Err(error) => {
            Err(DatasetError::CardInTheWay { file: path.join(name), reason: error.to_string() })
        }
    };
    let is_there = |name: &str| path.join(name).symlink_metadata().is_ok();
    match (is_there("dataset.toml"), is_there(REPLACED)) {
        (true, _) => Ok(Owner::Card(listed("dataset.toml")?)),
        (false, true) => Ok(Owner::Interrupted(listed(REPLACED)?)),
        (false, false) => Ok(Owner::User),
    }
}

/// Whether a file name within a dataset folder is that of a table.
fn is_table(name: &str, within: &str) -> bool {
    match within {
        "" => name == "people.jsonl" || SHARDED.iter().any(|table| is_shard(name, table)),
        _ => name.ends_with(".parquet") || name.ends_with(".jsonl"),
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

fn replace(stage: &Path, names: &BTreeSet<&str>, path: &Path) -> Result<(), DatasetError> {
    let feedback = path.join("feedback");
    fs::create_dir_all(&feedback).map_err(failed(&feedback, "make folder"))?;
    let (card, replaced) = (path.join("dataset.toml"), path.join(REPLACED));
    if card.exists() {
        rename(&card, &replaced)?;
    }
    sync(path)?;
    for name in names {
        rename(&stage.join(name), &path.join(name))?;
    }
    remove_stale(path, "", names)?;
    remove_stale(path, "feedback/", names)?;
    sync(&feedback)?;
    sync(path)?;
    rename(&stage.join("dataset.toml"), &card)?;
    sync(path)?;
    if replaced.exists() {
        fs::remove_file(&replaced).map_err(failed(&replaced, "remove"))?;
    }
    Ok(())
}

/// Removes tables of the version before that the new one does not have.
fn remove_stale(path: &Path, within: &str, names: &BTreeSet<&str>) -> Result<(), DatasetError> {
    let folder = path.join(within);
    for entry in fs::read_dir(&folder).map_err(failed(&folder, "list"))? {
        let file = entry.map_err(failed(&folder, "list"))?.path();
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
        if is_table(name, within) && !names.contains(format!("{within}{name}").as_str()) {
            fs::remove_file(&file).map_err(failed(&file, "remove"))?;
        }
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), DatasetError> {
    fs::rename(from, to).map_err(failed(to, "rename the new version to it"))
}

/// The error of [`sync_folder`] names the folder itself.
fn sync(folder: &Path) -> Result<(), DatasetError> {
    sync_folder(folder).map_err(failed(folder, "finish the replacement"))
}
