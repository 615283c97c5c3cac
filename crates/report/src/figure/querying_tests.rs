use super::*;
use crate::{Direction, QueryingPoint, querying_summary, xy_figure};
use std::collections::BTreeMap;

fn line(source: &str, metric: &str, line: &str, mean: f64) -> QueryingAggregate {
    let point = |at| QueryingPoint { at, mean, standard_error: Some(0.01) };
    QueryingAggregate {
        mix: "a + b".into(),
        source: source.into(),
        metric: metric.into(),
        unit: "share".into(),
        direction: Direction::Higher,
        line: line.into(),
        strategy: "information".into(),
        seeds: 2,
        in_seconds: true,
        points: vec![point(100.0), point(200.0)],
        answered: 1.0,
        asked: BTreeMap::from([("a".to_owned(), 21.0)]),
        at_end: Some(crate::QueryingDifference { mean: 0.1, standard_error: Some(0.02), seeds: 2 }),
        on_the_way: None,
    }
}

#[test]
fn a_figure_for_each_judged_source_by_its_first_metric() {
    let lines = [
        line("a", "log-likelihood", "gain", -0.7),
        line("a", "accuracy", "gain", 0.6),
        line("b", "accuracy", "gain", 0.5),
    ];
    let figures = querying(&lines);
    let told: Vec<_> = figures.iter().map(|of| (of.name.as_str(), of.y_label.as_str())).collect();
    assert_eq!(told, [("querying", "accuracy (share)"), ("querying-2", "accuracy (share)")]);
    assert_eq!(figures[0].series[0].points, [(100.0, 0.6), (200.0, 0.6)]);
    assert_eq!(figures[0].series[0].intervals.len(), 2);
    let drawn = xy_figure(&figures[0]).unwrap();
    let drawn = drawn.texts();
    assert!(drawn.contains(&"people's time (seconds)".to_owned()), "{drawn:?}");
    assert!(querying(&[]).is_empty());
    let truth = querying(&[line(crate::TRUE_REWARD, "return-spearman", "gain", 0.9)]);
    assert_eq!(truth[0].title, "a + b, True reward");
}

#[test]
fn the_summary_tells_the_difference_to_uniform() {
    let text = querying_summary(&[line("a", "accuracy", "gain", 0.6)]);
    let expected = "| gain | 2 | 0.600 | +0.100 ±0.040 | - | a 21 |";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("Up to 200 seconds of people's time."), "{text}");
    // The share that is answered is told where somebody stays silent.
    let silent = QueryingAggregate { answered: 0.75, ..line("a", "accuracy", "gain", 0.6) };
    let text = querying_summary(&[silent]);
    assert!(text.contains("| - | a 21 (75 % answered) |"), "{text}");
    assert_eq!(querying_summary(&[]), "");
}
