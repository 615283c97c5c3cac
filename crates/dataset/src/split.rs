//! Splits: which groups or annotators are for training, validation and test.

use crate::Dataset;
use medley_feedback::{AnnotatorId, Record};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a dataset is divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// What stays whole.
    pub by: SplitBy,
    /// Share for validation, in [0, 1).
    #[serde(default)]
    pub validation: f64,
    /// Share for test, in [0, 1).
    #[serde(default)]
    pub test: f64,
}

/// What a split keeps whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitBy {
    /// Groups; those with the same prompt and context stay together, and those of one conversation.
    Prompt,
    /// Groups, each for itself.
    Episode,
    /// People: all that a person said is in one part.
    Annotator,
}

/// A part of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// To fit on.
    Train,
    /// To choose on.
    Validation,
    /// To report on.
    Test,
}

/// The part of each group, or of each annotator.
#[derive(Clone, Debug, PartialEq)]
pub enum Partition {
    /// Groups are divided.
    Groups {
        /// Part of each group, by its position.
        parts: Vec<Part>,
        /// What each group was kept whole with, as of [`SplitBy::units`].
        units: Vec<u32>,
    },
    /// Part of each annotator.
    Annotators(BTreeMap<AnnotatorId, Part>),
}

/// Why a dataset cannot be divided so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SplitError {
    /// Shares out of range.
    #[error(
        "shares must be at least 0 and sum to less than 1, found validation = {validation} and test = {test}"
    )]
    Shares {
        /// Share for validation.
        validation: f64,
        /// Share for test.
        test: f64,
    },
    /// Too few to give each part one.
    #[error(
        "the {} part would be empty: {} of {count} {what} rounds to none; {}", part.name(), short(*share), way_out(*part, *count)
    )]
    Empty {
        /// The part.
        part: Part,
        /// Its share.
        share: f64,
        /// Number of groups or annotators.
        count: usize,
        /// What is divided.
        what: &'static str,
    },
    /// A split by annotator needs to know them.
    #[error(
        "a split by annotator needs an annotator in each record, but row {row} of kind `{kind}` has none"
    )]
    Anonymous {
        /// Kind of the record.
        kind: String,
        /// Its row, from 0.
        row: usize,
    },
}

impl Split {
    /// Divides a dataset. The result depends on the seed and on the names of what is divided, and
    /// on nothing else. Sizes are the shares, rounded to the nearest.
    ///
    /// # Errors
    /// Shares out of range, a part that would be empty though its share is not 0, or, by
    /// annotator, a record without one.
    pub fn partition(&self, dataset: &Dataset, seed: u64) -> Result<Partition, SplitError> {
        let Self { by, validation, test } = *self;
        let shares_fit = [validation, test].iter().all(|share| (0.0..1.0).contains(share));
        if !shares_fit || validation + test >= 1.0 {
            return Err(SplitError::Shares { validation, test });
        }
        if by == SplitBy::Annotator {
            let (names, anonymous) = dataset.annotators();
            if let Some((kind, row)) = anonymous {
                return Err(SplitError::Anonymous { kind: kind.to_owned(), row });
            }
            let parts = self.deal(names.len(), seed, "annotators")?;
            return Ok(Partition::Annotators(names.into_iter().zip(parts).collect()));
        }
        let wholes = wholes(dataset, by);
        let dealt = self.deal(wholes.len(), seed, "groups")?;
        let mut parts = vec![Part::Train; dataset.groups().len()];
        for (whole, part) in wholes.iter().zip(dealt) {
            whole.iter().for_each(|&g| parts[g] = part);
        }
        Ok(Partition::Groups { parts, units: by.units(dataset) })
    }

