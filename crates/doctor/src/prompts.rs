//! Prompts that are there more than once.

use crate::finding::Examples;
use crate::normalize::normalized;
use crate::{Case, Finding};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// `prompts.repeated`: groups whose prompt text another, earlier group has. A split by prompt
/// keeps them together.
///
/// `prompts.near-duplicates`: groups whose prompt has the words of an earlier group's, but not its
/// text. A split by prompt may part them, and then the test knows the training prompts.
pub(crate) fn prompts(case: &Case<'_>) -> Vec<Finding> {
    let groups = case.dataset.groups();
    let prompted: Vec<(usize, &str)> =
        (0..groups.len()).filter_map(|g| Some((g, groups.prompt(g)?))).collect();
    if prompted.is_empty() {
        return Vec::new();
    }
    let words: Vec<String> = prompted.par_iter().map(|(_, prompt)| normalized(prompt)).collect();
    let mut exact: BTreeMap<&str, usize> = BTreeMap::new();
    let mut near: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut repeated, mut alike) = ((0, Examples::default()), (0, Examples::default()));
    for (&(g, prompt), words) in prompted.iter().zip(&words) {
        if let Some(&before) = exact.get(prompt) {
            repeated.0 += 1;
            repeated.1.add(|| format!("{} as {}", groups.id(g), groups.id(before)));
            continue;
        }
        exact.insert(prompt, g);
        match near.get(&words[..]) {
            Some(&before) if !words.is_empty() => {
                alike.0 += 1;
                alike.1.add(|| format!("{} like {}", groups.id(g), groups.id(before)));
            }
            _ => drop(near.insert(words, g)),
        }
    }
    let finding = |check, (count, examples): (usize, Examples), note: &str| {
        let note = if count > 0 { note } else { "" };
        Finding::new(check, count, prompted.len(), "prompts").note(note).examples(examples)
    };
    let near =
        "same words as an earlier prompt, in another text: a split by prompt may separate them";
    let found = finding("prompts.near-duplicates", alike, near);
    let bad = found.count > 0;
    vec![
        finding(
            "prompts.repeated",
            repeated,
            "same text as an earlier prompt; a split keeps them together",
        ),
        found.warn_if(bad),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{counts, found, text};

    #[test]
    fn same_text_and_same_words_are_apart() {
        let builder = text(&[
            ("a", "Why is it so?", &["x"]),
            ("b", "why is it so", &["x"]),
            ("c", "Why is it so?", &["x"]),
            ("d", "How?", &["x"]),
            ("e", "?", &["x"]),
            ("f", "!", &["x"]),
        ]);
        let findings = found(builder, prompts);
        assert_eq!(counts(&findings, "prompts.repeated", ""), (1, 6));
        assert_eq!(counts(&findings, "prompts.near-duplicates", ""), (1, 6));
        assert_eq!(findings[0].examples, ["c as a"]);
        assert_eq!(findings[1].examples, ["b like a"]);
    }
}
