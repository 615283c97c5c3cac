//! How finished files take their place: complete beside the target first, then renamed.
//!
//! A full disk shows while the new files are still beside the old ones, so the old state stays.
//! In a dataset folder that is already there the card is put away first, each file is renamed on its
//! own, and the new card comes last: other files of the folder (sources, licences) stay, and after
//! an interruption there is no card, so that no mix of two versions is ever read. Tables that no card
//! lists are the user's, and are never lost.

use crate::error::failed;
use crate::shard::{SHARDED, is_shard, table_of};
use crate::{Card, DatasetError};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// A folder beside the target, ready for files.
pub(crate) fn empty_stage(path: &Path) -> Result<tempfile::TempDir, DatasetError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
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

/// Moves a complete staged folder to its place.
pub(crate) fn place<'a>(
    stage: &Path,
    names: impl Iterator<Item = &'a str>,
    path: &Path,
) -> Result<(), DatasetError> {
    if !path.exists() {
        return rename(stage, path);
    }
    let names: BTreeSet<&str> = names.collect();
    refuse_foreign(path, &names.iter().map(|name| table_of(name)).collect())?;
    replace(stage, &names, path)
}

/// Card of the version before, while the new one takes its place.
const REPLACED: &str = ".dataset.toml.replaced";

/// Refuses a folder with tables that are the user's: those of a folder without a card, and those that
/// the card does not list and the new version, which has `tables`, does not have either.
pub(crate) fn refuse_foreign(path: &Path, tables: &BTreeSet<&str>) -> Result<(), DatasetError> {
    let has = |name: &str| path.join(name).exists();
    if !path.is_dir() || (has(REPLACED) && !has("dataset.toml")) {
        return Ok(());
    }
    let listed = match has("dataset.toml") {
        false => None,
        true => match listed(path) {
            None => return Ok(()), // a card that cannot be read protects nothing
            listed => listed,
        },
    };
    for within in ["", "feedback/"] {
        for entry in fs::read_dir(path.join(within)).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let file = file.to_string_lossy();
            let name = format!("{within}{file}");
            let action = match &listed {
                None => "replace it, as its folder has no dataset.toml and so is not ours",
                Some(listed) if listed.contains(&name) || tables.contains(table_of(&name)) => {
                    continue;
                }
                Some(_) => "remove it, as dataset.toml does not list it: move it away first",
            };
            if is_table(&file, within) {
                return Err(failed(&entry.path(), action)(io::ErrorKind::AlreadyExists.into()));
            }
        }
    }
    Ok(())
}

/// Files that the card lists; none if it cannot be read.
fn listed(path: &Path) -> Option<BTreeSet<String>> {
    let card: Card = toml::from_str(&fs::read_to_string(path.join("dataset.toml")).ok()?).ok()?;
    Some(card.files.into_keys().collect())
}

/// Whether a file name within a dataset folder is that of a table.
fn is_table(name: &str, within: &str) -> bool {
    match within {
        "" => name == "people.jsonl" || SHARDED.iter().any(|table| is_shard(name, table)),
        _ => name.ends_with(".parquet") || name.ends_with(".jsonl"),
    }
}

/// Data are on the disk before they are renamed, since some file systems report a full disk late.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    fs::File::open(path)?.sync_all()
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
    for name in names {
        rename(&stage.join(name), &path.join(name))?;
    }
    remove_stale(path, "", names)?;
    remove_stale(path, "feedback/", names)?;
    rename(&stage.join("dataset.toml"), &card)?;
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
