use super::*;
use crate::sample::{beginnings, check_layout, orders, tables, two_sources};
use crate::{MeasurementRow, aggregate_worth, worth};

const NAMES: [&str; 6] = [
    "comparisons",
    "sentence-level critiques",
    "corrections by experts and by everybody else",
    "free_form_demonstrations",
    "stops",
    "edits",
];

fn figure(rows: &[MeasurementRow]) -> Figure {
    worth_figure(&worth(&aggregate_worth(rows, &[], &[]).unwrap(), &["accuracy"]).unwrap()).unwrap()
}

fn has(figure: &Figure, text: &str) -> bool {
    figure.texts().iter().any(|other| other == text)
}

#[test]
fn nothing_overlaps_for_any_number_of_sources() {
    for count in 2..=NAMES.len() {
        let figure = figure(&tables(&NAMES[..count]).measurements);
        check_layout(&figure);
        assert_eq!((figure.name(), figure.size().0), ("worth", 672), "{count}");
        assert!(has(&figure, "test: comparisons") && has(&figure, "synergy"), "{count}");
    }
}

#[test]
fn values_and_what_they_are_stand_on_it() {
    let seeds = [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.5, 0.7, 0.6, 0.7])];
    let figure = figure(&seeds.concat());
    check_layout(&figure);
    // Synergies -0.05 and -0.10.
    for text in ["−0.075", "±0.050", "accuracy (share of labels)", "test: a", "a", "b"] {
        assert!(has(&figure, text), "{text}: {:?}", figure.texts());
    }
    assert!(!has(&figure, "± includes 0, or there is none"));
}

#[test]
fn nothing_added_does_not_break_it() {
    let figure = figure(&two_sources(0, [0.5; 4]));
    check_layout(&figure);
    assert!(has(&figure, "0.000") && has(&figure, "± includes 0, or there is none"));
    assert!(!figure.svg().contains("NaN") && !figure.svg().contains("2147483647"));
}

#[test]
fn sampled_orders_of_many_sources_fit() {
    for count in [9, 10, 16] {
        let names: Vec<String> = (0..count).map(|place| format!("source-{place:02}")).collect();
        let turned = |by: usize| -> Vec<&str> {
            (0..count).map(|place| names[(place + by) % count].as_str()).collect()
        };
        let drawn = [turned(0), turned(1), turned(5)];
        let orders = orders(&drawn.each_ref().map(|order| &order[..]));
        let value = |sources: &[String], seed: u64| {
            (sources.len() as f64).sqrt() / 5.0 - 0.01 * seed as f64
        };
        let rows = beginnings(&orders, 3, value);
        let found = aggregate_worth(&rows, &[], &orders).unwrap();
        let figure = worth_figure(&worth(&found, &["rank-correlation"]).unwrap()).unwrap();
        check_layout(&figure);
        assert!(names.iter().all(|name| has(&figure, name)), "{:?}", figure.texts());
        if let Ok(folder) = std::env::var("MEDLEY_LOOK") {
            figure.save(&std::path::Path::new(&folder).join(count.to_string())).unwrap();
        }
    }
}
