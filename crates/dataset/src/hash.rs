//! Hashes: of the bytes of a file, and of values whatever file holds them.

use crate::parquet::Cells;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Blake3 hash in hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Blake3 hash of a file, without having it in memory.
pub(crate) fn hash_file(file: &Path) -> io::Result<String> {
    medley_whole_file::check_regular(file)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(file)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Feeds values with their length, so that neighbours cannot run into each other.
#[derive(Default)]
pub(crate) struct Hasher {
    inner: blake3::Hasher,
    /// Bytes that are still to be hashed: many at a time take a fraction of the time of few.
    pending: Vec<u8>,
}

/// Bytes that are hashed at a time.
const AT_ONCE: usize = 1 << 16;

impl Hasher {
    fn update(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= AT_ONCE {
            self.inner.update(&self.pending);
            self.pending.clear();
        }
    }

    fn finish(mut self) -> blake3::Hash {
        self.inner.update(&self.pending);
        self.inner.finalize()
    }

    /// Adds the digest of what was hashed apart.
    pub fn part(&mut self, digest: &[u8; 32]) {
        self.update(digest);
    }

    pub fn digest(self) -> [u8; 32] {
        *self.finish().as_bytes()
    }

    /// The digest in hexadecimal digits.
    pub fn hex(self) -> String {
        self.finish().to_hex().to_string()
    }

    pub fn number(&mut self, number: u64) {
        self.update(&number.to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.update(text.as_bytes());
    }

    /// A cell that is there, as the JSON value that it is.
    pub fn cell(&mut self, cells: &Cells, row: usize) {
        let some = |number: Option<f64>| number.unwrap_or(f64::NAN);
        match cells {
            Cells::Text(texts) => self.json_text(texts.get(row).unwrap_or_default()),
            Cells::Single(cells) => self.json_number(some(cells[row].map(f64::from))),
            Cells::Float(cells) => self.json_number(some(cells[row])),
            Cells::Integer(cells) => self.json_number(some(cells[row].map(|whole| whole as f64))),
            Cells::Boolean(cells) => self.number(1 + u64::from(cells[row] == Some(true))),
            Cells::TextList(cells) => {
                self.list(cells[row].as_deref(), |it, text| it.json_text(text));
            }
            Cells::FloatList(cells) => {
                self.list(cells[row].as_deref(), |it, number| it.json_number(*number));
            }
            Cells::IntegerList(cells) => {
                self.list(cells[row].as_deref(), |it, whole| it.json_number(*whole as f64));
            }
            Cells::Missing => self.number(0),
        }
    }

    fn list<T>(&mut self, list: Option<&[T]>, add: impl Fn(&mut Self, &T)) {
        let list = list.unwrap_or_default();
        self.number(5);
        self.number(list.len() as u64);
        list.iter().for_each(|item| add(self, item));
    }

    fn json_text(&mut self, text: &str) {
        self.number(4);
        self.text(text);
    }

    fn json_number(&mut self, number: f64) {
        self.number(3);
        self.number(number.to_bits());
    }

    pub fn optional(&mut self, text: Option<&str>) {
        self.number(u64::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    pub fn map(&mut self, map: &Map<String, Value>) {
        let sorted: BTreeMap<_, _> = map.iter().collect();
        self.number(sorted.len() as u64);
        for (key, value) in sorted {
            self.text(key);
            self.value(value);
        }
    }

    /// Numbers as f64, since a JSON file may write 1.0 as 1.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.number(0),
            Value::Bool(truth) => self.number(1 + u64::from(*truth)),
            Value::Number(number) => self.json_number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => self.json_text(text),
            Value::Array(values) => {
                self.number(5);
                self.number(values.len() as u64);
                values.iter().for_each(|value| self.value(value));
            }
            Value::Object(map) => {
                self.number(6);
                self.map(map);
            }
        }
    }
}
