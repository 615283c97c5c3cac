use super::*;
use crate::sample::{curve_with_help, learned_of};
use crate::{LearningRow, aggregate_exchange};

fn of(rows: &[LearningRow]) -> Result<ExchangeFigure, ReportError> {
    exchange(&aggregate_exchange(rows, &learned_of(rows, 10, None)).unwrap(), &["rank-correlation"])
}

#[test]
fn a_row_for_each_point() {
    let figure = of(&curve_with_help()).unwrap();
    let [panel] = figure.panels.as_slice() else { panic!("{figure:?}") };
    let labels: Vec<&str> = panel.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["helped, 25 + 10 b", "helped, 50 + 10 b"]);
    assert!(panel.rows.iter().all(|row| row.rate.is_some()));
    assert!(figure.notes[1].starts_with("Mean over 3 seeds. Thick:"), "{:?}", figure.notes);
}

#[test]
fn nothing_to_show_is_an_error() {
    let mut flat = curve_with_help();
    flat.iter_mut().for_each(|row| row.value = 0.1 * row.seed as f64);
    assert!(matches!(of(&flat), Err(ReportError::Empty(_))));
    assert!(matches!(of(&[]), Err(ReportError::Empty(_))));
}
