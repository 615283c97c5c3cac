//! How often people do not decide.

use crate::finding::Examples;
use crate::{Answer, Case, Finding, Outcome};

/// `comparison.ties`: records where no side has more votes than the other and than the tie.
pub(crate) fn ties(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    let (mut count, mut examples) = (0, Examples::default());
    for (row, answer) in case.answers.iter().enumerate() {
        if answer.outcome == Outcome::Undecided {
            count += 1;
            examples.add(|| case.name_comparison(row));
        }
    }
    let total = case.answers.len();
    let finding = Finding::new("comparison.ties", count, total, "comparisons");
    let hit = |outcome| f64::from(u8::from(outcome == Outcome::Undecided));
    let parts: Vec<(f64, f64)> =
        case.answers.iter().map(|answer| (hit(answer.outcome), 1.0)).collect();
    let sets = case.cluster_sets(case.answers.iter().map(Answer::sides));
    let note = match count {
        _ if count == total => "all answers are ties: nothing can be learned",
        _ if 2 * count > total => "most answers are ties",
        _ => "",
    };
    let finding = finding.interval(case.options.bootstrap.share(&sets, &parts));
    vec![finding.warn_if(2 * count > total).error_if(count == total).note(note).examples(examples)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{compare, counts, found, prompts, tie};

    #[test]
    fn undecided_answers_are_ties() {
        let mut builder = prompts(2, 2);
        builder.insert(vec![
            compare("0/0", "0/1", 0.5),
            tie("0/0", "0/1"),
            compare("0/0", "0/1", 0.6),
            compare("1/0", "1/1", 1.0),
        ]);
        let findings = found(builder, ties);
        assert_eq!(counts(&findings, "comparison.ties", ""), (2, 4));
        assert_eq!(findings[0].severity, Severity::Fine);
        assert_eq!(findings[0].clusters, Some(2));
    }

    #[test]
    fn only_ties_are_an_error() {
        let mut builder = prompts(1, 2);
        builder.insert(vec![tie("0/0", "0/1")]);
        assert_eq!(found(builder, ties)[0].severity, Severity::Error);
    }
}
