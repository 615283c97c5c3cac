//! The vectors of a file, opened but not read: where each one lies and what it is called.

use crate::EncodeError;
use ::safetensors::Dtype;
use half::{bf16, f16};
use medley_dataset::read_at;
use std::fs::File;
use std::path::PathBuf;

/// An opened file of vectors.
#[derive(Debug)]
pub(super) struct Vectors {
    pub file: PathBuf,
    pub keys: Keys,
    pub items: Vec<Item>,
    /// Names of the features, where the file has them.
    pub names: Option<Vec<String>>,
    pub bytes: Bytes,
}

/// What the items are called.
#[derive(Debug)]
pub(super) enum Keys {
    /// A name for each item.
    Named(Vec<String>),
    /// Item `i` is of segment `i`.
    InOrder,
}

/// The vectors of one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Number of vectors; none for one vector of the whole segment.
    pub steps: Option<usize>,
    pub width: usize,
    /// Byte at which they start.
    pub start: u64,
    pub number: Number,
}

/// How a number is stored, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    F16,
    Bf16,
    F32,
    F64,
}

/// Where the bytes are.
#[derive(Debug)]
pub(super) enum Bytes {
    Stored(File),
    Memory(Vec<u8>),
}

impl Vectors {
    /// The numbers of an item.
    ///
    /// # Shapes
    /// `[row, feature]`
    pub fn read(&self, item: &Item) -> Result<Vec<f32>, EncodeError> {
        let size = item.number.size();
        let count = item.steps.unwrap_or(1) * item.width * size;
        match &self.bytes {
            Bytes::Stored(file) => {
                let mut bytes = vec![0; count];
                read_at(file, &mut bytes, item.start)
                    .map_err(EncodeError::io(&self.file, "read"))?;
                Ok(bytes.chunks_exact(size).map(|b| item.number.decode(b)).collect())
            }
            Bytes::Memory(bytes) => {
                let bytes = &bytes[item.start as usize..item.start as usize + count];
                Ok(bytes.chunks_exact(size).map(|b| item.number.decode(b)).collect())
            }
        }
    }
}

impl Item {
    /// The rows of a table `[segment, feature]`, one vector each.
    pub fn rows(count: usize, width: usize, start: u64, number: Number) -> Vec<Self> {
        let stride = (width * number.size()) as u64;
        let item = |row| Self { steps: None, width, start: start + row as u64 * stride, number };
        (0..count).map(item).collect()
    }
}

impl Number {
    pub fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::Bf16),
            Dtype::F32 => Some(Self::F32),
            Dtype::F64 => Some(Self::F64),
            _ => None,
        }
    }

    pub fn size(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Doubles beyond the range of singles become infinite, which is then an error.
    fn decode(self, b: &[u8]) -> f32 {
        match self {
            Self::F16 => f16::from_le_bytes([b[0], b[1]]).to_f32(),
            Self::Bf16 => bf16::from_le_bytes([b[0], b[1]]).to_f32(),
            Self::F32 => f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
            Self::F64 => {
                f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32
            }
        }
    }
}
