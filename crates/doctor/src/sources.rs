//! What there is, by kind and source, and what cannot be read.

use crate::{Case, Finding};
use std::collections::BTreeMap;

/// `records.unreadable`: a kind whose table breaks an invariant, with the reader's message (a span
/// outside its text, steps beyond the segment, a value off its scale, an unknown segment).
///
/// `records.unknown-kind`: a kind of a crate that is not linked here; it is not examined.
///
/// `records.source`: records of each kind and source, of all records that could be read.
pub(crate) fn sources(case: &Case<'_>) -> Vec<Finding> {
    let mut counts: BTreeMap<(&'static str, &str), usize> = BTreeMap::new();
    for said in case.said.iter() {
        *counts.entry((said.kind, said.source.unwrap_or("(none)"))).or_default() += 1;
    }
    let total = case.said.len();
    let mut findings: Vec<Finding> = case
        .unreadable
        .iter()
        .map(|unreadable| {
            let count = case.dataset.count(unreadable.kind);
            Finding::new("records.unreadable", count, count, "records")
                .about(unreadable.kind)
                .error_if(true)
                .note(&unreadable.message)
        })
        .collect();
    for kind in case.dataset.kinds() {
        if !KNOWN.contains(&kind) {
            let count = case.dataset.count(kind);
            let note = "this kind is unknown to this build and was not examined";
            let finding = Finding::new("records.unknown-kind", count, count, "records");
            findings.push(finding.about(kind).warn_if(true).note(note));
        }
    }
    findings.extend(counts.into_iter().map(|((kind, source), count)| {
        Finding::new("records.source", count, total, "records").about(format!("{kind}/{source}"))
    }));
    findings
}

const KNOWN: [&str; 9] = [
    "approval",
    "comparison",
    "correction",
    "critique",
    "demonstration",
    "description",
    "ranking",
    "rating",
    "stop",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{changed, compare, counts, found, prompts, thumb};

    #[test]
    fn records_by_kind_and_source() {
        let mut builder = prompts(1, 2);
        let from = |source: &str| {
            changed(compare("0/0", "0/1", 1.0), |it| it.provenance.source = Some(source.into()))
        };
        builder.insert(vec![from("x"), from("y"), from("x")]);
        builder.insert(vec![thumb("ann", "0/0", 1.0)]);
        let findings = found(builder, sources);
        assert_eq!(counts(&findings, "records.source", "comparison/x"), (2, 4));
        assert_eq!(counts(&findings, "records.source", "approval/(none)"), (1, 4));
    }
}
