use super::*;
use crate::sample::{measurement, tuning};

/// Three seeds that choose b, b and a, the last of which is not clear.
fn rows() -> Vec<TuningRow> {
    let mut rows = Vec::new();
    for (seed, a, b) in [(0, -0.7, -0.6), (1, -0.7, -0.5), (2, -0.61, -0.62)] {
        rows.extend(tuning("m", seed, &[("x = 1", Some(a)), ("x = 2", Some(b)), ("x = 3", None)]));
    }
    rows
}

fn measured(tuned: &[f64], untuned: &[f64]) -> Vec<MeasurementRow> {
    let of = |mix: &str, values: &[f64]| -> Vec<MeasurementRow> {
        (0..).zip(values).map(|(seed, value)| measurement(mix, seed, "a", *value)).collect()
    };
    [of("m (tuned)", tuned), of("m", untuned)].concat()
}

#[test]
fn what_was_chosen_and_what_it_changed() {
    let found = aggregate_tuning(&rows(), &measured(&[0.7, 0.8, 0.6], &[0.6, 0.6, 0.6])).unwrap();
    let [one] = &found[..] else { panic!("{found:?}") };
    let expected = [("x = 2".to_owned(), vec![0, 1]), ("x = 1".to_owned(), vec![2])];
    assert_eq!(one.chosen, expected);
    // Only the chosen count: x = 1 is the least that was tried.
    assert_eq!(one.at_edge, [("x".to_owned(), vec![2])]);
    assert_eq!((one.open.as_slice(), one.failed, one.trials), (&[2][..], 3, 9));
    let [of] = &one.differences[..] else { panic!("{:?}", one.differences) };
    assert!((of.tuned - 0.7).abs() < 1e-12 && (of.untuned - 0.6).abs() < 1e-12);
    // Differences 0.1, 0.2 and 0: mean 0.1, sd 0.1.
    assert!((of.difference.mean - 0.1).abs() < 1e-12);
    let spread = of.difference.spread.unwrap();
    assert!((spread.these_splits - 0.2 / 3.0f64.sqrt()).abs() < 1e-12, "{spread:?}");
}

#[test]
fn a_p_is_corrected_over_tuned_mixes() {
    let other = |row: TuningRow| TuningRow { mix: "n (tuned)".into(), untuned: "n".into(), ..row };
    let both = [rows(), rows().into_iter().map(other).collect()].concat();
    let of_m = measured(&[0.7, 0.8, 0.6], &[0.6, 0.6, 0.6]);
    let rename = |row: MeasurementRow| MeasurementRow { mix: row.mix.replace('m', "n"), ..row };
    let of_both = [of_m.clone(), of_m.iter().cloned().map(rename).collect()].concat();
    let p = |found: &[TuningAggregate]| found[0].differences[0].difference.spread.unwrap().p;
    let (alone, corrected) =
        (aggregate_tuning(&rows(), &of_m).unwrap(), aggregate_tuning(&both, &of_both).unwrap());
    assert_eq!(corrected.len(), 2);
    assert!((p(&corrected) - (2.0 * p(&alone)).min(1.0)).abs() < 1e-12);
}

#[test]
fn without_the_untuned_runs_there_is_no_difference() {
    let found = aggregate_tuning(&rows(), &measured(&[0.7, 0.8, 0.6], &[])).unwrap();
    assert!(found[0].differences.is_empty() && found[0].seeds == 3);
    assert!(aggregate_tuning(&[], &measured(&[0.7], &[0.6])).unwrap().is_empty());
}

#[test]
fn rows_that_disagree_are_refused() {
    let mut rows = rows();
    rows[0].target = "z".into();
    let error = aggregate_tuning(&rows, &[]).unwrap_err().to_string();
    assert_eq!(error, "tuned mix m (tuned) has more than one target: z, a");
    let twice =
        [tuning("m", 0, &[("x = 1", Some(-0.5))]), tuning("m", 0, &[("x = 2", Some(-0.5))])];
    let error = aggregate_tuning(&twice.concat(), &[]).unwrap_err().to_string();
    assert_eq!(error, "tuned mix m (tuned), seed 0 has more than one choice: x = 1, x = 2");
}
