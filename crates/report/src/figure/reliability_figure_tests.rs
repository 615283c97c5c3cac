use super::*;
use crate::reliability;
use crate::sample::{check_layout, tables};

#[test]
fn nothing_overlaps_for_any_number_of_sources() {
    let names =
        ["comparisons", "sentence-level critiques", "edits", "free_form_demonstrations", "stops"];
    for count in 1..=names.len() {
        let reliability = reliability(&tables(&names[..count]), None).unwrap();
        let figure = reliability_figure(&reliability).unwrap();
        check_layout(&figure);
        for text in ["observed share", "count", "predicted probability", "perfect calibration"] {
            assert!(figure.texts().iter().any(|other| other == text), "{text}");
        }
        let legend = entries(&reliability);
        // The full mix, one for each source, and the diagonal; with one source the first two agree.
        assert_eq!(legend.len(), if count == 1 { 2 } else { count + 2 });
    }
}

#[test]
fn bins_of_few_outcomes_are_faded_and_said_to_be() {
    let mut tables = tables(&["a"]);
    let said = |tables: &crate::Tables| {
        let figure = reliability_figure(&reliability(tables, None).unwrap()).unwrap();
        check_layout(&figure);
        let grey = faded(shade(0));
        let grey = format!("#{:02X}{:02X}{:02X}", grey.0, grey.1, grey.2);
        let is_said = figure.texts().join(" ").contains("Faded: fewer than 10 outcomes");
        (is_said, figure.svg().contains(&grey))
    };
    tables.reliability.iter_mut().for_each(|row| row.count = 50);
    assert_eq!(said(&tables), (false, false));
    tables.reliability.iter_mut().filter(|row| row.bin == 1).for_each(|row| row.count = 3);
    assert_eq!(said(&tables), (true, true));
}

#[test]
fn ticks_of_the_strip_are_round_and_apart() {
    let check = |most: f64, expect: &[f64]| assert_eq!(strip_ticks(most), expect, "{most}");
    check(752.0, &[500.0, 100.0]);
    check(148_000.0, &[100_000.0, 20_000.0]);
    check(3.5, &[2.0]);
    check(0.5, &[1.0]);
}

#[test]
fn one_panel_takes_no_more_room_than_it_needs() {
    let width = |names: &[&str]| {
        let reliability = reliability(&tables(names), None).unwrap();
        reliability_figure(&reliability).unwrap().size().0
    };
    assert!(width(&["a"]) < 400, "{}", width(&["a"]));
    assert!(width(&["a", "b"]) < 672);
    assert_eq!(width(&["a", "b", "c", "d"]), 672);
}

#[test]
fn counts_are_short() {
    let cases = [(7.0, "7"), (1520.0, "1.5k"), (20_400.0, "20k"), (3.1e6, "3.1M")];
    for (count, expect) in cases {
        assert_eq!(short(count), expect);
    }
}
