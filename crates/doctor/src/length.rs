//! How far length alone predicts the answer.

use crate::{Answer, Case, Finding};

/// Accuracy of length that is worth a warning, if the whole interval is beyond it.
const MUCH: f64 = 0.6;

/// `comparison.length`: of the decided answers whose sides differ in length, those for the longer
/// side; in words and in steps (sentences) for text, in steps for control.
pub(crate) fn length(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    let segments = case.dataset.segments();
    let by_steps = longer_wins(case, "steps", |segment| segments.steps(segment).len());
    let by_words = case.words.as_ref().map(|words| longer_wins(case, "words", |i| words[i]));
    by_words.into_iter().chain([by_steps]).collect()
}

fn longer_wins(case: &Case<'_>, what: &str, length: impl Fn(usize) -> usize) -> Finding {
    let lengths = |answer: &Answer| answer.sides().map(&length);
    let decided = || case.answers.iter().filter(|answer| answer.first_wins.is_some());
    let apart = || {
        decided().filter(|answer| {
            let [first, second] = lengths(answer);
            first != second
        })
    };
    let part = |answer: &Answer| {
        let [first, second] = lengths(answer);
        (f64::from(u8::from(Some(first > second) == answer.first_wins)), 1.0)
    };
    let parts: Vec<(f64, f64)> = apart().map(part).collect();
    let equal = decided().count() - parts.len();
    let count = parts.iter().filter(|part| part.0 == 1.0).count();
    let sets = case.cluster_sets(apart().map(Answer::sides));
    let share = case.options.bootstrap.share(&sets, &parts);
    let finding = Finding::new("comparison.length", count, parts.len(), "decided answers");
    let finding = finding.interval(share).about(what);
    let much = finding.low.is_some_and(|low| low > MUCH);
    let much = much || finding.high.is_some_and(|high| high < 1.0 - MUCH);
    let note = match parts.len() {
        0 => "no decided answer is about sides of different length".to_owned(),
        _ => format!("answers for the longer side; {equal} more compare sides of equal length"),
    };
    finding.warn_if(much).note(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compare, counts, found, prompts, text, tie};

    #[test]
    fn the_longer_side_is_counted_where_there_is_one() {
        // Text i of a prompt has i + 1 words in one sentence.
        let mut builder = prompts(3, 3);
        builder.insert(vec![
            compare("0/0", "0/1", 0.0), // longer
            compare("1/2", "1/1", 1.0), // longer
            compare("2/2", "2/1", 0.3), // shorter
            tie("2/2", "2/0"),
        ]);
        let findings = found(builder, length);
        assert_eq!(counts(&findings, "comparison.length", "words"), (2, 3));
        assert_eq!(counts(&findings, "comparison.length", "steps"), (0, 0));
    }

    #[test]
    fn words_and_sentences_may_disagree() {
        let mut builder = text(&[("q", "Why?", &["One. Two.", "One two three."])]);
        builder.insert(vec![compare("q/0", "q/1", 1.0)]);
        let findings = found(builder, length);
        assert_eq!(counts(&findings, "comparison.length", "words"), (0, 1));
        assert_eq!(counts(&findings, "comparison.length", "steps"), (1, 1));
    }
}
