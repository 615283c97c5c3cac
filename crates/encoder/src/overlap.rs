//! Overlap: what a sentence shares with the prompt, the context and what was said before.

use crate::words::words;
use medley_dataset::{Dataset, sentences};
use std::collections::HashSet;

/// Names of the measures, in order.
pub(crate) const NAMES: [&str; 6] = [
    "overlap-prompt",
    "overlap-context",
    "unsupported-numbers",
    "redundancy",
    "position",
    "best-context-sentence",
];

/// Words that a sentence can share.
pub(crate) struct Grounds {
    prompt: HashSet<String>,
    context: HashSet<String>,
    sentences: Vec<HashSet<String>>,
}

impl Grounds {
    /// Prompt and context of all groups of segment `i`.
    pub fn of(dataset: &Dataset, i: usize, lowercase: bool) -> Self {
        let groups = || dataset.segments().groups(i).iter().map(|&g| g as usize);
        let contexts = groups().filter_map(|g| dataset.groups().context(g)).flat_map(sentences);
        let sentences: Vec<HashSet<String>> =
            contexts.map(|s| words(s.text, lowercase).into_iter().collect()).collect();
        Self {
            prompt: groups()
                .filter_map(|g| dataset.groups().prompt(g))
                .flat_map(|prompt| words(prompt, lowercase))
                .collect(),
            context: sentences.iter().flatten().cloned().collect(),
            sentences,
        }
    }
}

/// The measures of each sentence, all in [0, 1]:
/// share of its words in the prompt, in the context; share that are numbers and not in the
/// context; share already said in earlier sentences; its place among the sentences (0 first,
/// 1 last, 0 if alone); largest share of its words in one sentence of the context.
pub(crate) fn measure(grounds: &Grounds, sentences: &[Vec<String>]) -> Vec<[f32; NAMES.len()]> {
    let mut said: HashSet<&String> = HashSet::new();
    let last = sentences.len().saturating_sub(1).max(1) as f32;
    let mut rows = Vec::new();
    for (step, words) in sentences.iter().enumerate() {
        let supported = |sentence: &HashSet<String>| share(words, |word| sentence.contains(word));
        rows.push([
            supported(&grounds.prompt),
            supported(&grounds.context),
            share(words, |word| is_number(word) && !grounds.context.contains(word)),
            share(words, |word| said.contains(word)),
            step as f32 / last,
            grounds.sentences.iter().map(supported).fold(0.0, f32::max),
        ]);
        said.extend(words);
    }
    rows
}

fn share(words: &[String], has: impl Fn(&String) -> bool) -> f32 {
    words.iter().filter(|word| has(word)).count() as f32 / words.len().max(1) as f32
}

fn is_number(word: &str) -> bool {
    word.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};

    #[test]
    fn shares_by_hand() {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", Some("Who won?"), Some("England won in 1966. They beat Germany."));
        builder.add_text("s", "q", "England won. England beat Germany in 1970.");
        let dataset = builder.build().unwrap();
        let texts: Vec<_> =
            (0..2).map(|row| words(dataset.segments().step_text(row).unwrap(), true)).collect();
        let rows = measure(&Grounds::of(&dataset, 0, true), &texts);
        assert_eq!(rows[0], [0.5, 1.0, 0.0, 0.0, 0.0, 1.0]);
        // Words: england beat germany in 1970; in context 4, said 1, best sentence 2.
        assert_eq!(rows[1], [0.0, 0.8, 0.2, 0.2, 1.0, 0.4]);
    }
}
