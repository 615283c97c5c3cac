use super::*;
use crate::sample::measurement;

const A: [f64; 5] = [0.50, 0.52, 0.54, 0.56, 0.58];
const BOTH: [f64; 5] = [0.60, 0.63, 0.64, 0.67, 0.68];

fn rows(mix: &str, values: &[f64]) -> Vec<MeasurementRow> {
    (0..).zip(values).map(|(seed, value)| measurement(mix, seed, "a", *value)).collect()
}

fn close(found: f64, expect: f64) {
    assert!((found - expect).abs() < 1e-12, "{found}, not {expect}");
}

#[test]
fn numbers_by_hand() {
    let all = [rows("a", &A), rows("b", &[0.4; 5]), rows("a+b", &BOTH)].concat();
    let found = aggregate_runs(&all).unwrap();
    let [of] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((of.best.as_deref(), of.seeds, &*of.metric), (Some("a"), 5, "accuracy"));
    let [a, b, both] = &of.mixes[..] else { panic!("{of:?}") };
    close(a.mean, 0.54);
    // Without the lowest and the highest.
    close(both.iqm.value, (0.63 + 0.64 + 0.67) / 3.0);
    assert_eq!((a.against_best, both.iqm.runs.completed), (None, 5));
    let against = both.against_best.unwrap();
    close(against.improvement.probability, 1.0);
    close(against.difference, 0.104);
    // Differences 0.10, 0.11, 0.10, 0.11, 0.10 have sd 0.01 sqrt(0.3).
    close(against.effect.unwrap(), 0.104 / (0.01 * 0.3f64.sqrt()));
    // All five signs are alike: 2 of 32 flips, and of two mixes twice that.
    close(against.p, 0.125);
    close(b.against_best.unwrap().improvement.probability, 0.0);
    close(b.against_best.unwrap().p, 0.125);
    // Neither is less likely than the other, so that both are findings or none is.
    close(against.q, 0.0625);
    close(b.against_best.unwrap().q, 0.0625);
}

#[test]
fn failed_runs_are_counted_and_in_no_pair() {
    let mut all = [rows("a", &A), rows("a+b", &BOTH[..4])].concat();
    all[6].value = f64::NEG_INFINITY;
    let of = &aggregate_runs(&all).unwrap()[0];
    let both = &of.mixes[1];
    assert_eq!((both.iqm.runs.completed, both.iqm.runs.failed), (3, 2));
    close(both.mean, (0.60 + 0.64 + 0.67) / 3.0);
    close(both.against_best.unwrap().difference, (0.10 + 0.10 + 0.11) / 3.0);
}

#[test]
fn few_seeds_and_no_source_alone() {
    let four = [rows("a", &A[..4]), rows("a+b", &BOTH[..4])].concat();
    assert_eq!(aggregate_runs(&four).unwrap(), []);
    let of = &aggregate_runs(&rows("a+b", &BOTH)).unwrap()[0];
    assert_eq!((&of.best, of.mixes[0].against_best), (&None, None));
    assert_eq!(aggregate_runs(&[]).unwrap(), []);
}

#[test]
fn the_first_metric_counts_whatever_is_equal() {
    let order = |row: MeasurementRow| MeasurementRow { metric: "rank-correlation".into(), ..row };
    let mut all = [rows("b", &A), rows("a", &A)].concat();
    all.extend(rows("a", &BOTH).into_iter().map(order));
    all.extend(rows("b", &BOTH).into_iter().map(order));
    let found = aggregate_runs(&all).unwrap();
    assert_eq!((found.len(), &*found[0].metric), (1, "rank-correlation"));
    // Of equals the one that stands first in every table.
    assert_eq!(found[0].best.as_deref(), Some("b"));
    let a = found[0].mixes[1].against_best.unwrap();
    assert_eq!((a.difference, a.effect, a.p), (0.0, None, 1.0));
}
