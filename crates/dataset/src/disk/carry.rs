//! How do the user's own files come along when a folder changes places with its next version, and how
//! does the version before go?
//!
//! Files come along as second names of themselves (hard links): their bytes, owners and times are the
//! same, and whoever writes to them meanwhile writes to both. Where a file system has no hard links
//! nothing is copied; the caller then leaves the folder where it is and moves the tables in. What goes
//! is only what a dataset consists of, and what still has its other name: a file that came to the old
//! folder at the last moment is moved on, and one that nobody can place stays.

use super::own::is_written;
use medley_whole_file::sync_folder;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// Gives everything in `from` that is not the dataset's a second name in `to`. Folders are made anew
/// with the same mode and owner; `from` itself passes these on to `to`.
pub(super) fn carry(from: &Path, to: &Path) -> io::Result<()> {
    carry_folder(from, to, "", &fs::metadata(from)?)
}

fn carry_folder(from: &Path, to: &Path, within: &str, top: &Metadata) -> io::Result<()> {
    for entry in fs::read_dir(from.join(within))? {
        let entry = entry?;
        let Some(name) = name(within, &entry) else {
            return Err(io::Error::other("a name that is no Unicode"));
        };
        let found = entry.metadata()?; // of a link, not of what it leads to
        if found.is_dir() {
            if !is_of_file_system(&found, top) {
                return Err(io::Error::other("another file system is mounted in it"));
            }
            fs::create_dir_all(to.join(&name))?;
            carry_folder(from, to, &name, top)?;
        } else if name == "feedback" {
            return Err(io::Error::other("feedback lies elsewhere"));
        } else if !is_written(&name) {
            fs::hard_link(entry.path(), to.join(&name))?;
        }
    }
    let folder = to.join(within);
    adopt(&folder, &fs::metadata(from.join(within))?)?;
    sync_folder(&folder)
}

/// The path within the dataset, apart by `/`.
fn name(within: &str, entry: &fs::DirEntry) -> Option<String> {
    let file = entry.file_name();
    let file = file.to_str()?;
    Some(if within.is_empty() { file.to_owned() } else { format!("{within}/{file}") })
}

/// Removes a folder of a version that was replaced, or that never took its place: what `is_ours` says
/// of paths within it, and second names. Other files go to their place in `next` if that is free.
/// What remains is listed, and is neither lost nor in the way.
pub(super) fn retire(
    old: &Path,
    next: Option<&Path>,
    is_ours: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let mut kept = Vec::new();
    retire_folder(old, next, "", is_ours, &mut kept);
    kept.sort();
    kept
}

fn retire_folder(
    old: &Path,
    next: Option<&Path>,
    within: &str,
    is_ours: &dyn Fn(&str) -> bool,
    kept: &mut Vec<String>,
) {
    let folder = old.join(within);
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), name(within, &entry));
        let (Some(name), Ok(found)) = (name, entry.metadata()) else {
            kept.push(path.display().to_string());
            continue;
        };
        if found.is_dir() {
            retire_folder(old, next, &name, is_ours, kept);
            continue;
        }
        let has_gone = match is_ours(&name) || has_other_name(&found) {
            true => fs::remove_file(&path).is_ok(),
            false => next.is_some_and(|next| move_to_free(&path, &next.join(&name))),
        };
        if !has_gone {
            kept.push(name);
        }
    }
    // It stays where something is left in it.
    let _ = fs::remove_dir(&folder);
}

/// Moves a file by a second name, which unlike a rename never replaces another file.
fn move_to_free(from: &Path, to: &Path) -> bool {
    to.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok())
        && fs::hard_link(from, to).is_ok()
        && fs::remove_file(from).is_ok()
}

#[cfg(unix)]
fn has_other_name(found: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(found) > 1
}

#[cfg(not(unix))]
fn has_other_name(_: &Metadata) -> bool {
    false
}

/// Whether a folder is of the file system of another.
#[cfg(unix)]
pub(super) fn is_of_file_system(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev()
}

#[cfg(not(unix))]
pub(super) fn is_of_file_system(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Gives a folder the owner and the mode of another.
#[cfg(unix)]
fn adopt(folder: &Path, of: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let own = fs::metadata(folder)?;
    if (own.uid(), own.gid()) != (of.uid(), of.gid()) {
        chown(folder, Some(of.uid()), Some(of.gid()))?;
    }
    fs::set_permissions(folder, of.permissions())
}

#[cfg(not(unix))]
fn adopt(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}
