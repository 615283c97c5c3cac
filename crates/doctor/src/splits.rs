//! Whether the splits that a source came with share prompts or responses.

use crate::finding::Examples;
use crate::normalize::normalized_question;
use crate::{Case, Finding};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Shorter responses, such as "Yes.", are the same by chance.
const WORDS: usize = 5;

const NAMES: [&str; 3] = ["train", "validation", "test"];

/// `splits.groups`: groups that a given split names, by the start of the group's id (`train/17`)
/// or else by the source of the records about it (`summaries, test`).
///
/// `splits.shared-prompts`: prompts, by their words and those of their context, that are in more
/// than one split.
///
/// `splits.shared-responses`: responses of at least five words with the same text in more than
/// one.
pub(crate) fn splits(case: &Case<'_>) -> Vec<Finding> {
    let splits = splits_of_groups(case);
    let named = splits.iter().filter(|splits| **splits != 0).count();
    let total = splits.len();
    let sizes = NAMES
        .iter()
        .enumerate()
        .map(|(bit, name)| (name, splits.iter().filter(|splits| **splits >> bit & 1 == 1).count()));
    let sizes: Vec<String> =
        sizes.filter(|(_, size)| *size > 0).map(|(name, size)| format!("{name} {size}")).collect();
    let note = match named {
        0 => {
            "no published split is recognizable from ids of groups or sources of records".to_owned()
        }
        _ => sizes.join(", "),
    };
    let mut findings = vec![Finding::new("splits.groups", named, total, "groups").note(note)];
    if named > 0 {
        findings.extend(shared_prompts(case, &splits));
        findings.extend(shared_responses(case, &splits));
    }
    findings
}

/// For each group the splits that name it, as bits in the order of [`NAMES`].
fn splits_of_groups(case: &Case<'_>) -> Vec<u8> {
    let groups = case.dataset.groups();
    let by_id = |g: usize| groups.id(g).split_once('/').map_or(0, |(start, _)| split(start));
    let ids: Vec<u8> = (0..groups.len()).map(by_id).collect();
    let mut splits = ids.clone();
    for said in case.said.iter() {
        let source = said.source.unwrap_or_default();
        let found = source.split(|c: char| !c.is_alphanumeric()).map(split);
        let found = found.fold(0, |all, split| all | split);
        // A source that names two splits names none.
        if found.count_ones() != 1 {
            continue;
        }
        for &segment in said.segments {
            for &group in case.dataset.segments().groups(segment as usize) {
                if ids[group as usize] == 0 {
                    splits[group as usize] |= found;
                }
            }
        }
    }
    splits
}

/// The split that a word names, as a bit.
fn split(word: &str) -> u8 {
    match word.to_lowercase().as_str() {
        "train" | "training" => 1,
        "val" | "valid" | "validation" | "dev" => 2,
        "test" => 4,
        _ => 0,
    }
}

fn shared_prompts(case: &Case<'_>, splits: &[u8]) -> Option<Finding> {
    let groups = case.dataset.groups();
    let prompt = |g: usize| Some((g, normalized_question(groups, g)?));
    let places: Vec<(usize, String)> = (0..groups.len())
        .into_par_iter()
        .filter(|&g| splits[g] != 0)
        .filter_map(prompt)
        .filter(|(_, words)| !words.is_empty())
        .collect();
    let mut prompts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    places.iter().for_each(|(g, words)| prompts.entry(words).or_default().push(*g));
    let shared = shared(prompts.values().map(Vec::as_slice), |g| splits[g], |g| groups.id(g));
    let (count, of, examples) = shared;
    let note = "same words in more than one split: test prompts appear in training";
    (of > 0).then(|| {
        Finding::new("splits.shared-prompts", count, of, "prompts")
            .error_if(count > 0)
            .note(if count > 0 { note } else { "" })
            .examples(examples)
    })
}

