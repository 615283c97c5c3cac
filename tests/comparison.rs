//! Does the adapter of comparisons keep the laws under every option?

mod support;

use medley_adapter::conformance::{Fixture, Law, Responses, check};
use medley_adapter::{Comparison, Ties};
use medley_feedback as feedback;
use support::{comparisons, with_ties, without_ties};

/// No law is broken and none is skipped.
fn keeps_all_laws(adapter: &Comparison, fixture: &Fixture<feedback::Comparison>) {
    let report = check(adapter, fixture).unwrap();
    assert_eq!(report.skipped, []);
    assert_eq!(report.held.len(), 14);
}

#[test]
fn davidson_with_side_offset() {
    keeps_all_laws(&Comparison::default(), &with_ties());
}

#[test]
fn rao_kupper() {
    keeps_all_laws(&Comparison { ties: Ties::RaoKupper, ..Comparison::default() }, &with_ties());
}

#[test]
fn bradley_terry_with_soft_labels() {
    let adapter = Comparison { ties: Ties::SoftLabel, ..Comparison::default() };
    keeps_all_laws(&adapter, &without_ties());
    let ties_are_half_a_vote = Fixture {
        responses: without_ties().responses,
        ..with_ties()
    };
    keeps_all_laws(&adapter, &ties_are_half_a_vote);
}

#[test]
fn label_noise_without_offset() {
    let adapter = Comparison { label_noise: 0.1, offset: false, ..Comparison::default() };
    keeps_all_laws(&adapter, &with_ties());
}

fn graded(record: &feedback::Comparison, grade: u32) -> feedback::Comparison {
    let strength = Some(feedback::Strength { grade, levels: 3 });
    feedback::Comparison { strength, ..record.clone() }
}

#[test]
fn strength() {
    let grades = |record: &feedback::Comparison| {
        let side = |preference| feedback::Comparison { preference, tie: 0.0, ..record.clone() };
        let both = [side(1.0), side(0.0)];
        let tied = feedback::Comparison::tied(record.first.clone(), record.second.clone());
        let graded = both.iter().flat_map(|side| (1..=3).map(|grade| graded(side, grade)));
        graded.chain([tied]).collect()
    };
    let records = comparisons().iter().enumerate().map(|(i, r)| graded(r, i as u32 % 3 + 1));
    let fixture = Fixture {
        records: records.collect(),
        responses: Responses::Finite(grades),
        simulation: None,
        ..with_ties()
    };
    let report = check(&Comparison { strength: true, ..Comparison::default() }, &fixture).unwrap();
    let skipped: Vec<Law> = report.skipped.iter().map(|(law, _)| *law).collect();
    assert_eq!(skipped, [Law::Recovery]);
}
