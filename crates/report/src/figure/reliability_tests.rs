use super::*;
use crate::sample::{bin, measurement, tables};

#[test]
fn bins_are_pooled_by_count() {
    let at = |seed, predicted, observed, count| ReliabilityRow {
        predicted,
        observed,
        count,
        low: Some(observed - 0.1),
        high: Some(observed + 0.1),
        ..bin("a", seed, "a", 0)
    };
    let open = ReliabilityRow { low: None, ..bin("a", 1, "a", 3) };
    let empty = ReliabilityRow { count: 0, ..bin("a", 0, "a", 2) };
    let tables = Tables {
        measurements: vec![measurement("a", 0, "a", 0.5)],
        reliability: vec![open, at(0, 0.1, 0.2, 10), at(1, 0.2, 0.6, 30), empty],
        ..Tables::default()
    };
    let reliability = reliability(&tables, None).unwrap();
    let series = &reliability.panels[0].series[0];
    assert_eq!((series.seeds, series.points.len()), (2, 2));
    let point = series.points[0];
    // (0.1 * 10 + 0.2 * 30) / 40 and (0.2 * 10 + 0.6 * 30) / 40.
    assert!((point.predicted - 0.175).abs() < 1e-12 && (point.observed - 0.5).abs() < 1e-12);
    let (low, high) = point.interval.unwrap();
    assert!((low - 0.4).abs() < 1e-12 && (high - 0.6).abs() < 1e-12, "{low} {high}");
    assert_eq!(point.count, 20.0);
    // One case that happened in half: Wilson's interval of it.
    let (low, high) = series.points[1].interval.unwrap();
    assert!(low < 0.2 && high > 0.95, "{low} {high}");
}

#[test]
fn the_full_mix_and_the_own_one_are_shown() {
    let tables = tables(&["a", "b", "c"]);
    let shown = |chosen: Option<&[&str]>| -> Vec<Vec<(String, usize)>> {
        let panels = reliability(&tables, chosen).unwrap().panels;
        let of = |panel: ReliabilityPanel| {
            panel.series.into_iter().map(|series| (series.mix, series.place)).collect()
        };
        panels.into_iter().map(of).collect()
    };
    let full = ("a + b + c".to_owned(), 0);
    let expect: Vec<Vec<_>> = ["a", "b", "c"]
        .into_iter()
        .zip(1..)
        .map(|(own, place)| vec![(own.to_owned(), place), full.clone()])
        .collect();
    assert_eq!(shown(None), expect);
    assert_eq!(shown(Some(&["a + b"])), vec![vec![("a + b".to_owned(), 4)]; 3]);
    assert!(matches!(reliability(&tables, Some(&["z"])), Err(ReportError::Empty(_))));
}
