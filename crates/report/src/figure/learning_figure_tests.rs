use super::*;
use crate::sample::{check_layout, learned, learning as row};
use crate::{LearningRow, aggregate_learning, learning, palette};

const NAMES: [&str; 7] = [
    "comparisons",
    "sentence-level critiques",
    "corrections by experts and by everybody else",
    "free_form_demonstrations",
    "stops",
    "edits",
    "ratings",
];

fn of(rows: &[LearningRow]) -> Learning {
    learning(&aggregate_learning(rows).unwrap(), &["rank-correlation"]).unwrap()
}

fn has(figure: &Figure, text: &str) -> bool {
    figure.texts().iter().any(|other| other == text)
}

#[test]
fn nothing_overlaps_for_any_number_of_sources_and_lines() {
    let ways = ["joint", "related", "weighted", "separate", "mean"];
    for count in 1..=NAMES.len() {
        let rows = learned(&NAMES[..count], &ways[..count.min(ways.len())]);
        let figure = learning_figure(&of(&rows)).unwrap();
        check_layout(&figure);
        assert_eq!(figure.name(), "learning");
        assert!(figure.size().0 == 672 && has(&figure, "100"), "{count}");
        assert_eq!(figure, learning_figure(&of(&rows)).unwrap());
    }
}

#[test]
fn axes_legend_and_notes_are_there() {
    let figure = learning_figure(&of(&learned(&["a", "b"], &["joint"]))).unwrap();
    let expect = [
        "test: a",
        "test: b",
        "higher is better",
        "statements of a",
        "statements of b",
        "rank-correlation",
        "difference to the baseline",
        "(Spearman rho)",
        "joint: a + b",
        "the judged source alone (baseline)",
        "25",
        "50",
        "Mean over 3 seeds. Whisker above: one standard error over these splits.",
    ];
    for text in expect {
        assert!(has(&figure, text), "{text}: {:?}", figure.texts());
    }
    let alone = learning_figure(&of(&[row("alone", 25, 0, 0.1)])).unwrap();
    check_layout(&alone);
    assert!(has(&alone, "alone (baseline)"));
    assert!(!alone.texts().join(" ").contains("difference"), "nothing is compared");
}

#[test]
fn a_line_looks_the_same_in_every_panel() {
    let mut rows = learned(&["a", "b"], &["joint", "related"]);
    rows.retain(|row| row.source == "a" || !row.line.starts_with("joint"));
    let learning = of(&rows);
    let looks: Vec<_> = learning.panels[1].lines.iter().map(|line| look(&learning, line)).collect();
    assert_eq!(looks[0].0, palette::BLACK);
    assert_eq!(looks[1], look(&learning, &learning.panels[0].lines[2]));
    let keys: Vec<Key> = entries(&learning).into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[2], Key::Marked(looks[1].0, looks[1].1));
}

#[test]
fn what_is_cut_is_said() {
    // Two splits: the half width of a new sample is more than eight times that of these splits.
    let two = |values: [[f64; 2]; 2]| {
        let [alone, joint] = values;
        let line = |line: &'static str, values: [f64; 2]| {
            (0..).zip(values).map(move |(seed, value)| row(line, 25, seed, value))
        };
        line("alone", alone).chain(line("joint", joint)).collect::<Vec<_>>()
    };
    let cut = "Thin lines that reach the edge of a panel go on beyond it.";
    let figure = learning_figure(&of(&two([[0.1, 0.2], [0.2, 0.25]]))).unwrap();
    assert!(has(&figure, cut), "{:?}", figure.texts());
    let same = learning_figure(&of(&two([[0.1, 0.2], [0.2, 0.3]]))).unwrap();
    assert!(!has(&same, cut), "without spread nothing is cut");
}

#[test]
fn what_is_not_finite_and_no_statement_at_all_do_not_break_it() {
    let rows = [
        row("alone", 0, 0, 0.1),
        row("alone", 1, 0, f64::NEG_INFINITY),
        row("joint", 1, 0, 0.2),
        row("joint", 40, 0, 0.2),
    ];
    let figure = learning_figure(&of(&rows)).unwrap();
    check_layout(&figure);
    assert!(!figure.svg().contains("NaN") && has(&figure, "0") && has(&figure, "40"));
    assert!(!figure.svg().contains("2147483647"), "infinite coordinates");
}
