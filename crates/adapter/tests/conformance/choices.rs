//! Kinds about sets of segments: rankings and demonstrations.

use crate::{drawn, fixture, id, keeps, keeps_unfitted};
use medley_adapter::conformance::{Fixture, Law, RecordSet, Truth};
use medley_adapter::{ChoiceSet, Demonstration, DemonstrationLikelihood, Ranking, Sharing, Stages};
use medley_feedback as feedback;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

fn ranking(segments: &[usize], ranks: &[u32]) -> feedback::Ranking {
    feedback::Ranking {
        segments: segments.iter().map(|&segment| id(segment)).collect(),
        ranks: ranks.to_vec(),
        reason: None,
        provenance: feedback::Provenance::default(),
    }
}

fn rank(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..150).map(|_| {
        let mut left: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
        let shown = left.clone();
        let mut ranks = vec![0; 4];
        for rank in 1..=4 {
            let weights: Vec<f64> = left.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
            let best = left.remove(drawn(&weights, rng));
            ranks[shown.iter().position(|&s| s == best).unwrap()] = rank;
        }
        ranking(&shown, &ranks)
    });
    RecordSet::new(records.collect())
}

const SKIPPED: [Law; 1] = [Law::Mirror];

#[test]
fn ranking_keeps_all_laws() {
    let orders: [[u32; 3]; 6] = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    let answers = orders.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    // Stages: two for three distinct ranks, three for four, one for two.
    let records = vec![
        ranking(&[0, 1, 2], &[2, 1, 3]),
        ranking(&[4, 5, 6, 7], &[1, 2, 4, 3]),
        ranking(&[3, 1], &[2, 1]),
        ranking(&[11, 10, 9], &[1, 3, 2]),
    ];
    let fixture =
        Fixture { shift_invariant: true, simulate: Some(rank), ..fixture(records, 8, answers) };
    keeps(&Ranking::default(), &fixture, &SKIPPED);
    let each = Sharing::PerAnnotator;
    keeps(&Ranking { rationality: each, ..Ranking::default() }, &fixture, &SKIPPED);
    for stages in [Stages::Differ, Stages::PerAnnotator] {
        keeps(&Ranking { stages, rationality: each }, &fixture, &SKIPPED);
    }
}

#[test]
fn ranking_with_ties_keeps_all_laws() {
    // Any two of three first, then the third; or the other way round.
    let first: [[u32; 3]; 3] = [[1, 1, 2], [1, 2, 1], [2, 1, 1]];
    let answers = first.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    let records = vec![
        ranking(&[0, 1, 2], &[1, 1, 2]),
        ranking(&[4, 5, 6, 7], &[1, 2, 2, 3]),
        ranking(&[3, 2], &[2, 1]),
        ranking(&[11, 10, 9], &[2, 1, 2]),
    ];
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 5, answers) };
    keeps_unfitted(&Ranking::default(), &fixture, &SKIPPED);
}

fn demonstration(shown: usize, instead: &[usize]) -> feedback::Demonstration {
    feedback::Demonstration {
        segment: id(shown),
        alternatives: instead.iter().map(|&segment| id(segment)).collect(),
        provenance: feedback::Provenance::default(),
    }
}

fn demonstrate(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..200).map(|_| {
        let mut options: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
        let weights: Vec<f64> = options.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
        let shown = options.remove(drawn(&weights, rng));
        demonstration(shown, &options)
    });
    RecordSet::new(records.collect())
}

#[test]
fn demonstration_keeps_all_laws() {
    let records = vec![
        demonstration(0, &[1, 2]),
        demonstration(3, &[2]),
        demonstration(5, &[4, 7, 6]),
        demonstration(2, &[0]),
    ];
    let answers = vec![
        vec![demonstration(8, &[9, 10])],
        vec![demonstration(9, &[8, 10])],
        vec![demonstration(10, &[8, 9])],
    ];
    let fixture = Fixture {
        shift_invariant: true,
        simulate: Some(demonstrate),
        ..fixture(records, 4, answers)
    };
    keeps(&Demonstration::default(), &fixture, &SKIPPED);
    let by_annotator =
        Demonstration { rationality: Sharing::PerAnnotator, ..Demonstration::default() };
    keeps(&by_annotator, &fixture, &SKIPPED);
}

/// The other segment of the group: `s8` and `s9` are one.
#[test]
fn demonstration_of_a_group_keeps_all_laws() {
    let records: Vec<_> = [0, 3, 6].map(|shown| demonstration(shown, &[])).to_vec();
    let answers = vec![vec![demonstration(8, &[])], vec![demonstration(9, &[])]];
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 3, answers) };
    let group = Demonstration { choice_set: ChoiceSet::Group, ..Demonstration::default() };
    keeps_unfitted(&group, &fixture, &SKIPPED);
    let pair = Demonstration { likelihood: DemonstrationLikelihood::Pair, ..group };
    keeps_unfitted(&pair, &fixture, &SKIPPED);
}

/// A sampled set depends on what was shown, so that no list of answers has one choice set.
#[test]
fn demonstration_of_a_sample_keeps_all_laws() {
    let records: Vec<_> = [0, 3, 6, 9].map(|shown| demonstration(shown, &[])).to_vec();
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 4, Vec::new()) };
    let sampled =
        Demonstration { choice_set: ChoiceSet::Sampled, samples: 3, ..Demonstration::default() };
    keeps_unfitted(&sampled, &fixture, &[Law::Normalization, Law::Mirror, Law::Pair]);
    let pair = Demonstration { likelihood: DemonstrationLikelihood::Pair, ..sampled };
    keeps_unfitted(&pair, &fixture, &[Law::Normalization, Law::Mirror]);
}
