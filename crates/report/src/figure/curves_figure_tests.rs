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
        assert!(all.contains("epoch") && all.contains("validation: comparisons"), "{all}");
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

/// As of the report: `critiques` was green in one figure and orange in the other.
#[test]
fn a_mix_has_one_colour_in_all_figures() {
    let tables = tables(&["a", "b", "c"]);
    let curves = curves(&tables, "log-likelihood").unwrap();
    let reliability = crate::reliability(&tables, None).unwrap();
    let series = reliability.panels.iter().flat_map(|panel| &panel.series);
    let pairs: Vec<_> = series
        .map(|series| (color(&curves, &series.mix).unwrap().color, palette::shade(series.place)))
        .collect();
    assert_eq!(pairs.len(), 6);
    assert!(pairs.iter().all(|(one, other)| one == other), "{pairs:?}");
}

#[test]
fn kept_epochs_are_marked_where_they_are_known() {
    let mut tables = tables(&["a"]);
    let said = |tables: &crate::Tables| {
        let curves = curves(tables, "log-likelihood").unwrap();
        let remark = "Open point: the epoch whose model a seed kept, if";
        let kept = curves.panels[0].curves[0].kept.clone();
        (kept, curves_figure(&curves).unwrap().texts().join(" ").contains(remark))
    };
    tables.runs.iter_mut().for_each(|run| run.best_epoch = 2);
    let (kept, is_said) = said(&tables);
    assert!(kept.len() == 2 && kept.iter().all(|it| it.0 == 2.0) && is_said, "{kept:?}");
    // One beyond the curve, which ends where the first seed stopped, would only stretch the axis.
    let curves = curves(&tables, "log-likelihood").unwrap();
    let mut curve = curves.panels[0].curves[0].clone();
    assert_eq!(shown_kept(&curves, &curve).count(), 2);
    curve.kept[0].0 = 1e6;
    assert_eq!(shown_kept(&curves, &curve).count(), 1);
    tables.runs.clear();
    assert_eq!(said(&tables), (Vec::new(), false));
}
