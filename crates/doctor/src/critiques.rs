//! Critiques without content: of white space only, or with neither words nor an aspect.

use crate::finding::Examples;
use crate::{Case, Finding};
use medley_feedback::{Critique, Polarity};

/// `critique.blank-span`: of the critiques with a span of characters, those that mark only white
/// space. (A span beyond its text is refused when the records are read.)
///
/// `critique.wordless`: of the critiques that blame or praise, those with neither words nor an
/// aspect. All that is left is that something was good or bad.
pub(crate) fn critiques(case: &Case<'_>) -> Vec<Finding> {
    if case.records.critiques.is_empty() {
        return Vec::new();
    }
    vec![blank_spans(case), wordless(case)]
}

fn blank_spans(case: &Case<'_>) -> Finding {
    let (mut count, mut total, mut examples) = (0, 0, Examples::default());
    for (row, critique) in case.records.critiques.iter().enumerate() {
        let Some((first, end)) = critique.first_char.zip(critique.end_char) else { continue };
        let text = case.dataset.segments().text(case.segment(&critique.segment));
        total += 1;
        let length = (end - first) as usize;
        let marked = text.unwrap_or_default().chars().skip(first as usize).take(length);
        if marked.into_iter().all(char::is_whitespace) {
            count += 1;
            examples.add(|| format!("row {row} ({}, {first}..{end})", critique.segment));
        }
    }
    let note = if count > 0 { "the span marks only white space" } else { "" };
    Finding::new("critique.blank-span", count, total, "critiques with a span")
        .warn_if(count > 0)
        .note(note)
        .examples(examples)
}

fn wordless(case: &Case<'_>) -> Finding {
    let is_blank =
        |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let (mut count, mut total, mut spanless) = (0, 0, 0);
    let mut examples = Examples::default();
    for (row, critique) in case.records.critiques.iter().enumerate() {
        if critique.polarity == Polarity::Neutral {
            continue;
        }
        total += 1;
        if is_blank(&critique.text) && is_blank(&critique.aspect) {
            count += 1;
            spanless += usize::from(!has_span(critique));
            examples.add(|| format!("row {row} ({})", critique.segment));
        }
    }
    let note = format!("neither words nor an aspect; {spanless} of them have no span either");
    Finding::new("critique.wordless", count, total, "negative or positive critiques")
        .warn_if(count > 0)
        .note(if count > 0 { note } else { String::new() })
        .examples(examples)
}

fn has_span(critique: &Critique) -> bool {
    critique.first_char.is_some() || critique.first_step.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{counts, critique, found, text};
    use medley_feedback::Checked;

    #[test]
    fn blanks_and_silence_are_found() {
        let mut builder = text(&[("q", "Why?", &["Él is.  No."])]);
        let span = |first, end, aspect: Option<&str>| {
            let base = critique("q/0", Polarity::Negative);
            let aspect = aspect.map(str::to_owned);
            Critique { first_char: Some(first), end_char: Some(end), aspect, ..base }
        };
        let records = vec![
            span(6, 8, Some("style")), // two spaces
            span(5, 8, Some("style")),
            span(0, 2, None), // "Él", without words
            Critique { text: Some(" ".into()), ..critique("q/0", Polarity::Positive) },
            Critique { text: Some("Good.".into()), ..critique("q/0", Polarity::Positive) },
            critique("q/0", Polarity::Neutral),
        ];
        builder.insert(records.into_iter().map(|record| Checked::new(record).unwrap()).collect());
        let findings = found(builder, critiques);
        assert_eq!(counts(&findings, "critique.blank-span", ""), (1, 3));
        assert_eq!(findings[0].examples, ["row 0 (q/0, 6..8)"]);
        assert_eq!(counts(&findings, "critique.wordless", ""), (2, 5));
        assert!(findings[1].note.ends_with("1 of them have no span either"));
    }
}