fn shared_responses(case: &Case<'_>, splits: &[u8]) -> Option<Finding> {
    let segments = case.dataset.segments();
    let words = case.words.as_ref()?;
    let of_segment =
        |i: usize| segments.groups(i).iter().fold(0, |all, group| all | splits[*group as usize]);
    let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for i in (0..segments.len()).filter(|&i| words[i] >= WORDS && of_segment(i) != 0) {
        texts.entry(segments.text(i)?).or_default().push(i);
    }
    let name = |i: usize| &segments.id(i).0[..];
    let (count, of, examples) = shared(texts.values().map(Vec::as_slice), of_segment, name);
    let note = "same text in more than one split";
    (of > 0).then(|| {
        Finding::new("splits.shared-responses", count, of, "responses")
            .warn_if(count > 0)
            .note(if count > 0 { note } else { "" })
            .examples(examples)
    })
}

/// How many lists of places are in more than one split, of how many, and which.
fn shared<'p, 'n>(
    lists: impl Iterator<Item = &'p [usize]>,
    splits: impl Fn(usize) -> u8,
    name: impl Fn(usize) -> &'n str,
) -> (usize, usize, Examples) {
    let (mut count, mut of, mut examples) = (0, 0, Examples::default());
    for places in lists {
        of += 1;
        let all = places.iter().fold(0, |all, &place| all | splits(place));
        if all.count_ones() > 1 {
            count += 1;
            let other = places.iter().find(|&&place| splits(place) != splits(places[0]));
            examples.add(|| match other {
                Some(&other) => format!("{} and {}", name(places[0]), name(other)),
                None => format!("{} in both", name(places[0])),
            });
        }
    }
    (count, of, examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{changed, compare, counts, found, one, text};

    #[test]
    fn ids_name_splits() {
        let long = "One two three four five.";
        let builder = text(&[
            ("train/0", "Why is it so?", &[long, "Yes."]),
            ("train/1", "How?", &["One two three four six."]),
            ("test/0", "why is it so", &["Yes.", long]),
            ("val/0", "When?", &["No."]),
            ("other", "Why is it so?", &["No."]),
        ]);
        let findings = found(builder, splits);
        assert_eq!(counts(&findings, "splits.groups", ""), (4, 5));
        assert_eq!(one(&findings, "splits.groups", "").note, "train 2, validation 1, test 1");
        assert_eq!(counts(&findings, "splits.shared-prompts", ""), (1, 3));
        let prompts = one(&findings, "splits.shared-prompts", "");
        assert_eq!(
            (prompts.severity, &prompts.examples[0][..]),
            (Severity::Error, "train/0 and test/0")
        );
        assert_eq!(counts(&findings, "splits.shared-responses", ""), (1, 2));
    }

    #[test]
    fn sources_name_splits_where_ids_do_not() {
        let from = |source: &str, group: &str| {
            let record = compare(&format!("{group}/0"), &format!("{group}/1"), 1.0);
            changed(record, |it| it.provenance.source = Some(source.into()))
        };
        let mut builder = text(&[
            ("a", "Why?", &["x", "y"]),
            ("b", "How?", &["x", "y"]),
            ("c", "When?", &["x", "y"]),
        ]);
        builder.insert(vec![
            from("tldr/train", "a"),
            from("tldr, test", "a"),
            from("tldr-test", "b"),
            from("contest", "c"),
            from("train and test", "c"),
        ]);
        let findings = found(builder, splits);
        assert_eq!(counts(&findings, "splits.groups", ""), (2, 3));
        assert_eq!(counts(&findings, "splits.shared-prompts", ""), (1, 2));
        assert_eq!(one(&findings, "splits.shared-prompts", "").examples, ["a in both"]);
    }

    #[test]
    fn without_names_there_is_one_line() {
        let findings = found(text(&[("a", "Why?", &["x"])]), splits);
        assert_eq!((findings.len(), findings[0].severity), (1, Severity::Fine));
    }
}
