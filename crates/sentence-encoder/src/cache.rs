//! Vectors that were computed before, on disk: one file for each model.
//!
//! A vector is found by the hash of the tokens that the model read, so that other options, another
//! split of the text or another dataset find what they share. The file is written whole, beside
//! the old one, and renamed; two processes at a time lose nothing but each other's news. It ends
//! with its own hash: a damaged file is set aside as if it were not there.
//!
//! Format, little-endian: the line [`MAGIC`], the fingerprint of the model (64 hexadecimal digits),
//! width (u32), count (u64), keys `[count, 32]` bytes, vectors `[count, width]` f32, blake3 of all
//! before.

use medley_dataset::{Budget, Values, ValuesWriter};
use medley_encoder::EncodeError;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// Hash of tokens.
pub(crate) type Key = [u8; 32];

/// Version of the file, and of the forward pass: another pass gives other numbers.
const MAGIC: &[u8] = b"medley embeddings 1\n";

/// Hash of tokens.
pub(crate) fn key(tokens: &[u32]) -> Key {
    let bytes: Vec<u8> = tokens.iter().flat_map(|token| token.to_le_bytes()).collect();
    *blake3::hash(&bytes).as_bytes()
}

/// The vectors of one model.
pub(crate) struct Cache {
    path: PathBuf,
    fingerprint: String,
    width: usize,
    budget: Budget,
    places: HashMap<Key, usize>,
    keys: Vec<Key>,
    stored: Values,
    fresh: Vec<f32>,
}

impl Cache {
    /// What the folder has for a model, and why that is nothing if a file was there.
    pub fn open(
        folder: &Path,
        fingerprint: &str,
        width: usize,
        budget: Budget,
    ) -> (Self, Option<String>) {
        let path = folder.join(format!("{}.embeddings", &fingerprint[..16]));
        let mut cache = Self {
            path,
            fingerprint: fingerprint.to_owned(),
            width,
            budget,
            places: HashMap::new(),
            keys: Vec::new(),
            stored: Vec::new().into(),
            fresh: Vec::new(),
        };
        let note = match cache.load() {
            Ok(()) => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(format!(
                "{} was not usable ({error}): everything was computed again",
                cache.path.display()
            )),
        };
        (cache, note)
    }

    /// Whether there is a vector.
    pub fn has(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    /// A vector that there is.
    pub fn get(&self, key: &Key) -> Cow<'_, [f32]> {
        let start = self.places[key] * self.width;
        match start.checked_sub(self.stored.len()) {
            None => self.stored.range(start..start + self.width),
            Some(start) => Cow::Borrowed(&self.fresh[start..start + self.width]),
        }
    }

    /// Adds a vector that there is not yet.
    pub fn insert(&mut self, key: Key, vector: &[f32]) {
        assert_eq!(vector.len(), self.width, "width of a vector");
        self.places.insert(key, self.keys.len());
        self.keys.push(key);
        self.fresh.extend_from_slice(vector);
    }

    /// Writes everything, and lets go of what exceeds the budget of memory.
    pub fn save(&mut self) -> Result<(), EncodeError> {
        medley_whole_file::write_with(&self.path, |file| self.write(file))
            .map_err(|error| EncodeError::Write(error.to_string()))?;
        self.load().map_err(EncodeError::io(&self.path, "read back"))
    }

    fn write(&self, file: impl Write) -> io::Result<()> {
        let mut file = Hashed::new(file);
        file.write_all(MAGIC)?;
        file.write_all(self.fingerprint.as_bytes())?;
        file.write_all(&(self.width as u32).to_le_bytes())?;
        file.write_all(&(self.keys.len() as u64).to_le_bytes())?;
        self.keys.iter().try_for_each(|key| file.write_all(key))?;
        let write = |file: &mut Hashed<_>, values: &[f32]| {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            file.write_all(&bytes)
        };
        for chunk in self.stored.chunks(AT_ONCE) {
            write(&mut file, &chunk)?;
        }
        for chunk in self.fresh.chunks(AT_ONCE) {
            write(&mut file, chunk)?;
        }
        let digest = file.hasher.finalize();
        file.inner.write_all(digest.as_bytes())
    }

