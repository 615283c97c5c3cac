//! Whether the side shown first wins more often.

use crate::{Answer, Case, Finding};

/// A share of wins this far from a half is worth a warning, if the interval excludes a half.
const FAR: f64 = 0.05;

/// `comparison.side-bias`: of the decided answers, those for the side shown first. Without a bias,
/// and with sides shown in random order, half.
pub(crate) fn side_bias(case: &Case<'_>) -> Vec<Finding> {
    let decided = case.answers.iter().filter(|answer| answer.first_wins.is_some());
    let wins = |answer: &Answer| f64::from(u8::from(answer.first_wins == Some(true)));
    let parts: Vec<(f64, f64)> = decided.clone().map(|answer| (wins(answer), 1.0)).collect();
    if parts.is_empty() {
        return Vec::new();
    }
    let sets = case.cluster_sets(decided.map(Answer::sides));
    let share = case.options.bootstrap.share(&sets, &parts);
    let (count, total) = (parts.iter().filter(|part| part.0 == 1.0).count(), parts.len());
    let finding =
        Finding::new("comparison.side-bias", count, total, "decided answers").interval(share);
    let excludes_half =
        finding.low.is_some_and(|low| low > 0.5) || finding.high.is_some_and(|high| high < 0.5);
    let off = count as f64 / total as f64 - 0.5;
    let note = if count == total || count == 0 {
        "the answer is always on one side: the order of sides is not that of presentation, and its \
         offset must not be learned"
    } else if off.abs() > FAR && excludes_half {
        "answers for the side shown first; either people favour a side, or the better response was \
         put there. `offset = true` learns a constant advantage"
    } else {
        "answers for the side shown first"
    };
    let always = (count == total || count == 0) && total > 10;
    vec![finding.warn_if(off.abs() > FAR && excludes_half).warn_if(always).note(note)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{compare, counts, found, one, prompts, tie};

    #[test]
    fn decided_answers_for_the_first_side() {
        // Ten prompts of two answers: all 20 decided, 15 for the first side, and a tie.
        let mut builder = prompts(10, 3);
        let mut records = vec![tie("0/0", "0/1")];
        for group in 0..10 {
            let [a, b, c] = [0, 1, 2].map(|i| format!("{group}/{i}"));
            records.push(compare(&b, &a, 1.0));
            records.push(compare(&a, &c, f64::from(group % 2)));
        }
        builder.insert(records);
        let findings = found(builder, side_bias);
        let check = "comparison.side-bias";
        assert_eq!(counts(&findings, check, ""), (15, 20));
        let finding = one(&findings, check, "");
        // Per prompt the share is 0.5 or 1, five of each: standard error sqrt(0.0625 / 10) = 0.079.
        let (low, high) = (finding.low.unwrap(), finding.high.unwrap());
        assert!((low - 0.6).abs() < 0.026 && (high - 0.9).abs() < 0.026, "{low} {high}");
        assert_eq!((finding.severity, finding.clusters), (Severity::Warning, Some(10)));
    }
}
