//! A long row of numbers: in memory, or on disk where it does not fit.
//!
//! What is too large is decoded once, shard by shard, into a temporary file without a name, which
//! the system removes with the process. Reading a segment is then one positioned read that the
//! system's page cache serves; decoding compressed shards again for each batch in random order
//! would cost a shard a segment.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::sync::Arc;

/// Numbers in a fixed order. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Values(Store);

#[derive(Clone, Debug)]
enum Store {
    Memory(Arc<Vec<f32>>),
    Disk(Arc<Spilled>),
}

#[derive(Debug)]
struct Spilled {
    file: File,
    count: usize,
}

const BYTES: usize = size_of::<f32>();

impl From<Vec<f32>> for Values {
    fn from(values: Vec<f32>) -> Self {
        Self(Store::Memory(Arc::new(values)))
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        const AT_ONCE: usize = 1 << 16;
        self.len() == other.len()
            && self.chunks(AT_ONCE).zip(other.chunks(AT_ONCE)).all(|(one, two)| one == two)
    }
}

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Store::Memory(values) => values.len(),
            Store::Disk(spilled) => spilled.count,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are read from disk.
    pub fn is_on_disk(&self) -> bool {
        matches!(self.0, Store::Disk(_))
    }

    /// The values of a range.
    ///
    /// # Panics
    /// Beyond [`Values::len`], as a slice does; or if the system cannot read a temporary file that
    /// it let us write, after which no number could be trusted.
    pub fn range(&self, range: Range<usize>) -> Cow<'_, [f32]> {
        match &self.0 {
            Store::Memory(values) => Cow::Borrowed(&values[range]),
            Store::Disk(spilled) => {
                assert!(range.end <= spilled.count, "{range:?} of {} values", spilled.count);
                let mut bytes = vec![0; range.len() * BYTES];
                read_at(&spilled.file, &mut bytes, (range.start * BYTES) as u64)
                    .unwrap_or_else(|error| panic!("cannot read the temporary file: {error}"));
                let number = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                Cow::Owned(bytes.chunks_exact(BYTES).map(number).collect())
            }
        }
    }

    /// All values, `count` at a time.
    pub fn chunks(&self, count: usize) -> impl Iterator<Item = Cow<'_, [f32]>> {
        let length = self.len();
        (0..length).step_by(count.max(1)).map(move |i| self.range(i..length.min(i + count)))
    }
}

/// Fills `bytes` from a place in a file, whoever else reads from it.
///
/// # Errors
/// The file ends before, or the system refuses.
#[cfg(unix)]
pub fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

/// Fills `bytes` from a place in a file, by a handle of its own.
///
/// # Errors
/// The file ends before, or the system refuses.
#[cfg(not(unix))]
pub fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek};
    let mut own = file.try_clone()?;
    own.seek(io::SeekFrom::Start(offset))?;
    own.read_exact(bytes)
}

/// Collects values, on disk from the moment that they would take more than a budget of memory.
///
/// ```
/// let mut writer = medley_dataset::ValuesWriter::within(1 << 20);
/// writer.push(&[1.0, 2.0])?;
/// assert_eq!(*writer.finish()?.range(0..2), [1.0, 2.0]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ValuesWriter {
    memory: Vec<f32>,
    disk: Option<BufWriter<File>>,
    count: usize,
    budget: usize,
}

impl ValuesWriter {
    /// A writer that keeps at most `bytes` in memory.
    pub fn within(bytes: usize) -> Self {
        Self { memory: Vec::new(), disk: None, count: 0, budget: bytes }
    }

    /// Adds values.
    ///
    /// # Errors
    /// The temporary file cannot be made or written.
    pub fn push(&mut self, values: &[f32]) -> io::Result<()> {
        self.count += values.len();
        if self.disk.is_none() && self.count * BYTES > self.budget {
            let mut disk = BufWriter::new(tempfile::tempfile()?);
            write(&mut disk, &std::mem::take(&mut self.memory))?;
            self.disk = Some(disk);
        }
        match &mut self.disk {
            Some(disk) => write(disk, values),
            None => {
                self.memory.extend_from_slice(values);
                Ok(())
            }
        }
    }

    /// The values.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn finish(self) -> io::Result<Values> {
        let Some(disk) = self.disk else { return Ok(self.memory.into()) };
        let file = disk.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Values(Store::Disk(Arc::new(Spilled { file, count: self.count }))))
    }
}

fn write(disk: &mut impl Write, values: &[f32]) -> io::Result<()> {
    values.iter().try_for_each(|value| disk.write_all(&value.to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disk_and_memory_tell_the_same() {
        let numbers: Vec<f32> = (0..1000).map(|i| i as f32 / 7.0).collect();
        let write = |budget: usize| {
            let mut writer = ValuesWriter::within(budget);
            numbers.chunks(33).for_each(|chunk| writer.push(chunk).unwrap());
            writer.finish().unwrap()
        };
        let (memory, disk) = (write(1 << 20), write(400));
        assert!(!memory.is_on_disk() && disk.is_on_disk());
        assert_eq!(memory, disk);
        assert_eq!(*disk.range(5..9), numbers[5..9]);
        assert_eq!(
            disk.chunks(300).map(|chunk| chunk.len()).collect::<Vec<_>>(),
            [300, 300, 300, 100]
        );
        assert_ne!(memory, Values::from(vec![0.0; 1000]));
    }
}
