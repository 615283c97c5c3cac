//! Vectors in an `.npy` file of NumPy, and the file of keys beside it.
//!
//! Format: NEP 1, "A Simple File Format for NumPy Arrays", versions 1 to 3.

use super::vectors::{Bytes, Item, Keys, Number, Vectors};
use crate::EncodeError;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads the header and the keys.
pub(super) fn open(path: &Path) -> Result<Vectors, EncodeError> {
    let mut file = File::open(path).map_err(EncodeError::io(path, "open"))?;
    let (start, text) = header(path, &mut file)?;
    let number = number(path, &text)?;
    let [rows, width] = shape(path, &text)?;
    let whole = file.metadata().map_err(EncodeError::io(path, "read"))?.len();
    let expected = width
        .checked_mul(number.size())
        .and_then(|row| row.checked_mul(rows))
        .and_then(|bytes| (bytes as u64).checked_add(start));
    if expected != Some(whole) {
        let expected = expected.map_or("less".to_owned(), |bytes| format!("{bytes} bytes"));
        return Err(EncodeError::file(path, "length", expected, whole.to_string()));
    }
    let keys = keys(path, rows)?;
    let items = Item::rows(rows, width, start, number);
    Ok(Vectors { file: path.to_owned(), keys, items, names: None, bytes: Bytes::Stored(file) })
}

/// The files of keys that are there.
pub(super) fn keys_files(path: &Path) -> Vec<PathBuf> {
    if path.extension().is_none_or(|ending| ending != "npy") {
        return Vec::new();
    }
    let beside = ["keys.txt", "keys.json"].map(|ending| path.with_extension(ending));
    beside.into_iter().filter(|file| file.exists()).collect()
}

/// Byte at which the numbers start, and the description of the array.
fn header(path: &Path, file: &mut File) -> Result<(u64, String), EncodeError> {
    let mut take = |count: usize| {
        let mut bytes = vec![0; count];
        file.read_exact(&mut bytes).map_err(EncodeError::io(path, "read the header"))?;
        Ok::<_, EncodeError>(bytes)
    };
    let magic = take(8)?;
    if magic[..6] != *b"\x93NUMPY" || !(1..=3).contains(&magic[6]) {
        let expected = "\\x93NUMPY and a version from 1 to 3";
        let found = magic.escape_ascii().to_string();
        return Err(EncodeError::file(path, "start of the file", expected, found));
    }
    let (width, length) = match (magic[6], take(2)?) {
        (1, b) => (2, u64::from(u16::from_le_bytes([b[0], b[1]]))),
        (_, low) => {
            let high = take(2)?;
            (4, u64::from(u32::from_le_bytes([low[0], low[1], high[0], high[1]])))
        }
    };
    if length > 1 << 20 {
        let found = length.to_string();
        return Err(EncodeError::file(path, "length of the header", "at most 1048576", found));
    }
    let text = String::from_utf8_lossy(&take(length as usize)?).into_owned();
    Ok((8 + width + length, text))
}

/// The text after `'name':`, up to where its value may end.
fn entry<'a>(text: &'a str, name: &str, end: &[char]) -> Option<&'a str> {
    let rest = text.split_once(&format!("'{name}':"))?.1.trim_start();
    Some(rest[..rest.find(end)?].trim())
}

fn number(path: &Path, text: &str) -> Result<Number, EncodeError> {
    if entry(text, "fortran_order", &[',', '}']) != Some("False") {
        let expected = "that of C (`numpy.ascontiguousarray`)";
        return Err(EncodeError::file(path, "order of the array", expected, text.trim()));
    }
    match entry(text, "descr", &[',', '}']) {
        Some("'<f2'") => Ok(Number::F16),
        Some("'<f4'") => Ok(Number::F32),
        Some("'<f8'") => Ok(Number::F64),
        other => {
            let found = other.unwrap_or("none");
            Err(EncodeError::file(path, "type", "'<f2', '<f4' or '<f8'", found))
        }
    }
}

/// Rows and features. Without features no byte of the file vouches for the number of rows.
fn shape(path: &Path, text: &str) -> Result<[usize; 2], EncodeError> {
    let found = entry(text, "shape", &[')']).unwrap_or("none");
    let numbers: Vec<Option<usize>> =
        found.trim_start_matches('(').split(',').map(|part| part.trim().parse().ok()).collect();
    match numbers[..] {
        [Some(_), Some(0)] => Err(EncodeError::file(path, "number of features", "at least 1", "0")),
        [Some(rows), Some(width)] => Ok([rows, width]),
        _ => Err(EncodeError::file(path, "shape", "(segments, features)", format!("{found})"))),
    }
}

fn keys(path: &Path, rows: usize) -> Result<Keys, EncodeError> {
    let files = keys_files(path);
    let file = match &files[..] {
        [] => return Ok(Keys::InOrder),
        [file] => file,
        _ => {
            return Err(EncodeError::file(path, "files of keys beside it", "at most one", "two"));
        }
    };
    let text = fs::read_to_string(file).map_err(EncodeError::io(file, "read"))?;
    let keys: Vec<String> = match file.extension().is_some_and(|ending| ending == "json") {
        false => text.lines().map(str::to_owned).collect(),
        true => serde_json::from_str(&text).map_err(|error| {
            EncodeError::file(file, "content", "a JSON list of texts", error.to_string())
        })?,
    };
    if keys.len() != rows {
        let expected = format!("{rows}, one a row of {}", path.display());
        return Err(EncodeError::file(file, "number of keys", expected, keys.len().to_string()));
    }
    Ok(Keys::Named(keys))
}
