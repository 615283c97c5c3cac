//! Shards: the files that a table may be cut into, by their names, and one shard of feedback.

use crate::error::failed;
use crate::hash::hash;
use crate::parquet::decode;
use crate::table::Table;
use crate::{DatasetError, rows};
use std::fs;
use std::path::Path;

/// Tables beside the feedback.
pub(crate) const SHARDED: [&str; 4] = ["groups", "people", "segments", "steps"];

/// Whether a file name is a shard of a table, or the whole of it.
pub(crate) fn is_shard(name: &str, table: &str) -> bool {
    let Some(rest) = name.strip_prefix(table).and_then(|rest| rest.strip_suffix(".parquet")) else {
        return false;
    };
    rest.is_empty()
        || rest.strip_prefix('-').is_some_and(|number| {
            number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Name of the table that a file belongs to: its own without ending and shard number.
pub(crate) fn table_of(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem.rsplit_once('-') {
        Some((table, _)) if is_shard(name, table) => table,
        _ => stem,
    }
}

/// Files of a table within the folder, in order; of one that is not there, the file that it should
/// be, since reading it says so.
pub(crate) fn shards(path: &Path, table: &str) -> Result<Vec<String>, DatasetError> {
    let names = shards_of(path, table)?;
    Ok(if names.is_empty() { vec![format!("{table}.parquet")] } else { names })
}

/// Files of a table that may be there or not, in order.
pub(crate) fn shards_of(path: &Path, table: &str) -> Result<Vec<String>, DatasetError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed(path, "list"))? {
        let name = entry.map_err(failed(path, "list"))?.file_name().to_string_lossy().into_owned();
        if is_shard(&name, table) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// A table of feedback, whose bytes have the hash that the card lists for them.
pub(crate) fn read_table(file: &Path, expected: Option<&str>) -> Result<Table, DatasetError> {
    let bytes = medley_whole_file::read(file).map_err(failed(file, "read"))?;
    if let Some(expected) = expected.filter(|&expected| expected != hash(&bytes)) {
        let (file, expected) = (file.to_owned(), expected.to_owned());
        return Err(DatasetError::Hash { file, expected, found: hash(&bytes) });
    }
    if file.extension().is_some_and(|end| end == "jsonl") {
        return rows::from_jsonl(file, &bytes);
    }
    let (rows, columns) = decode(bytes)
        .map_err(|message| DatasetError::Parquet { file: file.to_owned(), message })?;
    rows::from_columns(file.display().to_string(), rows, columns)
}
