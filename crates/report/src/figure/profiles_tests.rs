use super::*;
use crate::sample::{measurement, run};
use crate::xy_figure;

/// Scores of "a" of 0.0, 0.1, .. 0.5 under six seeds, and of "b" always 0.3.
fn rows() -> Vec<MeasurementRow> {
    let of = |seed: u64| {
        [measurement("a", seed, "x", 0.1 * seed as f64), measurement("b", seed, "x", 0.3)]
    };
    (0..6).flat_map(of).collect()
}

fn of(rows: &[MeasurementRow]) -> Result<XyFigure, ReportError> {
    profiles(rows, &[], &["rank-correlation", "accuracy"])
}

/// Share at the first threshold beyond a score.
fn beyond(series: &Series, score: f64) -> f64 {
    series.points.iter().find(|point| point.0 > score + 1e-9).unwrap().1
}

#[test]
fn shares_by_hand() {
    let figure = of(&rows()).unwrap();
    let labels: Vec<&str> = figure.series.iter().map(|series| series.label.as_str()).collect();
    assert_eq!(labels, ["b", "a"], "the higher mean is first");
    let [b, a] = &figure.series[..] else { panic!("{figure:?}") };
    assert_eq!((a.points[0].1, a.points[POINTS - 1].1), (1.0, 0.0));
    assert_eq!((beyond(a, 0.2), beyond(b, 0.2), beyond(b, 0.3)), (0.5, 1.0, 0.0));
    assert_eq!(a.intervals.len(), POINTS);
    assert_eq!(
        (&*figure.title, &*figure.x_label),
        ("6 seeds, test: x", "accuracy (share of labels)")
    );
    assert!(xy_figure(&figure).is_ok());
}

#[test]
fn a_failed_run_exceeds_nothing() {
    let rows: Vec<MeasurementRow> =
        rows().into_iter().filter(|row| (row.mix.as_str(), row.seed) != ("b", 2)).collect();
    let share = |runs: &[RunRow]| {
        let figure = profiles(&rows, runs, &["accuracy"]).unwrap();
        figure.series.iter().find(|series| series.label == "b").unwrap().points[0].1
    };
    assert!((share(&[run("b", 2, Some("diverged"))]) - 5.0 / 6.0).abs() < 1e-12);
    assert_eq!(share(&[]), 1.0, "what was not done says nothing");
}

#[test]
fn sources_count_alike_and_all_are_needed() {
    let mut both = rows();
    both.extend((0..6).map(|seed| measurement("a", seed, "y", 0.5)));
    assert!(matches!(of(&both), Err(ReportError::Empty(_))), "b was not judged on y");
    both.extend((0..6).map(|seed| measurement("b", seed, "y", 0.0)));
    let figure = of(&both).unwrap();
    let a = figure.series.iter().find(|series| series.label == "a").unwrap();
    assert_eq!(beyond(a, 0.2), 0.75);
}

#[test]
fn few_seeds_have_no_profile() {
    let few: Vec<MeasurementRow> = rows().into_iter().filter(|row| row.seed < 4).collect();
    assert!(matches!(of(&few), Err(ReportError::Empty(_))));
    assert!(matches!(of(&[]), Err(ReportError::Empty(_))));
}

#[test]
fn of_many_lines_the_best_are_shown() {
    let many: Vec<MeasurementRow> = (0..6)
        .flat_map(|seed| {
            (0..10).map(move |mix| measurement(&format!("m{mix}"), seed, "x", 0.1 * f64::from(mix)))
        })
        .collect();
    let figure = of(&many).unwrap();
    assert_eq!((figure.series.len(), &*figure.series[0].label), (MOST_LINES, "m9"));
    assert!(figure.title.ends_with("the best 6 of 10"), "{}", figure.title);
    assert!(figure.series.iter().all(|series| series.intervals.is_empty()));
}