    /// Replaces what is in memory by the file, if that is whole and of this model.
    fn load(&mut self) -> io::Result<()> {
        let opened = File::open(&self.path)?;
        let length = opened.metadata()?.len();
        let mut file = Hashed::new(BufReader::new(opened));
        let head = file.take_bytes(MAGIC.len() + 64)?;
        if head != [MAGIC, self.fingerprint.as_bytes()].concat() {
            return Err(damaged("another kind of file, or of another model"));
        }
        let sizes = file.take_bytes(12)?;
        let width = u32::from_le_bytes([sizes[0], sizes[1], sizes[2], sizes[3]]) as usize;
        let count = sizes[4..].iter().rev().fold(0, |count, &byte| count << 8 | u64::from(byte));
        let row = 32 + 4 * self.width as u64;
        let expected = count.checked_mul(row).and_then(|n| n.checked_add(head.len() as u64 + 44));
        if width != self.width || expected != Some(length) {
            return Err(damaged("cut off, or of another width"));
        }
        let mut keys = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let mut key = [0; 32];
            key.copy_from_slice(&file.take_bytes(32)?);
            keys.push(key);
        }
        let mut writer = ValuesWriter::within(self.budget.feature_bytes);
        let mut left = count as usize * width;
        while left > 0 {
            let bytes = file.take_bytes(4 * left.min(AT_ONCE))?;
            let number = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            let values: Vec<f32> = bytes.chunks_exact(4).map(number).collect();
            writer.push(&values)?;
            left -= values.len();
        }
        let found = file.hasher.finalize();
        if file.take_bytes(32)? != found.as_bytes() {
            return Err(damaged("its hash is another"));
        }
        self.places = keys.iter().copied().enumerate().map(|(place, key)| (key, place)).collect();
        self.keys = keys;
        self.stored = writer.finish()?;
        self.fresh = Vec::new();
        Ok(())
    }
}

/// Numbers that are read or written at a time.
const AT_ONCE: usize = 1 << 16;

fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Hashes what goes through.
struct Hashed<T> {
    inner: T,
    hasher: blake3::Hasher,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, hasher: blake3::Hasher::new() }
    }
}

impl<T: Read> Hashed<T> {
    fn take_bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.inner.read_exact(&mut bytes)?;
        self.hasher.update(&bytes);
        Ok(bytes)
    }
}

impl<T: Write> Hashed<T> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.inner.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn open(folder: &Path) -> (Cache, Option<String>) {
        Cache::open(folder, &"ab".repeat(32), 2, Budget::default())
    }

    #[test]
    fn vectors_are_found_again_and_a_damaged_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let (mut cache, note) = open(folder.path());
        assert_eq!(note, None);
        cache.insert(key(&[1]), &[1.0, 2.0]);
        cache.save().unwrap();
        cache.insert(key(&[1, 2]), &[3.0, 4.0]);
        assert_eq!(*cache.get(&key(&[1])), [1.0, 2.0]);
        assert_eq!(*cache.get(&key(&[1, 2])), [3.0, 4.0]);
        cache.save().unwrap();

        let (again, note) = open(folder.path());
        assert_eq!(note, None);
        assert_eq!(*again.get(&key(&[1, 2])), [3.0, 4.0]);
        assert!(!again.has(&key(&[2])));

        let whole = fs::read(&cache.path).unwrap();
        for (end, flip) in [(whole.len(), 100), (whole.len(), 20), (whole.len() - 1, 0), (9, 0)] {
            let mut bytes = whole[..end].to_vec();
            if flip > 0 {
                bytes[flip] ^= 1;
            }
            fs::write(&cache.path, bytes).unwrap();
            let (empty, note) = open(folder.path());
            assert!(note.unwrap().contains("everything was computed again"));
            assert!(!empty.has(&key(&[1])));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a partial file is left");
    }
}
