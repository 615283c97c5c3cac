//! Hashed n-grams: features of a sentence from its words, without a vocabulary.
//!
//! A vocabulary would have to be fitted to the training split and stored; a hash needs neither and
//! gives the same features on every machine. What it costs are collisions: at 512 dimensions two
//! n-grams share a coordinate in 1 of 512 cases, with equal or opposite sign.
//!
//! Source: Weinberger, Dasgupta, Langford, Smola and Attenberg, "Feature Hashing for Large Scale
//! Multitask Learning", ICML 2009, equation 1.

use crate::length::ln_words;
use crate::overlap::{self, Grounds};
use crate::stored_steps::step_windows;
use crate::words::words;
use crate::{EncodeError, Encoder, Features};
use medley_dataset::{Budget, Dataset, Domain};
use serde::{Deserialize, Serialize};

/// Signed feature hashing of word n-grams per sentence, with measures of overlap.
///
/// `phi_i(sentence) = sum over n-grams g with h(g) mod dimensions = i of sign(g)`, divided by the
/// Euclidean norm, so that the length of a sentence does not enter; with two orders or more the
/// n-grams of all orders are normalized together. `h` is FNV-1a (64 bits) over the UTF-8 bytes of
/// the words joined by one space, then the finalizer of SplitMix64; the sign is negative where
/// the highest bit of `h` is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HashedNgrams {
    /// Number of hashed coordinates, `hash-0` and on; 0 leaves only the named features.
    pub dimensions: usize,
    /// Lengths of the n-grams, in words.
    pub orders: Vec<usize>,
    /// Whether to add what a sentence shares with prompt, context and what was said before:
    /// `overlap-prompt`, `overlap-context`, `unsupported-numbers`, `redundancy`, `position`,
    /// `best-context-sentence`.
    pub overlap: bool,
    /// Whether to add `length`, ln(1 + words of the whole text), the same for each sentence.
    pub length: bool,
    /// Whether "The" and "the" are one word.
    pub lowercase: bool,
}

impl Default for HashedNgrams {
    fn default() -> Self {
        Self { dimensions: 512, orders: vec![1, 2], overlap: true, length: false, lowercase: true }
    }
}

const NAME: &str = "hashed-ngrams";

#[typetag::serde(name = "hashed-ngrams")]
impl Encoder for HashedNgrams {
    fn encode_within(&self, dataset: &Dataset, _: Budget) -> Result<Features, EncodeError> {
        self.check(dataset)?;
        let names = self.names();
        let segments = dataset.segments();
        let mut values = vec![0.0; segments.step_count() * names.len()];
        for i in 0..segments.len() {
            let rows = segments.steps(i);
            let window = &mut values[rows.start * names.len()..rows.end * names.len()];
            self.encode_segment(dataset, i, window);
        }
        Ok(Features::new(names, values, step_windows(dataset)))
    }

    fn summary(&self) -> &'static str {
        "signed hashing of word n-grams per sentence, and overlap with prompt and context (text)"
    }
}

impl HashedNgrams {
    fn check(&self, dataset: &Dataset) -> Result<(), EncodeError> {
        let fail = |option, expected, found| {
            Err(EncodeError::Option { encoder: NAME, option, expected, found })
        };
        if dataset.card.domain != Domain::Text {
            return Err(EncodeError::Domain {
                encoder: NAME,
                needed: "sentences",
                dataset: dataset.card.name.clone(),
                found: dataset.card.domain,
            });
        }
        if self.dimensions == 0 && !self.overlap && !self.length {
            return fail("dimensions", "at least 1 without other features", "0".into());
        }
        if self.dimensions > 1 << 20 {
            return fail("dimensions", "at most 1048576", self.dimensions.to_string());
        }
        if self.orders.is_empty() || self.orders.contains(&0) {
            return fail("orders", "lengths of at least 1 word", format!("{:?}", self.orders));
        }
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = (0..self.dimensions).map(|i| format!("hash-{i}")).collect();
        if self.overlap {
            names.extend(overlap::NAMES.map(str::to_owned));
        }
        if self.length {
            names.push("length".to_owned());
        }
        names
    }

