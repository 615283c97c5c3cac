//! Encoder `precomputed`: features that were computed elsewhere, in a file keyed by segment.
//!
//! Embeddings of a large model are computed once, where there is a machine for it. The file states
//! for each segment either one vector for the whole, or one for each step.
//!
//! **One vector stands for the whole segment as one row.** Repeating it at each step would let
//! feedback about single steps bind, but to values that cannot differ between the steps of a
//! segment, and under `returns = "sum"` length would enter as a factor. So the return is the value
//! of that one row whatever the returns are, and feedback about single steps of a segment that has
//! several is an error when it is bound.
//!
//! Not done here: computing anything, and guessing keys. Segments without a vector are an error.

mod npy;
mod safetensors;
mod table;
mod vectors;

use crate::hash::hash_file;
use crate::{Budget, Dataset, EncodeError, Encoder, Features, ValuesWriter};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use vectors::{Item, Keys, Vectors};

/// Features from a file, by its ending:
///
/// - `.safetensors`: a tensor for each segment under its name, `[feature]` or `[step, feature]`;
///   or one tensor `[segment, feature]` with a JSON list of names, either under `keys` in the
///   metadata or as the bytes of a `U8` tensor `keys`. F16, BF16, F32 or F64.
/// - `.npy`: `[segment, feature]`, with the names beside it in `<name>.keys.txt` (one a line) or
///   `<name>.keys.json` (a list). Without such a file, rows are in the order of the segments and
///   their number must agree.
/// - `.parquet`: the column `segment`, and a column `features` or `embedding` of lists of numbers,
///   or columns of numbers, each a feature under its own name. It is decoded in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precomputed {
    /// The file, relative to the working directory.
    pub path: PathBuf,
}

#[typetag::serde(name = "precomputed")]
impl Encoder for Precomputed {
    fn encode_within(&self, dataset: &Dataset, budget: Budget) -> Result<Features, EncodeError> {
        let vectors = Vectors::open(&self.path)?;
        let join = Join { dataset, vectors: &vectors };
        let chosen = join.chosen()?;
        let width = join.width(&chosen)?;
        join.check_rows(&chosen)?;
        let names = vectors.names.clone().unwrap_or_else(|| {
            (0..width).map(|i| format!("embedding-{i}")).collect() // the file names no feature
        });
        let mut writer = ValuesWriter::within(budget.feature_bytes);
        let mut windows: Vec<Range<usize>> = Vec::with_capacity(chosen.len());
        for (segment, item) in chosen.iter().enumerate() {
            let values = vectors.read(item)?;
            join.check_finite(segment, &values, &names)?;
            writer.push(&values).map_err(self.spill())?;
            let start = windows.last().map_or(0, |window| window.end);
            windows.push(start..start + item.steps.unwrap_or(1));
        }
        let values = writer.finish().map_err(self.spill())?;
        Ok(Features::new(names, values, windows).with_notes(join.notes(&chosen)))
    }

    fn fingerprint(&self) -> Result<Option<String>, EncodeError> {
        let mut hasher = blake3::Hasher::new();
        for file in std::iter::once(self.path.clone()).chain(npy::keys_files(&self.path)) {
            let hash = hash_file(&file).map_err(EncodeError::io(&file, "read"))?;
            hasher.update(hash.as_bytes());
        }
        Ok(Some(hasher.finalize().to_hex().to_string()))
    }

    fn summary(&self) -> &'static str {
        "features by segment from a safetensors, .npy or Parquet file (text and control)"
    }
}

impl Precomputed {
    fn spill<E: ToString>(&self) -> impl FnOnce(E) -> EncodeError {
        EncodeError::io(&self.path, "copy to a temporary file")
    }
}

/// A dataset and the file that has its vectors.
struct Join<'a> {
    dataset: &'a Dataset,
    vectors: &'a Vectors,
}

