//! Segments that are odd in themselves.

use crate::annotators::quantile;
use crate::finding::Examples;
use crate::{Case, Finding};

/// Times the median length at which a segment is extremely long.
const LONG: f64 = 20.0;

/// `segments.one-step`: segments of a single step (for text a sentence). `segments.no-words`:
/// texts without any word. `segments.long`: more than 20 times the median length, in words for
/// text and in steps for control. `segments.unused`: segments that no record names; they are not
/// judged, but encoders and scoring see them.
pub(crate) fn segments(case: &Case<'_>) -> Vec<Finding> {
    let segments = case.dataset.segments();
    if segments.is_empty() {
        return Vec::new();
    }
    let named = |i: usize| segments.id(i).0.clone();
    let tally = |check, bad: &dyn Fn(usize) -> bool| {
        let (mut count, mut examples) = (0, Examples::default());
        for i in (0..segments.len()).filter(|&i| bad(i)) {
            count += 1;
            examples.add(|| named(i));
        }
        Finding::new(check, count, segments.len(), "segments").examples(examples)
    };
    let steps: Vec<usize> = (0..segments.len()).map(|i| segments.steps(i).len()).collect();
    let mut findings = vec![tally("segments.one-step", &|i| steps[i] == 1)];
    if let Some(words) = &case.words {
        let found = tally("segments.no-words", &|i| words[i] == 0);
        let bad = found.count > 0;
        findings.push(found.warn_if(bad).note(if bad { "texts without words" } else { "" }));
    }
    let (lengths, what) = match &case.words {
        Some(words) => (words, "words"),
        None => (&steps, "steps"),
    };
    let mut sorted = lengths.clone();
    sorted.sort_unstable();
    let median = quantile(&sorted, 0.5);
    let found = tally("segments.long", &|i| lengths[i] as f64 > LONG * median);
    let bad = found.count > 0;
    let note = format!("more than {LONG} times the median of {median} {what}");
    findings.push(found.warn_if(bad).note(if bad { note } else { String::new() }));
    let used = used(case);
    findings.push(tally("segments.unused", &|i| !used[i]));
    findings
}

fn used(case: &Case<'_>) -> Vec<bool> {
    let mut used = vec![false; case.dataset.segments().len()];
    for said in case.said.iter() {
        said.segments.iter().for_each(|&segment| used[segment as usize] = true);
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compare, counts, found, one, text};
    use medley_dataset::{Card, DatasetBuilder, Domain};

    #[test]
    fn odd_texts_are_counted() {
        let long = "word ".repeat(81);
        let texts = ["One two. Three four.", "...", "One two three four.", "a b c d", &long];
        let mut builder = text(&[("q", "Why?", &texts)]);
        builder.insert(vec![compare("q/0", "q/1", 1.0)]);
        let findings = found(builder, segments);
        assert_eq!(counts(&findings, "segments.one-step", ""), (4, 5));
        assert_eq!(counts(&findings, "segments.no-words", ""), (1, 5));
        assert_eq!(one(&findings, "segments.no-words", "").examples, ["q/1"]);
        // Median 4 words: 81 is more than 80.
        assert_eq!(counts(&findings, "segments.long", ""), (1, 5));
        assert_eq!(counts(&findings, "segments.unused", ""), (3, 5));
    }

    #[test]
    fn windows_have_steps() {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Control));
        builder.card().features = vec!["x".into()];
        builder.add_group("e", None, None);
        builder.add_steps(&[0.0; 41]);
        builder.add_window("one", &["e"], 0, 1);
        builder.add_window("two", &["e"], 0, 2);
        builder.add_window("all", &["e"], 0, 41);
        let findings = found(builder, segments);
        assert_eq!(counts(&findings, "segments.one-step", ""), (1, 3));
        assert_eq!(counts(&findings, "segments.long", ""), (1, 3));
        assert!(findings.iter().all(|finding| finding.check != "segments.no-words"));
    }
}
