use super::*;
use crate::sample::{learned, learning as row};
use crate::{LearningRow, aggregate_learning};

fn of(rows: &[LearningRow], metrics: &[&str]) -> Result<Learning, ReportError> {
    learning(&aggregate_learning(rows).unwrap(), metrics)
}

#[test]
fn each_source_has_its_lines_the_baseline_first() {
    let rows = learned(&["a", "b"], &["joint", "related"]);
    let learning = of(&rows, &["accuracy", "rank-correlation"]).unwrap();
    assert_eq!(learning.compared, ["joint: a + b", "related: a + b"]);
    let sources: Vec<&str> = learning.panels.iter().map(|panel| panel.source.as_str()).collect();
    assert_eq!(sources, ["a", "b"]);
    let lines = &learning.panels[1].lines;
    let labels: Vec<&str> = lines.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["b", "joint: a + b", "related: a + b"]);
    assert_eq!(lines[0].role, LearningRole::Baseline);
    let points: Vec<(u64, f64)> = lines[0].points.iter().map(|p| (p.statements, p.mean)).collect();
    for ((statements, mean), expect) in points.iter().zip([(25, 0.11), (50, 0.14), (100, 0.17)]) {
        assert!(*statements == expect.0 && (mean - expect.1).abs() < 1e-12, "{points:?}");
    }
    // Gains of 0.02 - 0.01 seed under seeds 0, 1 and 2.
    let difference = lines[2].points[2].difference.unwrap();
    assert!((difference.mean - 0.01).abs() < 1e-12, "{difference:?}");
}

#[test]
fn a_source_is_shown_by_the_first_metric_that_it_has() {
    let accuracy = |row: LearningRow| LearningRow { metric: "accuracy".into(), ..row };
    let rows = [
        accuracy(row("alone", 25, 0, 0.6)),
        row("alone", 25, 0, 0.1),
        LearningRow { source: "b".into(), ..accuracy(row("alone", 25, 0, 0.6)) },
    ];
    let shown = |metrics: &[&str]| -> Vec<(String, String)> {
        let panels = of(&rows, metrics).unwrap().panels;
        panels.into_iter().map(|panel| (panel.source, panel.metric)).collect()
    };
    let pair = |source: &str, metric: &str| (source.to_owned(), metric.to_owned());
    let expect = [pair("a", "rank-correlation"), pair("b", "accuracy")];
    assert_eq!(shown(&["rank-correlation", "accuracy"]), expect);
    assert_eq!(shown(&["rank-correlation"]), expect[..1]);
    let error = of(&rows, &["brier"]).unwrap_err();
    assert!(matches!(error, ReportError::Empty(_)), "{error}");
    assert!(matches!(of(&[], &["accuracy"]), Err(ReportError::Empty(_))));
}

#[test]
fn notes_say_what_the_whiskers_are_and_what_is_missing() {
    let mut rows = learned(&["a", "b"], &["joint"]);
    let notes = |rows: &[LearningRow]| of(rows, &["rank-correlation"]).unwrap().notes;
    let full = notes(&rows);
    let above = "Mean over 3 seeds. Whisker above: one standard error over these splits.";
    assert_eq!(full[0], above);
    assert!(full[1].contains("(Nadeau and Bengio 2003)") && full.len() == 2, "{full:?}");
    rows.remove(0);
    let missing = "1 of 36 values are missing, and are in no mean and no difference.";
    assert_eq!(notes(&rows)[2], missing);
    rows.retain(|row| row.seed == 0);
    let one = notes(&rows);
    assert_eq!(one[0], "One seed.");
    assert!(one[1].ends_with("on the same seeds."), "{one:?}");
    rows.retain(|row| row.role == LearningRole::Baseline);
    assert_eq!(notes(&rows).len(), 1);
}
