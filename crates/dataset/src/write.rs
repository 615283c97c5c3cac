//! How a dataset is written: complete beside the target first, then renamed into place.
//!
//! A full disk shows while the new files are still beside the old ones, so the old state stays.
//! In a dataset folder that is already there the card is put away first, each file is renamed on its
//! own, and the new card comes last: other files of the folder (sources, licences) stay, and after
//! an interruption there is no card, so that no mix of two versions is ever read. Tables in a folder
//! that never had a card are the user's, and are never replaced.

use crate::parquet::{Cells, encode};
use crate::steps::{StepContent, Steps};
use crate::{Dataset, DatasetError, Groups, Segments, rows};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of the data files, by path within the folder.
type Files = BTreeMap<String, Vec<u8>>;

impl Dataset {
    /// Writes the folder, and the hashes of its files into its card.
    ///
    /// # Errors
    /// The file system refuses, a record does not have the types of its columns, or the folder holds
    /// tables and no card. What was there before stays as it was, unless the file system refuses
    /// between two renames: then the folder has no card until it is written again.
    pub fn write(&self, path: &Path) -> Result<(), DatasetError> {
        let files = self.files()?;
        let mut card = self.card.clone();
        card.schema = medley_feedback::SCHEMA_VERSION;
        card.files = files.iter().map(|(name, bytes)| (name.clone(), hash(bytes))).collect();
        let card = toml::to_string(&card).map_err(|error| DatasetError::CardOut {
            name: self.card.name.clone(),
            message: error.to_string(),
        })?;
        let stage = stage(&files, &card, path)?;
        place(stage.path(), files.keys().map(String::as_str), path)
    }

    fn files(&self) -> Result<Files, DatasetError> {
        let mut files = Files::new();
        fn add(
            files: &mut Files,
            name: &str,
            rows: usize,
            columns: Vec<(&str, Cells)>,
        ) -> Result<(), DatasetError> {
            let bytes = encode(rows, columns).map_err(|message| {
                let file = PathBuf::from(name);
                DatasetError::Parquet { file, message }
            })?;
            files.insert(name.to_owned(), bytes);
            Ok(())
        }
        add(&mut files, "groups.parquet", self.groups.len(), group_columns(&self.groups))?;
        let steps = step_columns(&self.segments.steps);
        add(&mut files, "steps.parquet", self.segments.step_count(), steps)?;
        let segments = segment_columns(&self.segments, &self.groups);
        add(&mut files, "segments.parquet", self.segments.len(), segments)?;
        for (kind, feedback) in self.feedback() {
            let table = feedback.whole()?;
            match &table.columns {
                Some(columns) => {
                    let columns = rows::to_columns(&table, columns)?;
                    add(
                        &mut files,
                        &format!("feedback/{kind}.parquet"),
                        table.rows.len(),
                        columns,
                    )?;
                }
                None => {
                    files.insert(format!("feedback/{kind}.jsonl"), rows::to_jsonl(&table));
                }
            }
        }
        Ok(files)
    }
}

/// Blake3 hash in hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Blake3 hash of a file, without having it in memory.
pub(crate) fn hash_file(file: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(file)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn group_columns(groups: &Groups) -> Vec<(&'static str, Cells)> {
    let all = || 0..groups.len();
    vec![
        ("group", Cells::Text(all().map(|g| Some(groups.id(g).to_owned())).collect())),
        ("prompt", Cells::Text(all().map(|g| groups.prompt(g).map(str::to_owned)).collect())),
        ("context", Cells::Text(all().map(|g| groups.context(g).map(str::to_owned)).collect())),
    ]
}

/// One column for each feature of `[row, feature]`.
pub(crate) fn control_columns<'a>(names: &'a [String], values: &[f32]) -> Vec<(&'a str, Cells)> {
    let column = |i| values.iter().skip(i).step_by(names.len()).copied().map(Some).collect();
    names.iter().enumerate().map(|(i, name)| (name.as_str(), Cells::Single(column(i)))).collect()
}

fn step_columns(steps: &Steps) -> Vec<(&str, Cells)> {
    let mut columns: Vec<(&str, Cells)> = match &steps.content {
        StepContent::Text { texts, spans } => vec![
            ("text", Cells::Text(texts.iter().cloned().map(Some).collect())),
            ("first_char", Cells::Integer(spans.iter().map(|s| Some(s.start.into())).collect())),
            ("end_char", Cells::Integer(spans.iter().map(|s| Some(s.end.into())).collect())),
        ],
        StepContent::Control { names, values } => {
            control_columns(names, &values.range(0..values.len()))
        }
    };
    if let Some(rewards) = &steps.rewards {
        columns.push(("reward", Cells::Float(rewards.iter().copied().map(Some).collect())));
    }
    columns
}

fn segment_columns(segments: &Segments, groups: &Groups) -> Vec<(&'static str, Cells)> {
    let all = || 0..segments.len();
    let names = |i| segments.groups(i).iter().map(|&g| groups.id(g as usize).to_owned()).collect();
    let number = |x: usize| Some(x as i64);
    vec![
        ("segment", Cells::Text(all().map(|i| Some(segments.id(i).0.clone())).collect())),
        ("groups", Cells::TextList(all().map(|i| Some(names(i))).collect())),
        ("first_step", Cells::Integer(all().map(|i| number(segments.steps(i).start)).collect())),
        ("steps", Cells::Integer(all().map(|i| number(segments.steps(i).len())).collect())),
        ("text", Cells::Text(all().map(|i| segments.text(i).map(str::to_owned)).collect())),
    ]
}

/// A complete folder beside the target. It goes away by itself unless it was renamed.
fn stage(files: &Files, card: &str, path: &Path) -> Result<tempfile::TempDir, DatasetError> {
    let stage = empty_stage(path)?;
    for (name, bytes) in files {
        write_synced(&stage.path().join(name), bytes).map_err(failed(&path.join(name), "write"))?;
    }
    let name = "dataset.toml";
    write_synced(&stage.path().join(name), card.as_bytes())
        .map_err(failed(&path.join(name), "write"))?;
    Ok(stage)
}

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
    refuse_foreign(path)?;
    replace(stage, &names.collect(), path)
}

/// Card of the version before, while the new one takes its place.
const REPLACED: &str = ".dataset.toml.replaced";

/// Without a card, tables that are already there are the user's.
pub(crate) fn refuse_foreign(path: &Path) -> Result<(), DatasetError> {
    let has = |name: &str| path.join(name).exists();
    if !path.is_dir() || has("dataset.toml") || has(REPLACED) {
        return Ok(());
    }
    for within in ["", "feedback/"] {
        for entry in fs::read_dir(path.join(within)).into_iter().flatten().flatten() {
            if is_table(&entry.file_name().to_string_lossy(), within) {
                let action = "replace it, as its folder has no dataset.toml and so is not ours";
                return Err(failed(&entry.path(), action)(io::ErrorKind::AlreadyExists.into()));
            }
        }
    }
    Ok(())
}

/// Whether a file name within a dataset folder is that of a table.
fn is_table(name: &str, within: &str) -> bool {
    match within {
        "" => crate::open::SHARDED.iter().any(|table| crate::open::is_shard(name, table)),
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

pub(crate) fn failed(file: &Path, action: &'static str) -> impl FnOnce(io::Error) -> DatasetError {
    let file: PathBuf = file.to_owned();
    move |source| DatasetError::Io { file, action, source }
}
