//! The same answer twice.

use crate::finding::Examples;
use crate::{Case, Finding};

/// More duplicates without an annotator than this are no chance agreement of a few people.
const MANY: f64 = 0.01;

const AGAIN: &str = "same pair, annotator and answer as an earlier record: it would count twice";

/// Without metadata nobody can tell.
const AGAIN_OR_OTHERS: &str = "same pair, annotator and answer as an earlier record: it would count \
                               twice, unless another model wrote the same text, which metadata of \
                               segments would tell";

/// `comparison.duplicates`: records beyond the first with the same two sides in the same order,
/// the same answer and the same annotator. They would count twice.
///
/// One text by two models is two sides, as far as metadata tells them apart.
///
/// Where no annotator is named, two records may be two people who agree, so these are counted
/// apart. A pair shown again with its sides swapped is a repeat and no duplicate.
pub(crate) fn duplicates(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    // [without annotator, named]
    let (mut counts, mut totals) = ([0; 2], [0; 2]);
    let is_named = |row: usize| usize::from(case.answers[row].annotator.is_some());
    (0..case.answers.len()).for_each(|row| totals[is_named(row)] += 1);
    let mut examples = [Examples::default(), Examples::default()];
    for (row, before) in again(case) {
        counts[is_named(row)] += 1;
        examples[is_named(row)].add(|| format!("{} as row {before}", case.name_comparison(row)));
    }
    let [of_nobody, of_somebody] = examples;
    let finding = |count, of| Finding::new("comparison.duplicates", count, of, "comparisons");
    let mut findings = Vec::new();
    if totals[1] > 0 {
        let note = match case.dataset.segments().metadata().is_empty() {
            true => AGAIN_OR_OTHERS,
            false => AGAIN,
        };
        let note = if counts[1] > 0 { note } else { "" };
        let found = finding(counts[1], totals[1]).warn_if(counts[1] > 0);
        findings.push(found.about("annotator named").note(note).examples(of_somebody));
    }
    if totals[0] > 0 {
        let note = "same pair and answer as an earlier record, possibly by another person";
        let note = if counts[0] > 0 { note } else { "" };
        let found = finding(counts[0], totals[0]);
        let many = counts[0] as f64 > MANY * totals[0] as f64;
        findings
            .push(found.warn_if(many).about("no annotator named").note(note).examples(of_nobody));
    }
    findings
}

/// The rows that say what an earlier one says, rising, and the first that says it.
fn again(case: &Case<'_>) -> Vec<(usize, usize)> {
    let key = |row: usize| {
        let answer = &case.answers[row];
        let sides = (case.identity(answer.first), case.identity(answer.second));
        (answer.annotator, sides, answer.shares.map(f64::to_bits))
    };
    // Sorted rows: a map would have to hold all that is compared.
    let mut rows: Vec<usize> = (0..case.answers.len()).collect();
    rows.sort_unstable_by_key(|&row| (key(row), row));
    let alike = rows.chunk_by(|&one, &next| key(one) == key(next));
    let mut again: Vec<(usize, usize)> =
        alike.flat_map(|rows| rows[1..].iter().map(|&row| (row, rows[0]))).collect();
    again.sort_unstable();
    again
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, compare, counts, found, prompts, text, tie};

    /// After 220 records of PandaLM, in which two models gave the same text.
    #[test]
    fn one_text_by_two_models_is_no_duplicate() {
        let mut builder = text(&[("q", "Why?", &["Same.", "Same.", "Other.", "Same."])]);
        for (segment, model) in [("q/0", "a"), ("q/1", "b"), ("q/2", "c"), ("q/3", "a")] {
            builder.add_metadata(segment, &[("model", model.into())]);
        }
        builder.insert(vec![
            by("ann", "q/0", "q/2", 1.0),
            by("ann", "q/1", "q/2", 1.0),
            by("ann", "q/3", "q/2", 1.0), // the text and the model of the first
        ]);
        let findings = found(builder, duplicates);
        assert_eq!(counts(&findings, "comparison.duplicates", "annotator named"), (1, 3));
        assert_eq!(findings[0].examples, ["row 2 (q/3, q/2) as row 0"]);
        assert_eq!(findings[0].note, AGAIN);
    }

    #[test]
    fn only_the_same_answer_by_the_same_person_is_a_duplicate() {
        let mut builder = prompts(1, 3);
        builder.insert(vec![
            by("ann", "0/0", "0/1", 1.0),
            by("ann", "0/0", "0/1", 1.0), // duplicate
            by("ann", "0/1", "0/0", 0.0), // swapped: a repeat
            by("ann", "0/0", "0/1", 0.0), // another answer
            by("bob", "0/0", "0/1", 1.0), // another person
            by("ann", "0/0", "0/1", 1.0), // duplicate
            compare("0/0", "0/1", 1.0),
            compare("0/0", "0/1", 1.0), // duplicate, perhaps
            tie("0/0", "0/1"),
        ]);
        let findings = found(builder, duplicates);
        let check = "comparison.duplicates";
        assert_eq!(counts(&findings, check, "annotator named"), (2, 6));
        assert_eq!(counts(&findings, check, "no annotator named"), (1, 3));
        assert_eq!(
            findings[0].examples,
            ["row 1 (0/0, 0/1) as row 0", "row 5 (0/0, 0/1) as row 0"]
        );
    }
}
