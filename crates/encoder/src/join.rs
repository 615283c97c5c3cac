//! Encoder `join`: the features of several encoders side by side, a block each.

use crate::{EncodeError, Encoder, Features};
use medley_dataset::{Budget, Dataset, ValuesWriter};
use medley_toml_file::Tagged;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Encoders by the name of their block, in the order of the names. Features are named
/// `block/feature`. What reads blocks may treat each by itself, such as the width of a prior.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Join(BTreeMap<String, Tagged<dyn Encoder>>);

const NAME: &str = "join";

#[typetag::serde(name = "join")]
impl Encoder for Join {
    fn encode_within(&self, dataset: &Dataset, budget: Budget) -> Result<Features, EncodeError> {
        if self.0.is_empty() {
            return Err(unfit("at least one block", "none".to_owned()));
        }
        if let Some(name) = self.0.keys().find(|name| name.trim().is_empty() || name.contains('/'))
        {
            return Err(unfit("names without `/` that are not blank", format!("`{name}`")));
        }
        // All parts and what they make are there at once.
        let share = Budget { feature_bytes: budget.feature_bytes / (self.0.len() + 1), ..budget };
        let encode = |(name, encoder): (&String, &Tagged<dyn Encoder>)| {
            Ok((name.clone(), encoder.encode_within(dataset, share)?))
        };
        let parts = self.0.iter().map(encode).collect::<Result<Vec<_>, EncodeError>>()?;
        let (first, windows) = (&parts[0].0, &parts[0].1.windows);
        if let Some((other, _)) = parts.iter().find(|(_, part)| part.windows != *windows) {
            let found = format!("`{first}` and `{other}` with other rows for some segment");
            return Err(unfit(
                "encoders that all give a row for each step, or one a segment",
                found,
            ));
        }
        side_by_side(&parts, share)
    }

    fn fingerprint(&self) -> Result<Option<String>, EncodeError> {
        let mut hash = blake3::Hasher::new();
        let mut any = false;
        for (name, encoder) in &self.0 {
            if let Some(found) = encoder.fingerprint()? {
                any = true;
                hash.update(format!("{name}\0{found}\0").as_bytes());
            }
        }
        Ok(any.then(|| hash.finalize().to_hex().to_string()))
    }

    fn cached_in(&mut self, folder: &Path) {
        for encoder in self.0.values_mut() {
            if let Some(encoder) = encoder.get_mut() {
                encoder.cached_in(folder);
            }
        }
    }

    fn summary(&self) -> &'static str {
        "the features of several encoders side by side, a block each"
    }
}

fn unfit(expected: &'static str, found: String) -> EncodeError {
    EncodeError::Option { encoder: NAME, option: "the table of blocks", expected, found }
}

fn side_by_side(parts: &[(String, Features)], budget: Budget) -> Result<Features, EncodeError> {
    let named = |(block, part): &(String, Features)| {
        part.names.iter().map(|name| format!("{block}/{name}")).collect::<Vec<_>>()
    };
    let names: Vec<String> = parts.iter().flat_map(named).collect();
    let file = PathBuf::from(NAME);
    let failed = || EncodeError::io(&file, "copy features to a temporary file");
    let mut writer = ValuesWriter::within(budget.feature_bytes);
    for row in 0..parts[0].1.row_count() {
        for (_, part) in parts {
            writer.push(&part.rows(row..row + 1)).map_err(failed())?;
        }
    }
    let values = writer.finish().map_err(failed())?;
    let noted = |(block, part): &(String, Features)| {
        part.notes.iter().map(|note| format!("{block}: {note}")).collect::<Vec<_>>()
    };
    let notes = parts.iter().flat_map(noted).collect();
    let (mut blocks, mut end) = (Vec::new(), 0);
    for (block, part) in parts {
        let start = end;
        end += part.feature_count();
        blocks.push((block.clone(), start..end));
    }
    let windows = parts[0].1.windows.clone();
    Ok(Features::new(names, values, windows).with_notes(notes).with_blocks(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    fn dataset() -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", Some("Who won?"), Some("England won in 1966."));
        builder.add_text("s", "q", "England won. They beat Germany in 1970.");
        builder.build().unwrap()
    }

    fn join(text: &str) -> Box<dyn Encoder> {
        toml::from_str(text).unwrap()
    }

    /// One row for a segment.
    #[derive(Debug, Serialize, Deserialize)]
    struct Whole {}

    #[typetag::serde(name = "whole-in-a-test")]
    impl Encoder for Whole {
        fn encode_within(&self, dataset: &Dataset, _: Budget) -> Result<Features, EncodeError> {
            let rows = dataset.segments().len();
            let windows = (0..rows).map(|row| row..row + 1).collect();
            Ok(Features::new(vec!["x".into()], vec![1.0; rows], windows))
        }

        fn fingerprint(&self) -> Result<Option<String>, EncodeError> {
            Ok(Some("whole".to_owned()))
        }

        fn summary(&self) -> &'static str {
            "for a test"
        }
    }

    #[test]
    fn blocks_stand_side_by_side() {
        let text = "[join]\nb.hashed-ngrams = { dimensions = 0, overlap = true }\n\
                    a.hashed-ngrams = { dimensions = 3, overlap = false }";
        let found = join(text).encode(&dataset()).unwrap();
        assert_eq!(found.names[..4], ["a/hash-0", "a/hash-1", "a/hash-2", "b/overlap-prompt"]);
        assert_eq!(found.blocks(), [("a".to_owned(), 0..3), ("b".to_owned(), 3..9)]);
        let own = |text: &str| join(text).encode(&dataset()).unwrap();
        let a = own("hashed-ngrams = { dimensions = 3, overlap = false }");
        let b = own("hashed-ngrams = { dimensions = 0, overlap = true }");
        assert_eq!(found.windows, a.windows);
        for row in 0..found.row_count() {
            let expected = [a.rows(row..row + 1), b.rows(row..row + 1)].concat();
            assert_eq!(*found.rows(row..row + 1), *expected);
        }
        assert!(a.blocks().is_empty());
    }

    #[test]
    fn what_cannot_stand_side_by_side_is_refused() {
        let error = join("join = {}").encode(&dataset()).unwrap_err().to_string();
        assert!(error.contains("at least one block, found none"), "{error}");
        let both = "[join]\na.whole-in-a-test = {}\nb.hashed-ngrams = { dimensions = 2 }";
        let error = join(both).encode(&dataset()).unwrap_err().to_string();
        assert!(error.contains("`a` and `b` with other rows for some segment"), "{error}");
        let error = join("[join]\n\"a/b\".hashed-ngrams = {}").encode(&dataset()).unwrap_err();
        assert!(error.to_string().contains("names without `/`"), "{error}");
        // What a block refuses is said by its own encoder.
        let error =
            join("[join]\na.hashed-ngrams = { orders = [] }").encode(&dataset()).unwrap_err();
        assert!(error.to_string().contains("option `orders`"), "{error}");
        let twice = "[join]\na = { whole-in-a-test = {}, hashed-ngrams = {} }";
        assert!(toml::from_str::<Box<dyn Encoder>>(twice).is_err());
    }

    #[test]
    fn files_of_all_blocks_are_in_the_fingerprint() {
        let of = |text: &str| join(text).fingerprint().unwrap();
        assert_eq!(of("[join]\na.hashed-ngrams = {}"), None);
        let (one, other) =
            (of("[join]\na.whole-in-a-test = {}"), of("[join]\nb.whole-in-a-test = {}"));
        assert!(one.is_some() && one != other);
    }
}
