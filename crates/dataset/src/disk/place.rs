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
use std::path::Path;
use std::{fs, io};

/// A folder beside the target, ready for files.
pub(crate) fn empty_stage(path: &Path) -> Result<tempfile::TempDir, DatasetError> {
    let parent = parent(path);
    fs::create_dir_all(parent).map_err(failed(parent, "make folder"))?;
    let stage = tempfile::Builder::new()
        .prefix(".medley-")
        .tempdir_in(parent)
        .map_err(failed(path, "make a temporary folder beside it"))?;
    let feedback = stage.path().join("feedback");
    fs::create_dir(&feedback).map_err(failed(&path.join("feedback"), "make folder"))?;
    open_to_all(stage.path()).map_err(failed(path, "set permissions"))?;
    Ok(stage)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Moves a complete staged folder to its place.
pub(crate) fn place<'a>(
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

/// A temporary folder is made for its owner alone; a dataset is an ordinary folder.
#[cfg(unix)]
fn open_to_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> io::Result<()> {
    Ok(())
}

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
