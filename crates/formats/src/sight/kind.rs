//! What is one file among several?

use super::pieces::Piece;
use crate::rows::content::open_lines;
use crate::rows::{Found, each_found};
use crate::{Dialect, ImportError, Reading};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;

/// What a file is, by its ending, its first lines, or the first bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Text in lines, of which this is the first.
    Lines(String),
    /// A table with these columns.
    Table(BTreeSet<String>),
    /// Arrays of numbers.
    Hdf5,
    /// Nothing that can be read, and why not.
    Other(String),
}

/// Endings of tables, whatever their first lines look like.
const TABLES: [&str; 9] =
    ["csv", "tsv", "json", "jsonl", "ndjson", "parquet", "arrow", "feather", "ipc"];
const PACKINGS: [&str; 5] = ["gz", "zst", "xz", "bz2", "bz"];
/// Rows by which the columns of a table are told.
const ROWS: usize = 200;
/// Lines by which text in lines is told from a table, and bytes of these.
const LINES: usize = 10;
const BYTES: u64 = 64 << 10;

/// What a file is.
///
/// # Errors
/// It is not there, or may not be read.
pub(super) fn kind(piece: &Piece, reading: &Reading<'_>) -> Result<Kind, ImportError> {
    let reading = piece.reading(reading);
    let is_table = ending(&piece.name).is_some_and(|ending| TABLES.contains(&ending));
    let beginning = match is_table {
        true => Beginning::NoText,
        false => beginning(piece, &reading)?,
    };
    match beginning {
        Beginning::Lines(lines) if !is_rows(&lines) => {
            Ok(Kind::Lines(lines.into_iter().next().unwrap_or_default()))
        }
        Beginning::NoUtf8 => Ok(Kind::Other("binary data, or text that is not UTF-8".to_owned())),
        _ => columns(piece, &reading).or_else(|error| refused(&error).ok_or(error)),
    }
}

/// The last part of a name that is no packing.
fn ending(name: &str) -> Option<&str> {
    parts(name).last().copied()
}

/// The parts of a file's name that points set apart, without packings.
pub(super) fn parts(name: &str) -> Vec<&str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let mut parts: Vec<&str> = file.split('.').filter(|part| !part.is_empty()).collect();
    while parts.len() > 1 && parts.last().is_some_and(|last| PACKINGS.contains(last)) {
        parts.pop();
    }
    parts
}

/// How a file begins.
enum Beginning {
    Lines(Vec<String>),
    /// It may be text in another encoding.
    NoUtf8,
    /// It is of a known kind that is no text, or cannot be read.
    NoText,
}

fn beginning(piece: &Piece, reading: &Reading<'_>) -> Result<Beginning, ImportError> {
    let reader = match open_lines(&piece.file, reading) {
        Ok(reader) => reader,
        Err(error @ ImportError::Io { .. }) => return Err(error),
        Err(_) => return Ok(Beginning::NoText),
    };
    let mut bytes = Vec::new();
    if reader.take(BYTES).read_to_end(&mut bytes).is_err() {
        return Ok(Beginning::NoText);
    }
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        // A character may be cut in two at the end.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Ok(Beginning::NoUtf8),
    };
    Ok(Beginning::Lines(text.lines().take(LINES).map(str::to_owned).collect()))
}

/// Whether lines are JSON, or cells between tabs.
fn is_rows(lines: &[String]) -> bool {
    let Some(first) = lines.iter().find(|line| !line.trim().is_empty()) else { return false };
    let is_json = match first.trim() {
        "{" | "[" | "[{" => true,
        text => serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object()),
    };
    let tabs = first.matches('\t').count();
    is_json || (tabs > 0 && lines.iter().all(|line| line.matches('\t').count() == tabs))
}

/// The columns of a table.
fn columns(piece: &Piece, reading: &Reading<'_>) -> Result<Kind, ImportError> {
    let (mut columns, mut rows) = (BTreeSet::new(), 0);
    let read = each_found(&piece.file, Dialect::Quoted, reading, &mut |found| {
        if let Found::Row(Ok(row)) = found {
            rows += 1;
            columns.extend(row.fields.keys().cloned());
            if rows == ROWS {
                return Err(row.place.wrong("row", "the last that is needed", "enough")); // stops the reading
            }
        }
        Ok(())
    });
    match (rows, read) {
        (ROWS, _) | (1.., Ok(())) => Ok(Kind::Table(columns)),
        (_, Ok(())) => Ok(Kind::Other("a table without rows".to_owned())),
        (_, Err(error)) => Err(error),
    }
}

/// What an error says is there, if the file can be read at all.
fn refused(error: &ImportError) -> Option<Kind> {
    match error {
        ImportError::Io { .. } => None,
        ImportError::File { found, .. } if found.starts_with("HDF5") => Some(Kind::Hdf5),
        ImportError::File { found, .. } => Some(Kind::Other(found.clone())),
        ImportError::Damaged { message, .. } => Some(Kind::Other(format!("damaged: {message}"))),
        other => Some(Kind::Other(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_ending_and_its_first_lines() {
        let check = |name: &str, content: &[u8], expect: &str| {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            std::fs::write(&file, content).unwrap();
            let piece = Piece { name: name.to_owned(), file, member: None };
            let told = match kind(&piece, &Reading::default()).unwrap() {
                Kind::Lines(first) => format!("lines {first}"),
                Kind::Table(columns) => format!("table {columns:?}"),
                Kind::Hdf5 => "HDF5".to_owned(),
                Kind::Other(found) => found,
            };
            assert_eq!(told, expect, "{name}");
        };
        check("dev.src", b"Well, so.\nNo, no.\n", "lines Well, so.");
        check("dev.mt", b"[So] it is\n{no}\n", "lines [So] it is");
        check("dev.tags", b"", "lines ");
        check("dev.txt", b"a\tb\n1\t2\n", "table {\"a\", \"b\"}");
        check("dev.txt", b"a\tb\n1\n", "lines a\tb");
        check("dev.csv", b"a\n1\n", "table {\"a\"}");
        check("dev.csv", b"", "an empty file");
        check("dev.csv", b"a,b\n", "a table without rows");
        check("dev.dat", b"{\"a\": 1}\n", "table {\"a\"}");
        check("dev.dat", b"{\n\"a\": 1}\n", "table {\"a\"}");
        check("dev.src", b"\0\x01\x02", "binary data");
        check("dev.src", b"caf\xe9\n", "binary data, or text that is not UTF-8");
        check("dev.h5", b"\x89HDF\r\n\x1a\n", "HDF5");
        let small = "damaged: EOF: Parquet file too small. Size is 4 but need 8";
        check("dev.parquet", b"PAR1", small);
    }

    #[test]
    fn parts_of_a_name_are_apart_by_points() {
        let check = |name: &str, expect: &[&str]| assert_eq!(parts(name), expect, "{name}");
        check("d/dev.src", &["dev", "src"]);
        check("dev.src-mt.alignments.gz", &["dev", "src-mt", "alignments"]);
        check("gz", &["gz"]);
    }
}
