//! One table, several files as one, text files whose lines belong together, or episodes?

use super::episodes::{Episodes, look_at_episodes};
use super::kind::{Kind, kind};
use super::line_files::{Lines, look_at_lines};
use super::pieces::{Piece, Pieces, pieces};
use super::table::{Sight, look, look_through};
use super::unlike::unlike;
use crate::rows::refusal::unfit;
use crate::rows::shards;
use crate::{ImportError, Reading};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Rows of one file, or of several with the same columns.
    Table(Sight),
    /// Text files whose n-th lines belong together.
    Lines(Lines),
    /// Episodes in HDF5.
    Episodes(Episodes),
}

/// Looks at a file, a folder, an archive, or at several files, of which there is at least one.
///
/// # Errors
/// A file cannot be read to its end, or has no row that can be read. Several files are neither one table
/// nor have lines that belong together: what each of them is, and what can be done.
pub fn look_at(sources: &[PathBuf], reading: &Reading<'_>) -> Result<Seen, ImportError> {
    let Some(pieces) = pieces(sources, reading)? else { return one(&sources[0], reading) };
    let mut kinds = Vec::new();
    for piece in &pieces.files {
        kinds.push(kind(piece, reading)?);
    }
    let of_folder = match sources {
        [folder] if !pieces.is_archive => Some(folder),
        _ => None,
    };
    if let Some(file) = of_folder.and_then(|folder| hdf5(folder, &pieces, &kinds)) {
        return look_at_episodes(&pieces.root, &file, reading).map(Seen::Episodes);
    }
    if pieces.files.is_empty() && pieces.folders.is_empty() {
        return Err(unfit(&pieces.root, "files of rows", "none"));
    }
    let files: Vec<PathBuf> = pieces.files.iter().map(|piece| piece.file.clone()).collect();
    let has_only_files = pieces.folders.is_empty();
    if has_only_files && files.len() > 1 && kinds.iter().all(is_lines) && !has_header(&kinds) {
        return look_at_lines(&pieces, reading).map(Seen::Lines);
    }
    // An import reads the files of a folder as one table where their endings are alike.
    let are_shards = of_folder.is_none_or(|folder| shards::shards(folder).is_ok());
    let is_one = has_only_files && !pieces.is_archive && are_shards && are_alike(&kinds);
    match is_one {
        true => together(&pieces.root, &files, &kinds, reading).map(Seen::Table),
        false => Err(unlike(&pieces, &kinds)),
    }
}

fn one(file: &Path, reading: &Reading<'_>) -> Result<Seen, ImportError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let piece = Piece { name, file: file.to_owned(), member: None };
    match kind(&piece, reading)? {
        Kind::Hdf5 => look_at_episodes(file, file, reading).map(Seen::Episodes),
        _ => look(file, reading).map(Seen::Table),
    }
}

fn together(
    root: &Path,
    files: &[PathBuf],
    kinds: &[Kind],
    reading: &Reading<'_>,
) -> Result<Sight, ImportError> {
    let mut sight = look_through(root, files, reading)?;
    if files.len() > 1 {
        let note = format!("Read {} files as one table: {}.", files.len(), shards::names(files));
        sight.notes.insert(0, note);
    }
    let partial = partial(kinds);
    if !partial.is_empty() {
        let names: Vec<String> = partial.iter().map(|name| format!("`{name}`")).collect();
        sight.notes.push(format!("Not in each of these files: {}.", names.join(", ")));
    }
    Ok(sight)
}

/// Columns that some files have and others do not.
fn partial(kinds: &[Kind]) -> BTreeSet<String> {
    let tables: Vec<&BTreeSet<String>> = kinds.iter().filter_map(columns).collect();
    let is_partial = |name: &&String| !tables.iter().all(|it| it.contains(name.as_str()));
    tables.iter().copied().flatten().filter(is_partial).cloned().collect()
}

fn columns(kind: &Kind) -> Option<&BTreeSet<String>> {
    match kind {
        Kind::Table(columns) => Some(columns),
        _ => None,
    }
}

/// The one file of episodes in a folder; Minari has it in a folder of its own.
fn hdf5(folder: &Path, pieces: &Pieces, kinds: &[Kind]) -> Option<PathBuf> {
    let found = pieces.files.iter().zip(kinds).filter(|(_, kind)| **kind == Kind::Hdf5);
    let mut found: Vec<PathBuf> = found.map(|(piece, _)| piece.file.clone()).collect();
    found.extend(Some(folder.join("data/main_data.hdf5")).filter(|file| file.is_file()));
    if found.len() == 1 { found.pop() } else { None }
}

fn is_lines(kind: &Kind) -> bool {
    matches!(kind, Kind::Lines(_))
}

/// Whether all texts begin with the same line of several cells, as pieces of one table do.
fn has_header(kinds: &[Kind]) -> bool {
    let first = |kind: &Kind| match kind {
        Kind::Lines(first) => Some(first.clone()),
        _ => None,
    };
    let lines: Option<BTreeSet<String>> = kinds.iter().map(first).collect();
    lines.is_some_and(|lines| {
        lines.len() == 1 && lines.iter().all(|line| line.contains([',', ';', '\t', '|']))
    })
}

/// Whether files are pieces of one table: each has at least half of the columns that it and the first have.
fn are_alike(kinds: &[Kind]) -> bool {
    if kinds.len() == 1 && is_lines(&kinds[0]) || has_header(kinds) {
        return true;
    }
    let Some(all) = kinds.iter().map(columns).collect::<Option<Vec<&BTreeSet<String>>>>() else {
        return false;
    };
    let Some(first) = all.first() else { return false };
    let is_alike = |other: &&BTreeSet<String>| {
        2 * first.intersection(other).count() >= first.union(other).count()
    };
    all.iter().all(is_alike)
}
