//! Source files of importers: plain or gzip, JSON with the place of a mistake.

use crate::ImportError;
use medley_feedback::{Checked, Record};
use serde::de::DeserializeOwned;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A source file in memory, uncompressed.
pub(crate) struct Source {
    pub file: PathBuf,
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads a file; gzip is told by its first bytes, whatever the name says.
    pub fn read(file: &Path) -> Result<Self, ImportError> {
        let raw =
            fs::read(file).map_err(|source| ImportError::Io { file: file.to_owned(), source })?;
        if !raw.starts_with(&[0x1f, 0x8b]) {
            return Ok(Self { file: file.to_owned(), bytes: raw });
        }
        let mut bytes = Vec::new();
        match flate2::read::MultiGzDecoder::new(&raw[..]).read_to_end(&mut bytes) {
            Ok(_) => Ok(Self { file: file.to_owned(), bytes }),
            Err(error) => {
                Err(ImportError::Gzip { file: file.to_owned(), message: error.to_string() })
            }
        }
    }

    /// The whole file as one JSON value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ImportError> {
        self.parse(&self.bytes, 0)
    }

    /// A JSON value a line; empty lines are skipped.
    pub fn json_lines<T: DeserializeOwned>(&self) -> Result<Vec<T>, ImportError> {
        let lines = self.bytes.split(|&byte| byte == b'\n').enumerate();
        let full = lines.filter(|(_, text)| !text.trim_ascii().is_empty());
        full.map(|(line, text)| self.parse(text, line)).collect()
    }

    fn parse<T: DeserializeOwned>(&self, text: &[u8], line: usize) -> Result<T, ImportError> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let fail = |path: String, error: &serde_json::Error| ImportError::Json {
            file: self.file.clone(),
            line: line + error.line(),
            column: error.column(),
            path,
            message: error.to_string(),
        };
        let value = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| fail(error.path().to_string(), error.inner()))?;
        deserializer.end().map_err(|error| fail("the end".to_owned(), &error))?;
        Ok(value)
    }

    /// An item that cannot be right.
    pub fn item(
        &self,
        item: &str,
        field: &str,
        expected: impl ToString,
        found: impl ToString,
    ) -> ImportError {
        ImportError::Item {
            file: self.file.clone(),
            item: item.to_owned(),
            field: field.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    /// Checks a record that an importer put together.
    pub fn checked<R: Record>(&self, record: R) -> Result<Checked<R>, ImportError> {
        Checked::new(record)
            .map_err(|source| ImportError::Record { file: self.file.clone(), source })
    }
}
