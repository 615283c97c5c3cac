//! How finished files take their place: complete and synced in a stage first, then all at once.
//!
//! A full disk shows while the new files are still in the stage, so the old state stays. A folder that
//! is there already changes places with the stage in one step, after the user's other files (sources,
//! licences) got a second name in it; the version before is then in the stage and goes. A process that
//! is killed leaves the one version or the other, whole.
//!
//! Where that cannot be (no such call, no hard links, a folder that is mounted, or that the process
//! itself works in), tables move in one by one: the card is put away first, each file is renamed on
//! its own, and the new card comes last. After an interruption there is then no card, so that no mix
//! of two versions is ever read. Folders are synced between these steps, so that a power cut leaves
//! what a killed process would.

use super::carry::carry;
use super::open::{CARD, REPLACED};
use super::own::{is_table, is_written, owner, refuse_foreign};
use super::stage::{Stage, parent, real};
use crate::DatasetError;
use crate::error::failed;
use medley_whole_file::{exchange, sync_folder};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Moves a complete staged version, with the data files `names`, to its place.
pub(crate) fn place<'a>(
    stage: Stage,
    names: impl Iterator<Item = &'a str>,
    path: &Path,
) -> Result<(), DatasetError> {
    place_stepwise(stage, &names.collect(), path, &|| {})
}

/// [`place`], which calls `stop` between any two changes to the disk, for tests of what a process
/// leaves that is killed there.
fn place_stepwise(
    stage: Stage,
    names: &BTreeSet<&str>,
    path: &Path,
    stop: &dyn Fn(),
) -> Result<(), DatasetError> {
    let version = stage.path();
    // Files of the stage may have been renamed since they were written.
    for folder in [&version.join("feedback"), version] {
        sync_folder(folder).map_err(failed(path, "sync a temporary folder beside it"))?;
    }
    stop();
    if !path.exists() {
        rename(version, path)?;
        stop();
        return sync(parent(path));
    }
    let before = written(path);
    refuse_foreign(path, &owner(path)?, names)?;
    let target = real(path);
    if is_movable(&target) && carry(&target, version).is_ok() {
        stop();
        if exchange(version, &target) {
            stop();
            // Not an error: the new version is there, and a power cut leaves one of the two.
            let _ = sync(parent(&target));
            stage.retire(&target, &|name| before.contains(name));
            return Ok(());
        }
    }
    replace(version, names, &target, stop)
}

/// Whether a folder can give its place to another: a process that works in it (and the shell that
/// started it) would be left in one that is gone.
fn is_movable(target: &Path) -> bool {
    let works_in_it = std::env::current_dir().is_ok_and(|current| current.starts_with(target));
    target.is_dir() && !works_in_it
}

/// The files of the version that is there.
fn written(path: &Path) -> BTreeSet<String> {
    let of = |within: &'static str| {
        let entries = fs::read_dir(path.join(within)).into_iter().flatten().flatten();
        entries.map(move |entry| format!("{within}{}", entry.file_name().to_string_lossy()))
    };
    of("").chain(of("feedback/")).filter(|name| is_written(name)).collect()
}

fn replace(
    stage: &Path,
    names: &BTreeSet<&str>,
    path: &Path,
    stop: &dyn Fn(),
) -> Result<(), DatasetError> {
    let feedback = path.join("feedback");
    fs::create_dir_all(&feedback).map_err(failed(&feedback, "make folder"))?;
    let (card, replaced) = (path.join(CARD), path.join(REPLACED));
    if card.exists() {
        rename(&card, &replaced)?;
    }
    sync(path)?;
    stop();
    for name in names {
        rename(&stage.join(name), &path.join(name))?;
        stop();
    }
    remove_stale(path, "", names)?;
    remove_stale(path, "feedback/", names)?;
    sync(&feedback)?;
    sync(path)?;
    stop();
    rename(&stage.join(CARD), &card)?;
    sync(path)?;
    stop();
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
        let name = format!("{within}{name}");
        if is_table(&name) && !names.contains(name.as_str()) {
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

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
