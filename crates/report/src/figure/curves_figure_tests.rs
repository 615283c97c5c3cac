use super::*;
use crate::sample::{check_layout, tables};
use crate::{curves, palette};

#[test]
fn nothing_overlaps_for_any_number_of_sources() {
    let names =
        ["comparisons", "sentence-level critiques", "edits", "free_form_demonstrations", "stops"];
    for count in 1..=names.len() {
        let curves = curves(&tables(&names[..count]), "log-likelihood").unwrap();
        let figure = curves_figure(&curves).unwrap();
        check_layout(&figure);
        let all = figure.texts().join(" ");
        assert!(all.contains("epoch") && all.contains("held-out comparisons"), "{all}");
        assert!(all.contains("statement, higher is better)"), "{all}");
    }
}

#[test]
fn with_many_mixes_only_singles_and_the_full_one_are_coloured() {
    let of = |names: &[&str]| curves(&tables(names), "log-likelihood").unwrap();
    let few = of(&["a", "b"]);
    assert_eq!(entries(&few).len(), 3);
    let many = of(&["a", "b", "c", "d"]);
    let labels: Vec<String> = entries(&many).into_iter().map(|entry| entry.text).collect();
    assert_eq!(labels, ["a", "b", "c", "d", "a + b + c + d", "the other 10 mixes"]);
    assert_eq!(color(&many, "a + b + c + d").unwrap().color, palette::BLACK);
    assert_eq!(color(&many, "a + b"), None);
    let colors: Vec<_> = ["a", "b", "c", "d"].map(|mix| color(&many, mix).unwrap().color).into();
    assert_eq!(colors, palette::CYCLE[..4]);
}
