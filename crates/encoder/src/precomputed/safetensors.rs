//! Vectors in a safetensors file: a tensor for each segment, or one table with keys.

use super::vectors::{Bytes, Item, Keys, Number, Vectors};
use crate::EncodeError;
use medley_dataset::read_at;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::fs::File;
use std::path::Path;

const KEYS: &str = "keys";

/// Reads the header only.
pub(super) fn open(path: &Path) -> Result<Vectors, EncodeError> {
    let file = File::open(path).map_err(EncodeError::io(path, "open"))?;
    let (data, header) = header(path, &file)?;
    let shell = Shell { path, file: &file, data };
    let (keys, items) = match shell.keys(&header)? {
        Some(keys) => shell.table(&header, keys)?,
        None => shell.each(&header)?,
    };
    let file_path = path.to_owned();
    Ok(Vectors {
        file: file_path,
        keys: Keys::Named(keys),
        items,
        names: None,
        bytes: Bytes::Stored(file),
    })
}

/// Where the data starts, and the header; the file is as long as the header says.
fn header(path: &Path, file: &File) -> Result<(u64, Metadata), EncodeError> {
    let whole = file.metadata().map_err(EncodeError::io(path, "read"))?.len();
    let short = |expected: u64| {
        EncodeError::file(path, "length", format!("{expected} bytes"), whole.to_string())
    };
    if whole < 8 {
        return Err(short(8));
    }
    let mut length = [0; 8];
    read_at(file, &mut length, 0).map_err(EncodeError::io(path, "read"))?;
    let length = u64::from_le_bytes(length);
    if length > whole - 8 {
        return Err(short(length.saturating_add(8)));
    }
    let mut bytes = vec![0; length as usize];
    read_at(file, &mut bytes, 8).map_err(EncodeError::io(path, "read"))?;
    let header: Metadata = serde_json::from_slice(&bytes).map_err(|error| {
        EncodeError::file(path, "header", "that of safetensors", error.to_string())
    })?;
    let end = (8 + length).saturating_add(header.data_len() as u64);
    if end != whole { Err(short(end)) } else { Ok((8 + length, header)) }
}

struct Shell<'a> {
    path: &'a Path,
    file: &'a File,
    data: u64,
}

impl Shell<'_> {
    /// The list of keys of a table, from the metadata or from a tensor of bytes.
    fn keys(&self, header: &Metadata) -> Result<Option<Vec<String>>, EncodeError> {
        let stated = header.metadata().as_ref().and_then(|metadata| metadata.get(KEYS));
        let bytes = match (stated, header.info(KEYS)) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(info)) if info.dtype == Dtype::U8 => {
                let mut bytes = vec![0; info.data_offsets.1 - info.data_offsets.0];
                read_at(self.file, &mut bytes, self.data + info.data_offsets.0 as u64)
                    .map_err(EncodeError::io(self.path, "read"))?;
                bytes
            }
            _ => return Ok(None),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            EncodeError::file(self.path, "`keys`", "a JSON list of texts", error.to_string())
        })
    }

    fn table(
        &self,
        header: &Metadata,
        keys: Vec<String>,
    ) -> Result<(Vec<String>, Vec<Item>), EncodeError> {
        let tensors = header.tensors();
        let mut tables: Vec<_> = tensors
            .iter()
            .filter(|(name, info)| name.as_str() != KEYS || info.dtype != Dtype::U8)
            .collect();
        tables.sort_by_key(|(name, _)| name.as_str());
        let [(name, info)] = tables[..] else {
            let expected = "one, `[segment, feature]`, beside `keys`";
            let found = tables.len().to_string();
            return Err(EncodeError::file(self.path, "number of tensors", expected, found));
        };
        let number = self.number(name, info)?;
        match info.shape[..] {
            [rows, width] if rows == keys.len() => {
                let start = self.data + info.data_offsets.0 as u64;
                Ok((keys, Item::rows(rows, width, start, number)))
            }
            _ => Err(EncodeError::file(
                self.path,
                format!("shape of tensor `{name}`"),
                format!("[{}, feature], a row for each key", keys.len()),
                format!("{:?}", info.shape),
            )),
        }
    }

    fn each(&self, header: &Metadata) -> Result<(Vec<String>, Vec<Item>), EncodeError> {
        let mut tensors: Vec<_> = header.tensors().into_iter().collect();
        tensors.sort_by(|one, other| one.0.cmp(&other.0));
        let item = |name: &String, info: &TensorInfo| {
            let (steps, width) = match info.shape[..] {
                [width] => (None, width),
                [steps, width] => (Some(steps), width),
                _ => {
                    let place = format!("shape of tensor `{name}`");
                    let found = format!("{:?}", info.shape);
                    let expected = "[feature] or [step, feature]";
                    return Err(EncodeError::file(self.path, place, expected, found));
                }
            };
            let start = self.data + info.data_offsets.0 as u64;
            Ok(Item { steps, width, start, number: self.number(name, info)? })
        };
        let items =
            tensors.iter().map(|(name, info)| item(name, info)).collect::<Result<_, _>>()?;
        Ok((tensors.into_iter().map(|(name, _)| name).collect(), items))
    }

    fn number(&self, name: &str, info: &TensorInfo) -> Result<Number, EncodeError> {
        Number::of(info.dtype).ok_or_else(|| {
            let found = format!("{:?}", info.dtype);
            let place = format!("type of tensor `{name}`");
            EncodeError::file(self.path, place, "F16, BF16, F32 or F64", found)
        })
    }
}
