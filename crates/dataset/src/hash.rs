//! Hashes: of the bytes of a file, and of values whatever file holds them.

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
pub(crate) struct Hasher(blake3::Hasher);

impl Hasher {
    /// Adds the digest of what was hashed apart.
    pub fn part(&mut self, digest: &[u8; 32]) {
        self.0.update(digest);
    }

    pub fn digest(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The digest in hexadecimal digits.
    pub fn hex(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }

    pub fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
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
            Value::Number(number) => {
                self.number(3);
                self.number(number.as_f64().unwrap_or(f64::NAN).to_bits());
            }
            Value::String(text) => {
                self.number(4);
                self.text(text);
            }
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
