//! A file of events that grows while something runs.

use crate::message::{scalars, version};
use crate::record::record;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file in the folder of a run. TensorBoard joins all files of a folder, so that whoever goes on with a
/// run begins a new one and changes none that is there.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Begins a file in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// As the file system.
    pub fn begin(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let now = wall_secs();
        let (file, path) = new_file(folder, now as u64)?;
        let mut events = Self { path, file };
        events.append(&version(now))?;
        Ok(events)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds scalars of a step, by tag: `part/name` are shown together by part. Numbers are kept in single
    /// precision.
    ///
    /// # Errors
    /// As the file system.
    pub fn scalars(&mut self, step: u64, values: &[(String, f64)]) -> Result<()> {
        self.append(&scalars(wall_secs(), step, values))
    }

    /// One call of the system for a record: who reads meanwhile finds none in pieces, as far as the
    /// system has it.
    fn append(&mut self, message: &[u8]) -> Result<()> {
        self.file.write_all(&record(message))
    }
}

/// A file that nobody else has: several processes may begin one in the same second.
fn new_file(folder: &Path, secs: u64) -> Result<(File, PathBuf)> {
    let process = std::process::id();
    let mut number = 0;
    loop {
        let path = folder.join(format!("events.out.tfevents.{secs:010}.medley.{process}.{number}"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            opened => return Ok((opened?, path)),
        }
    }
}

/// Seconds since 1970. They are shown beside the numbers and reach no other result.
fn wall_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths of the records in a file.
    fn lengths(mut bytes: &[u8]) -> Vec<u64> {
        let mut lengths = Vec::new();
        while !bytes.is_empty() {
            let length = u64::from_le_bytes(bytes[..8].try_into().unwrap());
            bytes = &bytes[8 + 4 + length as usize + 4..];
            lengths.push(length);
        }
        lengths
    }

    #[test]
    fn files_are_begun_anew_and_only_grow() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = EventFile::begin(&folder.path().join("run")).unwrap();
        let head = fs::read(first.path()).unwrap();
        assert_eq!(lengths(&head), [9 + 2 + 13]);
        first.scalars(1, &[("a".to_owned(), 0.5), ("b".to_owned(), f64::NAN)]).unwrap();
        let grown = fs::read(first.path()).unwrap();
        assert!(grown.starts_with(&head));
        assert_eq!(lengths(&grown), [24, 9 + 2 + 2 + 2 * 10]);
        let second = EventFile::begin(&folder.path().join("run")).unwrap();
        assert_ne!(first.path(), second.path());
        assert_eq!(fs::read(first.path()).unwrap(), grown);
    }
}
