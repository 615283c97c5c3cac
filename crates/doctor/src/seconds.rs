//! Answers that were given faster than anybody can read.

use crate::finding::Examples;
use crate::{Case, Finding};
use medley_evaluation::median;
use std::collections::BTreeMap;

/// More hasty answers than this are no slips.
const MANY: f64 = 0.01;

/// `seconds.zero`: records, of those that state a time, whose time is 0; often a missing value.
///
/// `seconds.hasty`: those of less than 1 second or of less than a tenth of the kind's median.
/// Zeros are not counted again, and do not enter the median.
pub(crate) fn seconds(case: &Case<'_>) -> Vec<Finding> {
    let mut times: BTreeMap<&'static str, Vec<(f64, usize)>> = BTreeMap::new();
    for said in case.said.iter() {
        if let Some(seconds) = said.seconds {
            times.entry(said.kind).or_default().push((seconds, said.row));
        }
    }
    times.into_iter().flat_map(|(kind, times)| of_kind(kind, &times)).collect()
}

fn of_kind(kind: &'static str, times: &[(f64, usize)]) -> [Finding; 2] {
    let positive = times.iter().map(|(seconds, _)| *seconds).filter(|seconds| *seconds > 0.0);
    let median = median(positive.collect()).unwrap_or(0.0);
    let (mut zero, mut hasty) = ((0, Examples::default()), (0, Examples::default()));
    for &(seconds, row) in times {
        if seconds == 0.0 {
            zero.0 += 1;
            zero.1.add(|| format!("row {row}"));
        } else if seconds < 1.0 || seconds < median / 10.0 {
            hasty.0 += 1;
            hasty.1.add(|| format!("row {row} ({seconds} s)"));
        }
    }
    let finding = |check, (count, examples): (usize, Examples), note: String| {
        Finding::new(check, count, times.len(), "records with a time")
            .about(kind)
            .warn_if(count as f64 > MANY * times.len() as f64)
            .note(if count > 0 { note } else { String::new() })
            .examples(examples)
    };
    let note = format!("under 1 s, or under a tenth of the median of {median} s");
    [
        finding(
            "seconds.zero",
            zero,
            "0 s: a missing value, or the annotator did not look".to_owned(),
        ),
        finding("seconds.hasty", hasty, note),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{changed, compare, counts, found, prompts};

    #[test]
    fn zeros_and_haste_are_apart() {
        let mut builder = prompts(1, 2);
        let timed = |seconds| {
            changed(compare("0/0", "0/1", 1.0), |it| it.provenance.seconds = Some(seconds))
        };
        let mut records: Vec<_> = [0.0, 0.5, 3.9, 4.0, 40.0, 50.0].map(timed).to_vec();
        records.push(compare("0/0", "0/1", 1.0));
        records.push(timed(60.0));
        records.push(timed(70.0));
        builder.insert(records);
        let findings = found(builder, seconds);
        // Median of the seven positive times: 40.
        assert_eq!(counts(&findings, "seconds.zero", "comparison"), (1, 8));
        assert_eq!(counts(&findings, "seconds.hasty", "comparison"), (2, 8));
        assert_eq!(findings[1].examples, ["row 1 (0.5 s)", "row 2 (3.9 s)"]);
    }
}
