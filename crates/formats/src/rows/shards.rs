//! Which files of a folder are one table in several pieces?

use crate::ImportError;
use crate::rows::refusal::unfit;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of a folder in the order of their names. What stands beside data is none of them: hidden
/// files, notes, licences, and what `datasets` of Hugging Face writes about a dataset.
///
/// # Errors
/// The folder has no such file, another folder, or files of several kinds by their endings.
pub(crate) fn shards(folder: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let refused = |source| ImportError::Io { file: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let file = entry.map_err(refused)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_about_data(&name) {
            continue;
        }
        if file.is_dir() {
            let found = format!("a folder `{name}`; read that one if the rows are there");
            return Err(unfit(folder, "files of rows", &found));
        }
        files.push((name, file));
    }
    files.sort();
    let Some((first, _)) = files.first() else {
        return Err(unfit(folder, "files of rows", "none"));
    };
    match files.iter().find(|(name, _)| kind(name) != kind(first)) {
        Some((other, _)) => {
            Err(unfit(folder, "files of one kind", &format!("`{first}` and `{other}`")))
        }
        None => Ok(files.into_iter().map(|(_, file)| file).collect()),
    }
}

const ABOUT: [&str; 5] =
    ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "metadata.json"];

/// Whether a file of this name stands beside data and is none.
pub(crate) fn is_about_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let notes = ["readme", "license", "licence", "notice", "changelog"];
    let endings = [".md", ".crc", ".py", ".toml", ".yaml", ".yml", ".pdf", ".sha256"];
    name.starts_with(['.', '_'])
        || ABOUT.contains(&name)
        || notes.iter().any(|note| lower.starts_with(note))
        || endings.iter().any(|ending| lower.ends_with(ending))
}

/// The last ending of a name that is no packing; those of JSON are one.
fn kind(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let packings = [".gz", ".zst", ".xz", ".bz2"];
    let bare = packings.iter().find_map(|packing| lower.strip_suffix(packing)).unwrap_or(&lower);
    match bare.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "json" | "jsonl" | "ndjson" => "json".to_owned(),
        ending => ending.to_owned(),
    }
}

/// The names of files, for a report: the first of them, and how many more.
pub(crate) fn names(files: &[PathBuf]) -> String {
    const SHOWN: usize = 10;
    let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shown: Vec<String> = files.iter().take(SHOWN).map(name).collect();
    match files.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
