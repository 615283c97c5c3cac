//! The adapter keeps every law of Medley's conformance suite.

use burn::tensor::Device;
use custom_adapter::{BestWorst, BestWorstAdapter};
use medley::adapter::conformance::{Fixture, Law, RecordSet, Truth, check, world};
use medley::adapter::{Query, Sharing};
use medley::feedback::{Checked, Provenance};
use rand::RngExt;

fn said(segments: &[usize], best: usize, worst: usize) -> BestWorst {
    let id = |s: usize| format!("s{s}").as_str().into();
    BestWorst {
        segments: segments.iter().map(|&s| id(s)).collect(),
        best: id(best),
        worst: id(worst),
        provenance: Provenance::default(),
    }
}

#[test]
fn best_worst_keeps_all_laws() {
    // Sets of three, two and four: a batch holds response sets of 6, 2 and 12 pairs. The first and
    // the last have no group in common with another, so that a split can divide them.
    let records = vec![said(&[0, 1, 2], 1, 0), said(&[3, 2], 2, 3), said(&[5, 6, 7, 4], 5, 4)];
    let pairs = [(8, 9), (8, 10), (9, 8), (9, 10), (10, 8), (10, 9)];
    let answer = |(best, worst)| RecordSet::new(vec![said(&[8, 9, 10], best, worst)]);
    let about: [&[u32]; 5] = [&[0, 2, 1], &[4, 3], &[7, 5, 6, 8], &[11, 10, 9], &[3, 9]];
    let query = |segments: &[u32]| Query { segments: segments.to_vec(), ..Query::default() };
    let fixture = Fixture {
        queries: about.map(query).to_vec(),
        responses: pairs.map(answer).to_vec(),
        shift_invariant: true,
        simulate: Some(|truth: &Truth, rng| {
            let records = (0..200).map(|_| {
                let shown: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
                let noisy = |s: usize, noise: f64| truth.mean(s) + 0.2 * noise;
                let mut order: Vec<(f64, usize)> =
                    shown.iter().map(|&s| (noisy(s, rng.random()), s)).collect();
                order.sort_by(|a, b| a.0.total_cmp(&b.0));
                said(&shown, order[3].1, order[0].1)
            });
            RecordSet::new(records.collect())
        }),
        ..Fixture::new(world(12, 1).unwrap(), RecordSet::new(records), 3, Device::flex())
    };
    // There are no two sides to swap, and a pair of segments is an answer rather than a question. Models of
    // people are not told how to read it (`Objective::linear`).
    for rationality in [Sharing::Shared, Sharing::PerAnnotator] {
        let report = check(&BestWorstAdapter { rationality }, &fixture)
            .unwrap_or_else(|failures| panic!("{failures}"));
        let skipped: Vec<Law> = report.skipped.iter().map(|(law, _)| *law).collect();
        assert_eq!(skipped, [Law::Mirror, Law::Pair, Law::Linear]);
    }
}

#[test]
fn a_best_that_was_not_shown_is_refused() {
    let error = Checked::new(said(&[0, 1], 2, 0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "best-worst: field `best` must be one of the segments shown, found `s2`"
    );
}
