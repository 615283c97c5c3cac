//! Whether approvals carry information.

use crate::{Case, Finding};

/// A share of one answer that leaves little to learn.
const NEARLY_ALL: f64 = 0.95;

/// `approval.one-valued`: records with the most frequent approval value.
pub(crate) fn one_valued(case: &Case<'_>) -> Vec<Finding> {
    let mut values: Vec<f64> =
        case.records.approvals.iter().map(|record| record.approval).collect();
    let Some((value, count)) = most_frequent(&mut values) else { return Vec::new() };
    let total = values.len();
    let all = count == total;
    let note = match all {
        true => format!("every approval is {value}: nothing can be learned"),
        false => format!("the most frequent approval is {value}"),
    };
    let finding = Finding::new("approval.one-valued", count, total, "approvals");
    let much = count as f64 > NEARLY_ALL * total as f64;
    vec![finding.warn_if(much).error_if(all && total > 1).note(note)]
}

/// The value that is there most often, the smallest of several, and how often.
pub(crate) fn most_frequent(values: &mut [f64]) -> Option<(f64, usize)> {
    values.sort_by(f64::total_cmp);
    let runs = values.chunk_by(|a, b| a == b);
    runs.map(|run| (run[0], run.len())).reduce(|best, run| if run.1 > best.1 { run } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{counts, found, prompts, thumb};

    #[test]
    fn one_value_only_is_an_error() {
        let check = |values: &[f64], expect, severity| {
            let mut builder = prompts(1, 1);
            builder.insert(values.iter().map(|value| thumb("ann", "0/0", *value)).collect());
            let findings = found(builder, one_valued);
            assert_eq!(counts(&findings, "approval.one-valued", ""), expect);
            assert_eq!(findings[0].severity, severity, "{values:?}");
        };
        check(&[1.0, 1.0, 1.0], (3, 3), Severity::Error);
        check(&[1.0, 0.0, 1.0, 0.5], (2, 4), Severity::Fine);
        check(&[[0.0; 39].as_slice(), &[1.0]].concat(), (39, 40), Severity::Warning);
    }
}
