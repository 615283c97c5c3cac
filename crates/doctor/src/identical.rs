//! Comparisons whose two sides are the same.

use crate::finding::Examples;
use crate::{Case, Finding, Outcome};

/// `comparison.identical-sides`: both sides have the same text, or are the same window of steps.
/// No reward can distinguish them, so a decided answer is noise.
pub(crate) fn identical_sides(case: &Case<'_>) -> Vec<Finding> {
    let total = case.answers.len();
    if total == 0 {
        return Vec::new();
    }
    let (mut count, mut decided, mut examples) = (0, 0, Examples::default());
    for (row, answer) in case.answers.iter().enumerate() {
        if answer.pair.0 == answer.pair.1 {
            count += 1;
            decided += usize::from(answer.outcome != Outcome::Undecided);
            examples.add(|| case.name_comparison(row));
        }
    }
    let finding = Finding::new("comparison.identical-sides", count, total, "comparisons");
    let note = format!("the two sides are the same; {decided} of them are decided nevertheless");
    let note = if count == 0 { String::new() } else { note };
    vec![finding.warn_if(count > 0).note(note).examples(examples)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{compare, counts, found, text, tie};

    #[test]
    fn sides_with_one_text_are_found() {
        let mut builder = text(&[("q", "Why?", &["Same.", "Other.", "Same."])]);
        let records =
            vec![compare("q/0", "q/1", 1.0), compare("q/2", "q/0", 1.0), tie("q/0", "q/2")];
        builder.insert(records);
        let findings = found(builder, identical_sides);
        assert_eq!(counts(&findings, "comparison.identical-sides", ""), (2, 3));
        assert_eq!(findings[0].severity, Severity::Warning);
        assert!(findings[0].note.contains("1 of them"), "{}", findings[0].note);
        assert_eq!(findings[0].examples, ["row 1 (q/2, q/0)", "row 2 (q/0, q/2)"]);
        assert!(found(text(&[("q", "Why?", &["One."])]), identical_sides).is_empty());
    }
}
