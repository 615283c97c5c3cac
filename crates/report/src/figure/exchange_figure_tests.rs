use super::*;
use crate::sample::{check_layout, curve_with_help, learned_of};
use crate::{LearningRow, aggregate_exchange, exchange};

fn figure(rows: &[LearningRow]) -> Figure {
    let found = aggregate_exchange(rows, &learned_of(rows, 10, None)).unwrap();
    exchange_figure(&exchange(&found, &["rank-correlation"]).unwrap()).unwrap()
}

#[test]
fn nothing_overlaps_and_everything_is_named() {
    let figure = figure(&curve_with_help());
    check_layout(&figure);
    assert_eq!((figure.name(), figure.size().0), ("exchange", 672));
    for text in ["test: a", "helped, 25 + 10 b", "helped, 50 + 10 b"] {
        assert!(figure.texts().iter().any(|other| other == text), "{:?}", figure.texts());
    }
}

#[test]
fn long_names_are_broken() {
    let mut rows = curve_with_help();
    for row in rows.iter_mut().filter(|row| row.role == crate::LearningRole::Compared) {
        row.line = "related: comparisons by everybody + critiques of single sentences".into();
    }
    check_layout(&figure(&rows));
}
