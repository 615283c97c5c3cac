use super::*;
use crate::sample::{measurement, reference, run};
use crate::{LABEL_CEILING, MODEL};

fn three() -> Vec<MeasurementRow> {
    let values = [0.1, 0.2, 0.6].into_iter().enumerate();
    values.map(|(seed, value)| measurement("a+b", seed as u64, "a", value)).collect()
}

#[test]
fn numbers_by_hand() {
    let mut rows = three();
    rows[1].labels = 160;
    let aggregates = aggregate(&rows, &[]).unwrap();
    let [row] = aggregates.rows.as_slice() else { panic!("{:?}", aggregates.rows) };
    assert!((row.mean - 0.3).abs() < 1e-12);
    assert_eq!((row.least, row.most, row.seeds, row.labels), (0.1, 0.6, 3, 120.0));
    assert!((row.low.unwrap() - 0.25).abs() < 1e-12, "{:?}", row.low);
    assert!((row.high.unwrap() - 0.34).abs() < 1e-12, "{:?}", row.high);
    assert_eq!((row.mix.as_str(), row.sources.len()), ("a + b", 2));
    assert_eq!(aggregates.experiment, "sample");
}

#[test]
fn one_run_without_interval_leaves_none() {
    let mut rows = three();
    rows[2].high = None;
    let aggregates = aggregate(&rows, &[]).unwrap();
    assert_eq!((aggregates.rows[0].low, aggregates.rows[0].high), (None, None));
}

#[test]
fn rows_stand_in_the_order_of_figures() {
    let rows = [
        measurement("b+a", 0, "a", 0.5),
        reference(LABEL_CEILING, "b", "b", 0.9),
        measurement("b", 0, "b", 0.5),
        measurement("b", 0, "a", 0.5),
        measurement("a", 0, "a", 0.5),
    ];
    let aggregates = aggregate(&rows, &[]).unwrap();
    assert_eq!(aggregates.sources, ["b", "a"]);
    let labels: Vec<&str> = aggregates.mixes.iter().map(|mix| mix.label.as_str()).collect();
    assert_eq!(labels, ["b", "a", "b + a"]);
    let places: Vec<[&str; 3]> = aggregates
        .rows
        .iter()
        .map(|row| [row.source.as_str(), row.mix.as_str(), row.estimator.as_str()])
        .collect();
    let expect = [
        ["b", "b", MODEL],
        ["b", "b", LABEL_CEILING],
        ["a", "b", MODEL],
        ["a", "a", MODEL],
        ["a", "b + a", MODEL],
    ];
    assert_eq!(places, expect);
}

#[test]
fn failures_are_kept_unless_repeated_with_success() {
    let runs = [
        run("b", 2, Some("diverged")),
        run("a", 1, Some("diverged")),
        run("a", 1, None),
        run("a", 4, Some("out of memory")),
    ];
    let failures = aggregate(&three(), &runs).unwrap().failures;
    let found: Vec<(&str, u64, &str)> =
        failures.iter().map(|f| (f.mix.as_str(), f.seed, f.reason.as_str())).collect();
    assert_eq!(found, [("a", 4, "out of memory"), ("b", 2, "diverged")]);
}

/// A success in one setting repeats no failure of another, and each has its own limit of epochs.
#[test]
fn settings_are_told_apart() {
    let at = |setting: &str, run: RunRow| RunRow { setting: setting.into(), ..run };
    let cut = |setting: &str, seed, steps| RunRow {
        stopped: Some(Stopped::Epochs),
        steps,
        ..at(setting, run("a+b", seed, None))
    };
    let runs = [
        at("rate = 2", run("a+b", 0, Some("diverged"))),
        at("rate = 2", run("a+b", 0, Some("again"))),
        cut("rate = 2", 1, 800),
        cut("rate = 1", 1, 500),
        cut("rate = 1", 0, 900),
        at("rate = 3", run("a+b", 0, None)),
    ];
    let aggregates = aggregate(&three(), &runs).unwrap();
    let failures = aggregates.failures.iter().map(|f| (f.setting.as_str(), f.seed, &*f.reason));
    assert_eq!(failures.collect::<Vec<_>>(), [("rate = 2", 0, "again")]);
    let unfinished = aggregates.unfinished.iter();
    let unfinished: Vec<_> =
        unfinished.map(|cut| (cut.setting.as_str(), &cut.seeds[..], cut.steps)).collect();
    assert_eq!(unfinished, [("rate = 1", &[0, 1][..], 500), ("rate = 2", &[1][..], 800)]);
}

#[test]
fn what_must_not_be_averaged_is_an_error() {
    let check = |change: fn(&mut Vec<MeasurementRow>), expect: &str| {
        let mut rows = three();
        change(&mut rows);
        let error = aggregate(&rows, &[]).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(Vec::clear, "there are no measurements");
    check(
        |rows| rows.push(rows[1].clone()),
        "2 rows for seed 1 of model on accuracy of a under a + b",
    );
    check(|rows| rows[0].unit = "%".into(), "metric accuracy has more than one unit: %, share of");
    check(|rows| rows[0].direction = Direction::Lower, "more than one direction: Lower, Higher");
    check(|rows| rows[0].experiment = "other".into(), "more than one experiment: other, sample");
    check(|rows| rows[0].sources = vec!["a".into()], "more than one list of sources: a, a+b");
}

#[test]
fn minus_infinity_stays_what_it_is() {
    let mut rows = three();
    rows[0].value = f64::NEG_INFINITY;
    let aggregates = aggregate(&rows, &[]).unwrap();
    assert_eq!(aggregates.rows[0].mean, f64::NEG_INFINITY);
    assert_eq!(aggregates.rows[0].most, 0.6);
}