impl<'a> Join<'a> {
    fn id(&self, segment: usize) -> &'a str {
        &self.dataset.segments().id(segment).0
    }

    fn wrong(&self, segment: usize, expected: String, found: String) -> EncodeError {
        let place = format!("segment `{}`", self.id(segment));
        EncodeError::file(&self.vectors.file, place, expected, found)
    }

    /// The vectors of each segment.
    fn chosen(&self) -> Result<Vec<&'a Item>, EncodeError> {
        let count = self.dataset.segments().len();
        let items = &self.vectors.items;
        let keys = match &self.vectors.keys {
            Keys::Named(keys) => keys,
            Keys::InOrder if items.len() == count => return Ok(items.iter().collect()),
            Keys::InOrder => {
                let expected =
                    format!("{count}, one a segment, since no file of keys is beside it");
                let found = items.len().to_string();
                return Err(EncodeError::file(
                    &self.vectors.file,
                    "number of rows",
                    expected,
                    found,
                ));
            }
        };
        let mut places = HashMap::with_capacity(keys.len());
        for (place, key) in keys.iter().enumerate() {
            if places.insert(key.as_str(), place).is_some() {
                let file = &self.vectors.file;
                return Err(EncodeError::file(file, format!("key `{key}`"), "there once", "two"));
            }
        }
        let found: Vec<Option<usize>> =
            (0..count).map(|segment| places.get(self.id(segment)).copied()).collect();
        match found.iter().position(Option::is_none) {
            Some(first) => Err(EncodeError::Missing {
                file: self.vectors.file.clone(),
                segment: self.id(first).to_owned(),
                missing: found.iter().filter(|place| place.is_none()).count(),
                segments: count,
                keys: keys.clone(),
            }),
            None => Ok(found.into_iter().flatten().map(|place| &items[place]).collect()),
        }
    }

    /// The one number of features that all have.
    fn width(&self, chosen: &[&Item]) -> Result<usize, EncodeError> {
        let width = chosen.first().map_or(0, |item| item.width);
        if width == 0 {
            let file = &self.vectors.file;
            return Err(EncodeError::file(file, "number of features", "at least 1", "0"));
        }
        match chosen.iter().position(|item| item.width != width) {
            Some(segment) => Err(self.wrong(
                segment,
                format!("{width} features wide, as segment `{}`", self.id(0)),
                chosen[segment].width.to_string(),
            )),
            None => Ok(width),
        }
    }

    /// Either each segment has one vector for the whole, or each has one for every step.
    fn check_rows(&self, chosen: &[&Item]) -> Result<(), EncodeError> {
        let whole = |item: &&Item| item.steps.is_none();
        let first_is_whole = chosen.first().is_some_and(whole);
        for (segment, item) in chosen.iter().enumerate() {
            let steps = self.dataset.segments().steps(segment).len();
            if whole(item) != first_is_whole {
                let kind =
                    |whole| if whole { "one vector, `[feature]`" } else { "`[step, feature]`" };
                let expected = format!("{}, as segment `{}`", kind(first_is_whole), self.id(0));
                return Err(self.wrong(segment, expected, kind(whole(item)).to_owned()));
            }
            if let Some(rows) = item.steps
                && rows != steps
            {
                let expected = format!("{steps} rows, one a step (or one vector, `[feature]`)");
                return Err(self.wrong(segment, expected, rows.to_string()));
            }
        }
        Ok(())
    }

    fn check_finite(
        &self,
        segment: usize,
        values: &[f32],
        names: &[String],
    ) -> Result<(), EncodeError> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(place) => Err(EncodeError::NotFinite {
                file: self.vectors.file.clone(),
                segment: self.id(segment).to_owned(),
                row: place / names.len(),
                feature: names[place % names.len()].clone(),
                value: values[place].to_string(),
            }),
            None => Ok(()),
        }
    }

    fn notes(&self, chosen: &[&Item]) -> Vec<String> {
        let (file, mut notes) = (self.vectors.file.display(), Vec::new());
        if let Keys::InOrder = self.vectors.keys {
            notes.push(format!("{file} has no keys: its rows are in the order of the segments"));
        }
        let unused = self.vectors.items.len() - chosen.len();
        if unused > 0 {
            notes.push(format!("{unused} keys of {file} name no segment of the dataset"));
        }
        notes
    }
}

#[cfg(test)]
mod tests;
