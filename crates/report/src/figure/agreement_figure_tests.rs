use super::*;
use crate::sample::{self, check_layout, tables};
use crate::{AgreementRow, aggregate_agreement, agreement};

const NAMES: [&str; 9] = [
    "comparisons",
    "sentence-level critiques",
    "edits",
    "free_form_demonstrations",
    "stops",
    "corrections",
    "demonstrations",
    "ratings by experts and by everybody else",
    "descriptions",
];

fn figure(rows: &[AgreementRow]) -> Figure {
    agreement_figure(&agreement(&aggregate_agreement(rows).unwrap()).unwrap()).unwrap()
}

fn has(figure: &Figure, text: &str) -> bool {
    figure.texts().iter().any(|other| other == text)
}

#[test]
fn nothing_overlaps_for_any_number_of_sources() {
    for count in 1..=NAMES.len() {
        let figure = figure(&sample::pairs(&NAMES[..count], 0));
        check_layout(&figure);
        assert!(figure.size().0 <= 672, "{count}: {:?}", figure.size());
        assert!(has(&figure, "evaluated on") && has(&figure, "0.40"), "{count} sources");
        let open = figure.texts().iter().any(|text| text.starts_with("the interval includes 0"));
        assert_eq!(open, count > 2, "neighbours before the last hardly say anything");
    }
}

#[test]
fn every_cell_says_value_and_interval() {
    let figure = figure(&tables(&["a", "b"]).agreement);
    for text in ["0.40", "[0.35, 0.44]", "−0.70", "[−0.75, −0.66]", "reward learned from"] {
        assert!(has(&figure, text), "{text}: {:?}", figure.texts());
    }
    let scale: Vec<&str> = ["−1.0", "−0.5", "0.0", "0.5", "1.0"].into();
    assert!(scale.iter().all(|text| has(&figure, text)), "{:?}", figure.texts());
}

#[test]
fn what_is_absent_is_shown_as_such() {
    let rows = [
        AgreementRow { low: None, ..sample::agreement("a", 0, "b", -0.001) },
        AgreementRow { setting: "x = 2".into(), ..sample::agreement("b", 0, "a", 0.1) },
        sample::agreement("b", 0, "a", 0.1),
    ];
    let figure = figure(&rows);
    check_layout(&figure);
    assert!(has(&figure, "–") && has(&figure, "x = 2"), "{:?}", figure.texts());
    assert!(has(&figure, "0.00"), "no minus before nothing");
    assert!(!has(&figure, "on statements of its own source"), "no such cell");
}

#[test]
fn the_scale_holds_all_means() {
    let of = |value: f64| {
        let rows = [sample::agreement("a", 0, "b", value), sample::agreement("b", 0, "a", 0.0)];
        limit(&agreement(&aggregate_agreement(&rows).unwrap()).unwrap())
    };
    assert_eq!([0.1, -0.5, -0.51, 0.9].map(of), [0.5, 0.5, 1.0, 1.0]);
}