    /// Parts of `count` units in sorted order.
    fn deal(&self, count: usize, seed: u64, what: &'static str) -> Result<Vec<Part>, SplitError> {
        let size = |share: f64| (share * count as f64).round() as usize;
        let (test, validation) = (size(self.test), size(self.validation));
        let train = count.saturating_sub(test + validation);
        let train_share = 1.0 - self.test - self.validation;
        let sizes = [
            (Part::Train, train_share, train),
            (Part::Validation, self.validation, validation),
            (Part::Test, self.test, test),
        ];
        if let Some(&(part, share, _)) =
            sizes.iter().find(|(_, share, size)| *share > 0.0 && *size == 0)
        {
            return Err(SplitError::Empty { part, share, count, what });
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut stream(seed));
        let mut parts = vec![Part::Train; count];
        order[..test].iter().for_each(|&i| parts[i] = Part::Test);
        order[test..test + validation].iter().for_each(|&i| parts[i] = Part::Validation);
        Ok(parts)
    }
}

/// The random stream of (seed, "split").
fn stream(seed: u64) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new_derive_key("medley 2026 dataset split");
    hasher.update(&seed.to_le_bytes());
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}

impl SplitBy {
    /// Which groups stay together: for each group the first that it stays with. By annotator, each
    /// for itself.
    pub fn units(self, dataset: &Dataset) -> Vec<u32> {
        match self {
            Self::Prompt => dataset.units().to_vec(),
            Self::Episode | Self::Annotator => (0..dataset.groups().len() as u32).collect(),
        }
    }
}

/// Groups that stay together, in the order of their prompts, and of their names where there is none:
/// of what they are, whatever order the dataset has them in.
fn wholes(dataset: &Dataset, by: SplitBy) -> Vec<Vec<usize>> {
    let groups = dataset.groups();
    let key = |&g: &usize| {
        let (id, context) = (groups.id(g), groups.context(g).unwrap_or_default());
        match groups.prompt(g).filter(|prompt| !prompt.trim().is_empty()) {
            Some(prompt) if by == SplitBy::Prompt => (true, prompt, context, id),
            _ => (false, id, "", ""),
        }
    };
    let mut wholes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (g, unit) in by.units(dataset).into_iter().enumerate() {
        wholes.entry(unit).or_default().push(g);
    }
    let mut wholes: Vec<Vec<usize>> = wholes.into_values().collect();
    wholes.sort_by_cached_key(|whole| whole.iter().map(key).min());
    wholes
}

/// A share with two digits behind the point, or as many as it needs to be more than 0.
fn short(share: f64) -> String {
    let rounded = (share * 100.0).round() / 100.0;
    if rounded > 0.0 { rounded.to_string() } else { share.to_string() }
}

/// The smallest share that gives a part one of `count`.
fn way_out(part: Part, count: usize) -> String {
    match part {
        _ if count < 2 => "they cannot be divided".to_owned(),
        Part::Train => "smaller shares for validation and test leave it some".to_owned(),
        Part::Validation | Part::Test => {
            let digits = 10f64.powi(1 + (count as f64).log10().ceil() as i32);
            let share = (0.5 / count as f64 * digits).ceil() / digits;
            format!("the smallest share that works is {share}")
        }
    }
}

impl Part {
    /// As messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl Partition {
    /// Part of group `g`; none in a partition of annotators, or if there is no such group.
    pub fn part(&self, g: u32) -> Option<Part> {
        match self {
            Self::Groups { parts, .. } => parts.get(g as usize).copied(),
            Self::Annotators(_) => None,
        }
    }

    /// The part that all these groups are in; none if they differ or there are none.
    pub fn of(&self, groups: &[u32]) -> Option<Part> {
        let parts: BTreeSet<Option<Part>> = groups.iter().map(|&g| self.part(g)).collect();
        if parts.len() == 1 { parts.into_iter().next().flatten() } else { None }
    }

