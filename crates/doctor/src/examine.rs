//! All checks, in the order of the report.

use crate::report::Report;
use crate::{
    Case, Finding, agreement, annotators, approvals, attributes, ceilings, contradictions,
    corrections, critiques, cycles, derived, duplicates, identical, length, metadata, one_ranking,
    prompts, ratings, seconds, segments, side_bias, sources, splits, ties, tournament,
};
use rayon::prelude::*;

type Check = fn(&Case<'_>) -> Vec<Finding>;

const CHECKS: [Check; 24] = [
    sources::sources,
    splits::splits,
    prompts::prompts,
    segments::segments,
    metadata::metadata,
    annotators::annotators,
    attributes::attributes,
    derived::derived,
    seconds::seconds,
    identical::identical_sides,
    duplicates::duplicates,
    contradictions::contradictions,
    cycles::cycles,
    one_ranking::one_ranking,
    tournament::tournament,
    ties::ties,
    side_bias::side_bias,
    length::length,
    ceilings::ceilings,
    agreement::agreement,
    ratings::ratings,
    approvals::one_valued,
    critiques::critiques,
    corrections::corrections,
];

/// Checks at a time. What one sorts is as large as the data, and a machine of many cores would hold
/// that of all checks at once.
const AT_A_TIME: usize = 4;

/// Runs every check. Checks run in parallel and share nothing, so the report does not depend on
/// the number of threads.
pub fn examine(case: &Case<'_>) -> Report {
    let findings = CHECKS.chunks(AT_A_TIME).flat_map(|checks| {
        checks.par_iter().map(|check| check(case)).collect::<Vec<Vec<Finding>>>()
    });
    Report::new(case, findings.flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, critique, prompts, rate, thumb};
    use crate::{Options, Severity};
    use medley_dataset::{Card, DatasetBuilder, Domain};
    use medley_feedback::{Checked, Polarity};

    #[test]
    fn an_empty_dataset_has_no_problems() {
        let dataset = DatasetBuilder::new(Card::new("none", Domain::Text)).build().unwrap();
        let report = examine(&Case::new(&dataset, Options::default()));
        assert_eq!(report.worst(), Severity::Fine);
        assert_eq!(report.records, 0);
    }

    #[test]
    fn every_line_is_explained() {
        let mut builder = prompts(3, 3);
        builder.add_person("ann", &[("country", "DE".into())]);
        builder.add_metadata("0/0", &[("model", "a".into())]);
        builder.add_metadata("0/1", &[("model", "b".into())]);
        let timed = changed(by("bob", "0/0", "0/1", 0.0), |it| it.provenance.seconds = Some(3.0));
        builder.insert(vec![by("ann", "0/0", "0/1", 1.0), timed]);
        builder.insert(vec![Checked::new(critique("0/0", Polarity::Negative)).unwrap()]);
        builder.insert(vec![rate("ann", "0/0", 1.0), rate("bob", "0/0", 2.0)]);
        builder.insert(vec![thumb("ann", "0/0", 1.0), thumb("bob", "0/0", 0.0)]);
        let dataset = builder.build().unwrap();
        let report = examine(&Case::new(&dataset, Options::default()));
        let manual = include_str!("../../../docs/DOCTOR.md");
        assert!(report.findings.len() > 30);
        for finding in &report.findings {
            assert!(manual.contains(&format!("`{}`", finding.check)), "{}", finding.check);
        }
    }
}