    /// Fills `[time, feature]` of one segment.
    fn encode_segment(&self, dataset: &Dataset, i: usize, window: &mut [f32]) {
        let segments = dataset.segments();
        let sentences: Vec<Vec<String>> = segments
            .steps(i)
            .map(|row| words(segments.step_text(row).unwrap_or_default(), self.lowercase))
            .collect();
        let width = window.len() / sentences.len();
        let overlaps = self
            .overlap
            .then(|| overlap::measure(&Grounds::of(dataset, i, self.lowercase), &sentences));
        for (step, row) in window.chunks_exact_mut(width).enumerate() {
            let (hashed, named) = row.split_at_mut(self.dimensions);
            hash_into(&sentences[step], &self.orders, hashed);
            let named = &mut named.iter_mut();
            for value in overlaps.iter().flat_map(|overlaps| overlaps[step]) {
                named.by_ref().take(1).for_each(|slot| *slot = value);
            }
            named.for_each(|slot| *slot = ln_words(segments.text(i).unwrap_or_default()));
        }
    }
}

/// Adds the signs of all n-grams and normalizes.
fn hash_into(words: &[String], orders: &[usize], row: &mut [f32]) {
    if row.is_empty() {
        return;
    }
    for &order in orders {
        for gram in words.windows(order) {
            let hash = hash(&gram.join(" "));
            let sign = if hash >> 63 == 1 { -1.0 } else { 1.0 };
            row[(hash % row.len() as u64) as usize] += sign;
        }
    }
    let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 0.0 {
        row.iter_mut().for_each(|x| *x /= norm);
    }
}

/// FNV-1a, then the finalizer of SplitMix64, since the low bits of FNV alone mix badly.
fn hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let z = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder};

    fn dataset(texts: &[&str]) -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group(
            "q",
            Some("Who won in 1966?"),
            Some("England won in 1966. Pelé did not."),
        );
        for (i, text) in texts.iter().enumerate() {
            builder.add_text(&format!("s{i}"), "q", text);
        }
        builder.build().unwrap()
    }

    #[test]
    fn the_hash_is_the_documented_one() {
        // FNV-1a of "" is the offset basis; of "a" 0xaf63dc4c8601ec8c (its reference vectors).
        let finalize = |fnv: u64| {
            let z = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        assert_eq!(hash(""), finalize(0xcbf2_9ce4_8422_2325));
        assert_eq!(hash("a"), finalize(0xaf63_dc4c_8601_ec8c));
    }

    #[test]
    fn repeating_a_word_leaves_the_unigrams_the_same() {
        let encoder = HashedNgrams { orders: vec![1], overlap: false, ..Default::default() };
        let features = encoder.encode(&dataset(&["win", "win WIN win", "lose"])).unwrap();
        assert_eq!(features.segment(0), features.segment(1));
        assert_ne!(features.segment(0), features.segment(2));
        assert_eq!(features.segment(0).iter().map(|x| x * x).sum::<f32>(), 1.0);
    }

    #[test]
    fn length_is_of_the_whole_text() {
        let encoder =
            HashedNgrams { dimensions: 0, overlap: false, length: true, ..Default::default() };
        let features = encoder.encode(&dataset(&["One two. Three."])).unwrap();
        assert_eq!(features.names, ["length"]);
        assert_eq!(*features.segment(0), [4f32.ln(), 4f32.ln()]);
    }

    /// Of a text without a word nothing is shared and nothing is hashed: zeros, and the length of none.
    #[test]
    fn an_empty_text_is_zero() {
        let encoder = HashedNgrams { dimensions: 8, length: true, ..Default::default() };
        let features = encoder.encode(&dataset(&["Pelé won.", "", " \n"])).unwrap();
        assert_eq!(features.windows, [0..1, 1..2, 2..3]);
        for segment in [1, 2] {
            assert!(features.segment(segment).iter().all(|x| *x == 0.0), "{features:?}");
        }
        assert!(features.segment(0).iter().any(|x| *x != 0.0));
    }

    #[test]
    fn options_and_domain_are_checked() {
        let broken = HashedNgrams { orders: vec![0], ..Default::default() };
        assert_eq!(
            broken.encode(&dataset(&["a"])).unwrap_err().to_string(),
            "encoder `hashed-ngrams`: option `orders` must be lengths of at least 1 word, found [0]"
        );
        let error = crate::StoredSteps {}.encode(&dataset(&["a"])).unwrap_err();
        assert!(matches!(error, EncodeError::Domain { encoder: "steps", .. }));
    }

    #[test]
    fn named_in_toml_with_defaults_and_without_strangers() {
        let parse = |text: &str| toml::from_str::<Box<dyn Encoder>>(text);
        let encoder = parse("hashed-ngrams = { dimensions = 8 }").unwrap();
        assert_eq!(
            format!("{encoder:?}"),
            format!("{:?}", HashedNgrams { dimensions: 8, ..Default::default() })
        );
        assert!(parse("hashed-ngrams = { dimension = 8 }").is_err());
        assert!(parse("steps = {}").is_ok());
    }
}