    /// Part of a record: that of its annotator, or of all the groups that its segments are in.
    /// None if these differ: then it belongs nowhere, and the caller counts it as dropped. A
    /// record without segments shows no held-out behaviour and is for training.
    pub fn of_record<R: Record>(&self, dataset: &Dataset, record: &R) -> Option<Part> {
        if let Self::Annotators(parts) = self {
            return parts.get(record.provenance().annotator.as_ref()?).copied();
        }
        let segments = record.segments();
        if segments.is_empty() {
            return Some(Part::Train);
        }
        let mut groups = Vec::new();
        for id in segments {
            groups.extend(dataset.segments().groups(dataset.segments().index(id)?));
        }
        self.of(&groups)
    }

    /// Number of groups or annotators in a part.
    pub fn count(&self, part: Part) -> usize {
        match self {
            Self::Groups { parts, .. } => parts.iter().filter(|&&p| p == part).count(),
            Self::Annotators(parts) => parts.values().filter(|&&p| p == part).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Card, DatasetBuilder, Domain};
    use medley_feedback::{Checked, Comparison, Provenance};

    fn dataset(ids: &[usize], prompt: impl Fn(usize) -> String) -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        for &i in ids {
            builder.add_group(&format!("g{i:02}"), Some(&prompt(i)), None);
            builder.add_text(&format!("g{i:02}/a"), &format!("g{i:02}"), "Yes.");
            builder.add_text(&format!("g{i:02}/b"), &format!("g{i:02}"), "No.");
        }
        builder.build().unwrap()
    }

    const SPLIT: Split = Split { by: SplitBy::Prompt, validation: 0.1, test: 0.25 };

    #[test]
    fn sizes_are_exact_and_names_decide() {
        let forward: Vec<usize> = (0..20).collect();
        let backward: Vec<usize> = (0..20).rev().collect();
        let one = SPLIT.partition(&dataset(&forward, |i| format!("p{i:02}")), 7).unwrap();
        let other = SPLIT.partition(&dataset(&backward, |i| format!("p{i:02}")), 7).unwrap();
        assert_eq!([Part::Train, Part::Validation, Part::Test].map(|p| one.count(p)), [13, 2, 5]);
        assert!((0..20).all(|g| one.part(g) == other.part(19 - g)));
        let seeded = SPLIT.partition(&dataset(&forward, |i| format!("p{i:02}")), 8).unwrap();
        assert_ne!(one, seeded);
    }

    #[test]
    fn equal_prompts_stay_together() {
        let ids: Vec<usize> = (0..40).collect();
        let parts = SPLIT.partition(&dataset(&ids, |i| format!("p{}", i / 2)), 1).unwrap();
        assert!((0..20).all(|pair| parts.part(2 * pair) == parts.part(2 * pair + 1)));
        assert!((0..20).all(|pair| parts.of(&[2 * pair, 2 * pair + 1]).is_some()));
        let groups = dataset(&[3, 5, 4], |i| format!("p{}", i / 2));
        assert_eq!(SplitBy::Prompt.units(&groups), [0, 1, 1]);
        assert_eq!(SplitBy::Episode.units(&groups), [0, 1, 2]);
    }

