//! Which files are to be looked at?

use crate::rows::content::members;
use crate::rows::shards::is_about_data;
use crate::{ImportError, Reading};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// One of several files.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its path in the folder or the archive.
    pub name: String,
    /// The file itself, or the archive that it is in.
    pub file: PathBuf,
    /// Its path in the archive, if it is in one.
    pub member: Option<String>,
}

impl Piece {
    /// How it is read.
    pub fn reading<'a>(&'a self, reading: &Reading<'a>) -> Reading<'a> {
        Reading { member: self.member.as_deref().or(reading.member), ..*reading }
    }
}

/// Several files, and where they are.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// The folder or the archive that all are in.
    pub root: PathBuf,
    /// Whether that is an archive.
    pub is_archive: bool,
    /// The files, in the order of their names, or as they were named.
    pub files: Vec<Piece>,
    /// Names of folders that stand beside them.
    pub folders: Vec<String>,
    /// Whether each file was named, so that somebody says that they belong together.
    pub are_named: bool,
}

/// The files of a folder, of an archive, or those that are named; none if that is one file.
pub(super) fn pieces(
    sources: &[PathBuf],
    reading: &Reading<'_>,
) -> Result<Option<Pieces>, ImportError> {
    match sources {
        [source] if source.is_dir() => of_folder(source).map(Some),
        [source] if reading.member.is_none() => of_archive(source, reading),
        [_] => Ok(None),
        several => of_several(several).map(Some),
    }
}

fn of_folder(folder: &Path) -> Result<Pieces, ImportError> {
    let refused = |source| ImportError::Io { file: folder.to_owned(), source };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(refused)? {
        let file = entry.map_err(refused)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match (is_about_data(&name), file.is_dir()) {
            (true, _) => {}
            (false, true) => folders.push(name),
            (false, false) => files.push(Piece { name, file, member: None }),
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    folders.sort();
    Ok(Pieces { root: folder.to_owned(), is_archive: false, files, folders, are_named: false })
}

/// An archive of one file is that file.
fn of_archive(archive: &Path, reading: &Reading<'_>) -> Result<Option<Pieces>, ImportError> {
    let Some(mut names) = members(archive, reading)? else { return Ok(None) };
    if names.len() < 2 {
        return Ok(None);
    }
    names.retain(|name| !is_about_data(name.rsplit('/').next().unwrap_or(name)));
    names.sort();
    let piece = |name: String| Piece { member: Some(name.clone()), name, file: archive.to_owned() };
    let files = names.into_iter().map(piece).collect();
    let root = archive.to_owned();
    Ok(Some(Pieces { root, is_archive: true, files, folders: Vec::new(), are_named: false }))
}

/// Files that are named, and those of folders that are.
fn of_several(sources: &[PathBuf]) -> Result<Pieces, ImportError> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for source in sources {
        if source.is_dir() {
            let inner = of_folder(source)?;
            files.extend(inner.files.into_iter().map(|piece| piece.file));
            folders.extend(inner.folders);
        } else {
            files.push(source.clone());
        }
    }
    let common = common(&files);
    let name = |file: &Path| {
        let within = file.strip_prefix(&common).unwrap_or(file);
        within.strip_prefix(".").unwrap_or(within).display().to_string()
    };
    let files = files
        .iter()
        .map(|file| Piece { name: name(file), file: file.clone(), member: None })
        .collect();
    let root = if common.as_os_str().is_empty() { PathBuf::from(".") } else { common };
    let are_named = sources.iter().all(|source| !source.is_dir());
    Ok(Pieces { root, is_archive: false, files, folders, are_named })
}

/// The folder that all files lie in.
fn common(files: &[PathBuf]) -> PathBuf {
    let parents = files.iter().map(|file| file.parent().unwrap_or(Path::new("")));
    let parts = |path: &Path| -> Vec<String> {
        let named = path.components().filter(|part| *part != Component::CurDir);
        named.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
    };
    let shared = parents.map(parts).reduce(|mut shared, other| {
        let length = shared.iter().zip(&other).take_while(|(one, other)| one == other).count();
        shared.truncate(length);
        shared
    });
    shared.unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_in_the_folder_that_they_share() {
        let check = |files: &[&str], expect: &str| {
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            assert_eq!(common(&files), Path::new(expect), "{files:?}");
        };
        check(&["a.src", "b.mt"], "");
        check(&["d/e/a.src", "d/e/b.mt"], "d/e");
        check(&["d/e/a.src", "d/f/b.mt"], "d");
        check(&["../d/a.src", "../b.mt"], "..");
        check(&["/d/a.src", "/e/b.mt"], "/");
        check(&["/d/a.src", "b.mt"], "");
    }
}
