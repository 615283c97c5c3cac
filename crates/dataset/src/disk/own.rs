//! Which files of a dataset folder are the dataset's, and which are the user's?
//!
//! Tables that no card lists are the user's, and are never lost. A card that cannot be read may list
//! any of them or none, so that nothing takes its place until it is mended.

use super::open::{CARD, REPLACED, read_card};
use crate::DatasetError;
use crate::error::failed;
use crate::shard::{SHARDED, is_shard, table_of};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// Whose the tables of a folder are.
pub(super) enum Owner {
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
/// behind is looked at when the files of the new one are known.
pub(crate) fn refuse_at_once(path: &Path) -> Result<(), DatasetError> {
    match owner(path)? {
        Owner::Interrupted(_) => Ok(()),
        owner => refuse_foreign(path, &owner, &BTreeSet::new()),
    }
}

/// Refuses a folder with tables that are the user's: those of a folder without a card, and those that
/// the card does not list and that the new version, with the files `names`, does not replace.
pub(super) fn refuse_foreign(
    path: &Path,
    owner: &Owner,
    names: &BTreeSet<&str>,
) -> Result<(), DatasetError> {
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
            if is_table(&name) {
                return Err(failed(&entry.path(), action)(io::ErrorKind::AlreadyExists.into()));
            }
        }
    }
    Ok(())
}

pub(super) fn owner(path: &Path) -> Result<Owner, DatasetError> {
    let listed = |name: &str| match read_card(&path.join(name)) {
        Ok(card) => Ok(card.files.into_keys().collect()),
        Err(error) => {
            Err(DatasetError::CardInTheWay { file: path.join(name), reason: error.to_string() })
        }
    };
    let is_there = |name: &str| path.join(name).symlink_metadata().is_ok();
    match (is_there(CARD), is_there(REPLACED)) {
        (true, _) => Ok(Owner::Card(listed(CARD)?)),
        (false, true) => Ok(Owner::Interrupted(listed(REPLACED)?)),
        (false, false) => Ok(Owner::User),
    }
}

/// Whether a path within a dataset folder is that of a table.
pub(super) fn is_table(name: &str) -> bool {
    match name.strip_prefix("feedback/") {
        Some(file) => {
            !file.contains('/') && (file.ends_with(".parquet") || file.ends_with(".jsonl"))
        }
        None => name == "people.jsonl" || SHARDED.iter().any(|table| is_shard(name, table)),
    }
}

/// Whether a path within a dataset folder is one that writing a dataset makes.
pub(super) fn is_written(name: &str) -> bool {
    [CARD, REPLACED].contains(&name) || is_table(name)
}
