//! Prompts that are there more than once.

use crate::finding::Examples;
use crate::normalize::normalized_question;
use crate::{Case, Finding};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// `prompts.repeated`: groups with the prompt and context of another, earlier group. A split by
/// prompt keeps them together.
///
/// `prompts.near-duplicates`: groups whose prompt and context have the words of an earlier group's,
/// but not its text. A split by prompt may part them, and then the test knows the training prompts;
/// it keeps those together that differ in the form of characters only.
///
/// `prompts.continued`: groups whose prompt goes on with the conversation of another: with its prompt,
/// one of its responses, and more. A split by prompt keeps them together.
pub(crate) fn prompts(case: &Case<'_>) -> Vec<Finding> {
    let groups = case.dataset.groups();
    let text = |g: usize| (groups.prompt(g), groups.context(g));
    let prompted: Vec<usize> = (0..groups.len()).filter(|&g| text(g) != (None, None)).collect();
    if prompted.is_empty() {
        return Vec::new();
    }
    let words = prompted.par_iter().map(|&g| normalized_question(groups, g).unwrap_or_default());
    let words: Vec<String> = words.collect();
    let mut exact: BTreeMap<(Option<&str>, Option<&str>), usize> = BTreeMap::new();
    let mut near: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut repeated, mut alike) = ((0, Examples::default()), (0, Examples::default()));
    for (&g, words) in prompted.iter().zip(&words) {
        if let Some(&before) = exact.get(&text(g)) {
            repeated.0 += 1;
            repeated.1.add(|| format!("{} as {}", groups.id(g), groups.id(before)));
            continue;
        }
        exact.insert(text(g), g);
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
    let mut continued = (0, Examples::default());
    for (g, before) in case.dataset.continued().into_iter().enumerate() {
        if let Some(before) = before {
            continued.0 += 1;
            continued.1.add(|| format!("{} after {}", groups.id(g), groups.id(before as usize)));
        }
    }
    vec![
        finding(
            "prompts.repeated",
            repeated,
            "same text as an earlier prompt; a split keeps them together",
        ),
        found.warn_if(bad),
        finding(
            "prompts.continued",
            continued,
            "the conversation of another prompt goes on; a split keeps them together",
        ),
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

    /// After OpenTextShield pull request 195: two forms of one character look the same.
    #[test]
    fn forms_of_one_prompt_are_near_duplicates() {
        let builder = text(&[("a", "Caf\u{e9}?", &["x"]), ("b", "Cafe\u{301}?", &["x"])]);
        let findings = found(builder, prompts);
        assert_eq!(counts(&findings, "prompts.repeated", ""), (0, 2));
        assert_eq!(counts(&findings, "prompts.near-duplicates", ""), (1, 2));
    }

    /// After LLaMA-Factory issue 6509: one instruction and thirty inputs are thirty questions.
    #[test]
    fn one_instruction_with_other_inputs_is_another_question() {
        let mut builder = text(&[]);
        for (group, context) in [("a", "eins"), ("b", "zwei"), ("c", "eins"), ("d", "Eins!")] {
            builder.add_group(group, Some("Translate."), Some(context));
        }
        let findings = found(builder, prompts);
        assert_eq!(counts(&findings, "prompts.repeated", ""), (1, 4));
        assert_eq!(counts(&findings, "prompts.near-duplicates", ""), (1, 4));
    }

    /// Audit A7: 131 prompts of HH-RLHF go on with another, and nothing said so.
    #[test]
    fn a_conversation_that_goes_on_is_counted() {
        let builder = text(&[
            ("a", "Hi", &["Hello.", "Yes?"]),
            ("b", "user: Hi\n\nassistant: Yes?\n\nuser: Why?", &["x"]),
        ]);
        let findings = found(builder, prompts);
        assert_eq!(counts(&findings, "prompts.continued", ""), (1, 2));
    }
}