    fn asked(groups: &[(&str, Option<&str>, Option<&str>)]) -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        for (id, prompt, context) in groups {
            builder.add_group(id, *prompt, *context);
        }
        builder.build().unwrap()
    }

    /// After LLaMA-Factory issue 6509 and ms-swift issue 4535.
    #[test]
    fn the_context_is_part_of_the_question_and_no_question_joins_nothing() {
        let inputs: Vec<String> = (0..30).map(|i| i.to_string()).collect();
        let of = |prompt, with_input: bool| -> Vec<(&str, Option<&str>, Option<&str>)> {
            let input =
                |i: &String| with_input.then(|| inputs[i.parse::<usize>().unwrap()].as_str());
            inputs.iter().map(|i| (i.as_str(), prompt, input(i))).collect()
        };
        let split = Split { by: SplitBy::Prompt, validation: 0.1, test: 0.2 };
        for groups in [of(Some("Translate."), true), of(None, false), of(Some(""), false)] {
            let parts = split.partition(&asked(&groups), 0).unwrap();
            let sizes = [Part::Train, Part::Validation, Part::Test].map(|part| parts.count(part));
            assert_eq!(sizes, [21, 3, 6]);
        }
        let one = split.partition(&asked(&of(Some("Translate."), false)), 0).unwrap_err();
        let expect = "the validation part would be empty: 0.1 of 1 groups rounds to none; they cannot \
                      be divided";
        assert_eq!(one.to_string(), expect);
    }

    /// Two forms of one prompt stay together, and nothing else moves for it.
    #[test]
    fn forms_of_a_prompt_stay_together() {
        let prompts: Vec<String> = (0..40).map(|i| format!("Caf\u{e9} {}?", i / 2)).collect();
        let plain = |forms: bool| {
            let decomposed = |i: usize| prompts[i].replace('\u{e9}', "e\u{301}");
            let prompts: Vec<String> = (0..40)
                .map(|i| if forms && i % 2 == 1 { decomposed(i) } else { prompts[i].clone() })
                .collect();
            let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
            for (i, prompt) in prompts.iter().enumerate() {
                builder.add_group(&format!("g{i:02}"), Some(prompt), None);
            }
            SPLIT.partition(&builder.build().unwrap(), 3).unwrap()
        };
        let parts = plain(true);
        assert!((0..20).all(|pair| parts.part(2 * pair) == parts.part(2 * pair + 1)));
        assert_eq!([Part::Validation, Part::Test].map(|part| parts.count(part)), [4, 10]);
    }

    #[test]
    fn groups_in_different_parts_have_none() {
        let parts = vec![Part::Train, Part::Train, Part::Test];
        let parts = Partition::Groups { parts, units: vec![0, 1, 2] };
        assert_eq!(parts.of(&[0, 1]), Some(Part::Train));
        assert_eq!(parts.of(&[0, 2]), None);
        assert_eq!(parts.of(&[]), None);
        assert_eq!(parts.of(&[9]), None);
    }

    #[test]
    fn impossible_shares_are_refused() {
        let dataset = dataset(&[0, 1, 2], |i| i.to_string());
        let split = |validation, test| Split { by: SplitBy::Episode, validation, test };
        assert!(matches!(split(0.5, 0.5).partition(&dataset, 0), Err(SplitError::Shares { .. })));
        assert!(matches!(
            split(f64::NAN, 0.).partition(&dataset, 0),
            Err(SplitError::Shares { .. })
        ));
        assert_eq!(
            split(0.1, 0.4).partition(&dataset, 0).unwrap_err().to_string(),
            "the validation part would be empty: 0.1 of 3 groups rounds to none; the smallest share \
             that works is 0.17"
        );
    }

    #[test]
    fn annotators_are_kept_whole_and_must_be_known() {
        let mut dataset = dataset(&[0, 1, 2, 3], |i| i.to_string());
        let say = |g: usize, who: Option<&str>| {
            let (first, second) = (format!("g{g:02}/a"), format!("g{g:02}/b"));
            let mut record = Comparison::new(first.as_str().into(), second.as_str().into(), 1.0);
            record.provenance = Provenance { annotator: who.map(Into::into), ..Default::default() };
            Checked::new(record).unwrap()
        };
        let records = vec![say(0, Some("x")), say(1, Some("y")), say(2, Some("x"))];
        dataset.insert(records.clone()).unwrap();
        let split = Split { by: SplitBy::Annotator, validation: 0.0, test: 0.5 };
        let parts = split.partition(&dataset, 3).unwrap();
        let of = |i: usize| parts.of_record(&dataset, &*records[i]).unwrap();
        assert_eq!(of(0), of(2));
        assert_ne!(of(0), of(1));
        dataset.insert(vec![say(3, None)]).unwrap();
        assert_eq!(
            split.partition(&dataset, 3).unwrap_err(),
            SplitError::Anonymous { kind: "comparison".into(), row: 3 }
        );
    }
}
