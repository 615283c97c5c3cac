//! HDF5 files: names of members, and arrays of numbers as they are.
//!
//! The decoder is `hdf5-reader`: pure Rust, read-only, with limits on what a file may make it
//! allocate; other crates without libhdf5 also write, which nothing here needs. It reads what h5py
//! writes: old and new containers, gzip, shuffle, Fletcher-32, booleans (an enumeration), either
//! byte order. It does not read LZF; half-precision numbers are not read here. Both are refused by
//! name.
//!
//! Members are listed sorted: the container's own order is that of a hash table.

use crate::rows::content::regular;
use crate::rows::packed::Packing;
use crate::rows::refusal::{guarded, unfit};
use crate::{ImportError, Reading};
use hdf5_reader::error::Error;
use hdf5_reader::{ByteOrder, Datatype, Hdf5File, OpenOptions};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a damaged file was to be.
const WHAT: &str = "HDF5";

/// An open group of a file.
pub(crate) struct Group {
    file: PathBuf,
    /// Path within the file, for messages; empty for the root.
    path: String,
    group: hdf5_reader::group::Group,
}

/// An array, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array<T> {
    /// Length of the first axis.
    pub rows: usize,
    /// Product of the other axes; 1 if there are none.
    pub width: usize,
    /// `[row, column]`
    pub values: Vec<T>,
}

/// A decoded array may be this much larger than its file, as for other packed files.
const HIGHEST_RATIO: usize = 200;

/// Opens a file as its root group.
pub(crate) fn open(file: &Path, reading: &Reading<'_>) -> Result<Group, ImportError> {
    let refused = |source| ImportError::Io { file: file.to_owned(), source };
    let mut bytes = Vec::new();
    regular(file)?.read_to_end(&mut bytes).map_err(refused)?;
    if !bytes.starts_with(b"\x89HDF\r\n\x1a\n") {
        let found = match Packing::of(&bytes) {
            _ if bytes.is_empty() => "an empty file",
            Some(_) => "a packed file; unpack it",
            None => "another kind of file",
        };
        return Err(unfit(file, "HDF5", found));
    }
    let most = (reading.unpacked_bytes as usize).max(bytes.len().saturating_mul(HIGHEST_RATIO));
    let length = bytes.len() as u64;
    let options = OpenOptions::default().with_max_read_bytes(most).with_max_chunk_bytes(most);
    let opened = guarded(file, WHAT, || {
        let opened = Hdf5File::from_vec_with_options(bytes, options)?;
        if opened.superblock().eof_address > length {
            return Err(Error::InvalidData("it ends in the middle".to_owned()));
        }
        opened.root_group()
    })?;
    let group = opened.map_err(|error| damaged(file, "", &error))?;
    Ok(Group { file: file.to_owned(), path: String::new(), group })
}

impl Group {
    /// Path of a member within the file.
    pub fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// Names of the groups and of the arrays in it, sorted.
    pub fn names(&self) -> Result<(BTreeSet<String>, BTreeSet<String>), ImportError> {
        let named = guarded(&self.file, WHAT, || self.group.member_names())?;
        let (groups, arrays) = named.map_err(|error| damaged(&self.file, &self.path, &error))?;
        Ok((groups.into_iter().collect(), arrays.into_iter().collect()))
    }

    /// A group in it.
    pub fn group(&self, name: &str) -> Result<Self, ImportError> {
        let path = self.path_of(name);
        let group = guarded(&self.file, WHAT, || self.group.group(name))?;
        let group = group.map_err(|error| damaged(&self.file, &path, &error))?;
        Ok(Self { file: self.file.clone(), path, group })
    }

    /// The lengths of the axes of an array in it, whatever it holds; none of a single value.
    pub fn shape(&self, name: &str) -> Result<Vec<u64>, ImportError> {
        let read = guarded(&self.file, WHAT, || Ok(self.group.dataset(name)?.shape().to_vec()))?;
        read.map_err(|error: Error| damaged(&self.file, &self.path_of(name), &error))
    }

    /// An array in it, whatever its numbers are stored as.
    pub fn array<T>(&self, name: &str, convert: fn(f64) -> T) -> Result<Array<T>, ImportError> {
        let path = self.path_of(name);
        let read = guarded(&self.file, WHAT, || {
            let dataset = self.group.dataset(name)?;
            Ok((dataset.shape().to_vec(), dataset.dtype().clone(), dataset.read_raw_bytes()?))
        })?;
        let (shape, kind, bytes) =
            read.map_err(|error: Error| damaged(&self.file, &path, &error))?;
        let Some((size, decode)) = decoder(&kind) else {
            let expected =
                format!("whole numbers, booleans, or floats of 32 or 64 bits in `{path}`");
            return Err(unfit(&self.file, &expected, named(&kind)));
        };
        let Some((&rows, others)) = shape.split_first() else {
            return Err(unfit(&self.file, &format!("an array in `{path}`"), "a single value"));
        };
        let values: Vec<T> = bytes.chunks_exact(size).map(|it| convert(decode(it))).collect();
        let width = others.iter().try_fold(1usize, |width, &axis| width.checked_mul(axis as usize));
        let (rows, width) = (rows as usize, width.unwrap_or(usize::MAX));
        if values.len() != rows.saturating_mul(width) {
            let found = format!("{} numbers", values.len());
            return Err(unfit(&self.file, &format!("{rows} rows of {width} in `{path}`"), &found));
        }
        Ok(Array { rows, width, values })
    }
}

/// Bytes of a number, and how they are read.
type Decoder = (usize, fn(&[u8]) -> f64);

macro_rules! decoder {
    ($type:ty, $order:expr) => {
        Some(match $order {
            ByteOrder::LittleEndian => (size_of::<$type>(), |bytes| {
                as_array(bytes).map_or(f64::NAN, |bytes| <$type>::from_le_bytes(bytes) as f64)
            }),
            ByteOrder::BigEndian => (size_of::<$type>(), |bytes| {
                as_array(bytes).map_or(f64::NAN, |bytes| <$type>::from_be_bytes(bytes) as f64)
            }),
        })
    };
}

fn as_array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn decoder(kind: &Datatype) -> Option<Decoder> {
    match kind {
        Datatype::Enum { base, .. } => match **base {
            Datatype::FixedPoint { .. } => decoder(base),
            _ => None,
        },
        Datatype::FloatingPoint { size: 4, byte_order } => decoder!(f32, byte_order),
        Datatype::FloatingPoint { size: 8, byte_order } => decoder!(f64, byte_order),
        Datatype::FixedPoint { size, signed, byte_order } => match (size, signed) {
            (1, true) => decoder!(i8, byte_order),
            (1, false) => decoder!(u8, byte_order),
            (2, true) => decoder!(i16, byte_order),
            (2, false) => decoder!(u16, byte_order),
            (4, true) => decoder!(i32, byte_order),
            (4, false) => decoder!(u32, byte_order),
            (8, true) => decoder!(i64, byte_order),
            (8, false) => decoder!(u64, byte_order),
            _ => None,
        },
        _ => None,
    }
}

fn named(kind: &Datatype) -> &'static str {
    match kind {
        Datatype::FloatingPoint { .. } => "floats of another size",
        Datatype::FixedPoint { .. } => "whole numbers of another size",
        Datatype::String { .. } | Datatype::VarLen { .. } => "texts or lists",
        Datatype::Compound { .. } => "records",
        _ => "another kind of values",
    }
}

fn damaged(file: &Path, path: &str, error: &Error) -> ImportError {
    let place = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
    let message = format!("{place}{error}");
    ImportError::Damaged { file: file.to_owned(), what: WHAT, message }
}
