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
fn counts_are_short() {
    let cases = [(7.0, "7"), (1520.0, "1.5k"), (20_400.0, "20k"), (3.1e6, "3.1M")];
    for (count, expect) in cases {
        assert_eq!(short(count), expect);
    }
}
