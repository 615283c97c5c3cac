use super::*;
use crate::judgement::tests::{comparison, judged};

fn error(scored: &Scored, bins: usize) -> f64 {
    let used: Vec<&Judgement> = over_outcomes(scored).collect();
    let index = ClusterIndex::new(used.iter().map(|j| &j.answer.clusters[..]));
    Cells::new(&used, &index, bins).calibration_error(&index.once()).unwrap()
}

/// A calibration error over the outcome named "first" alone.
fn one_sided_error(scored: &Scored, bins: usize) -> f64 {
    let first_only = scored.judgements.iter().map(|judgement| {
        let mut judgement = judgement.clone();
        judgement.log_probabilities.truncate(1);
        judgement.answer.observed.truncate(1);
        judgement
    });
    // The mean over cells: a statement has one here, and the error divides by two.
    2.0 * error(&comparison_of(first_only.collect()), bins)
}

fn comparison_of(judgements: Vec<Judgement>) -> Scored {
    let responses = crate::ResponseSet::Exchangeable;
    Scored { responses, judgements, returns: std::collections::BTreeMap::new() }
}

fn irregular() -> Scored {
    let judgements = (0..97_u32).map(|i| {
        let p = 0.02 + 0.96 * (f64::from(i) * 0.618_034).fract();
        let q = (f64::from(i) * 0.414_214).fract();
        judged(i / 3, &[p, 1.0 - p], &[q, 1.0 - q])
    });
    comparison(judgements.collect())
}

fn swapped(scored: &Scored) -> Scored {
    let mut scored = scored.clone();
    for judgement in scored.judgements.iter_mut().step_by(2) {
        judgement.log_probabilities.reverse();
        judgement.answer.observed.reverse();
    }
    scored
}

#[test]
fn the_error_by_hand() {
    // Bin [0, .5): p = .2, q = 0 and p = .4, q = 1. Bin [.5, 1]: the complements.
    // Each bin: |0.6 - 1| = 0.4 over four cells, 0.8 / 4 in all.
    let scored =
        comparison(vec![judged(0, &[0.8, 0.2], &[1.0, 0.0]), judged(1, &[0.6, 0.4], &[0.0, 1.0])]);
    assert!((error(&scored, 2) - 0.2).abs() < 1e-12);
    let certain = comparison(vec![judged(0, &[1.0, 0.0], &[1.0, 0.0])]);
    assert_eq!(error(&certain, 10), 0.0);
}

#[test]
fn the_error_reaches_1_with_any_number_of_outcomes() {
    for outcomes in [2, 3, 10] {
        let certain = |k| (0..outcomes).map(|i| f64::from(u8::from(i == k))).collect::<Vec<_>>();
        let wrong = comparison_of(vec![judged(0, &certain(0), &certain(1))]);
        assert_eq!(error(&wrong, 10), 1.0, "{outcomes}");
    }
    // All cells are in the lower bin, where p and q both sum to 1.
    let flat = comparison_of(vec![judged(0, &[0.3, 0.3, 0.4], &[0.0, 1.0, 0.0])]);
    assert!(error(&flat, 2) < 1e-12);
    // p = .6 with q = 0 above, p sums to .4 and q to 1 below: (.6 + .6) / 2.
    let off = comparison_of(vec![judged(0, &[0.6, 0.3, 0.1], &[0.0, 1.0, 0.0])]);
    assert!((error(&off, 2) - 0.6).abs() < 1e-12);
}

#[test]
fn swapping_sides_changes_nothing_bit_for_bit() {
    let (scored, other) = (irregular(), swapped(&irregular()));
    assert_eq!(error(&scored, 15).to_bits(), error(&other, 15).to_bits());
    let settings = Bootstrap { replicates: 50, seed: 1 };
    assert_eq!(reliability(&scored, 15, &settings), reliability(&other, 15, &settings));
    assert_ne!(one_sided_error(&scored, 15), one_sided_error(&other, 15));
}

#[test]
fn the_error_of_the_chosen_side_alone_is_not_calibration() {
    // A model that says 0.7 and is right in 70 % of the statements is calibrated. Put the
    // chosen side first, as preference data sets do, and the one-sided error is 0.3.
    let chosen_first = (0..100_u32).map(|i| {
        let p = if i < 70 { 0.7 } else { 0.3 };
        judged(i, &[p, 1.0 - p], &[1.0, 0.0])
    });
    let scored = comparison(chosen_first.collect());
    assert!(error(&scored, 10) < 1e-12);
    assert!(one_sided_error(&scored, 10) > 0.29);
}

#[test]
fn bins_carry_means_counts_and_intervals() {
    let scored = irregular();
    let bins = reliability(&scored, 4, &Bootstrap { replicates: 400, seed: 0 });
    assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), 2 * 97);
    for bin in &bins {
        assert!(bin.low <= bin.predicted && bin.predicted <= bin.high, "{bin:?}");
        assert!(bin.observed_low < bin.observed && bin.observed < bin.observed_high, "{bin:?}");
    }
    // Both orientations are in: the diagram is its own mirror image.
    for (bin, mirror) in bins.iter().zip(bins.iter().rev()) {
        assert_eq!(bin.count, mirror.count);
        assert!((bin.predicted - (1.0 - mirror.predicted)).abs() < 1e-12);
        assert!((bin.observed - (1.0 - mirror.observed)).abs() < 1e-12);
    }
    let single = comparison(vec![judged(4, &[0.9, 0.1], &[1.0, 0.0])]);
    let bins = reliability(&single, 5, &Bootstrap::default());
    assert!(bins.len() == 2 && bins[0].observed_low.is_nan());
}

#[test]
fn bins_keep_their_number_where_others_are_empty() {
    let scored = comparison(vec![judged(0, &[0.7, 0.3], &[1.0, 0.0])]);
    let bins = reliability(&scored, 10, &Bootstrap::default());
    assert_eq!(bins.iter().map(|bin| bin.bin).collect::<Vec<_>>(), [3, 7]);
    assert_eq!((bins[0].low, bins[1].low), (0.3, 0.7));
}
