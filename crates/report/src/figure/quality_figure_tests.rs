use super::*;
use crate::sample::{check_layout, measurement, reference, tables};
use crate::{LABEL_CEILING, MAJORITY, MeasurementRow, aggregate, quality};

fn figure(rows: &[MeasurementRow]) -> Figure {
    let aggregates = aggregate(rows, &[]).unwrap();
    let quality = quality(rows, &aggregates, &["accuracy", "log-likelihood"]).unwrap();
    quality_figure(&quality).unwrap()
}

fn has(figure: &Figure, text: &str) -> bool {
    figure.texts().iter().any(|other| other == text)
}

#[test]
fn nothing_overlaps_for_any_number_of_sources() {
    let names =
        ["comparisons", "sentence-level critiques", "edits", "free_form_demonstrations", "stops"];
    for count in 1..=names.len() {
        let figure = figure(&tables(&names[..count]).measurements);
        check_layout(&figure);
        assert_eq!(figure.size().0, 672);
        for text in ["trained on the judged source", "majority", "label ceiling", "a seed"] {
            assert!(has(&figure, text), "{count} sources: no {text:?}");
        }
        assert_eq!(has(&figure, "not trained on it"), count > 1);
    }
}

#[test]
fn axes_say_metric_unit_and_direction() {
    let figure = figure(&[measurement("a", 0, "a", 0.6), measurement("b", 0, "a", 0.5)]);
    assert!(has(&figure, "accuracy (share of labels, higher is better)"), "{:?}", figure.texts());
    for text in ["held-out", "a", "b"] {
        assert!(has(&figure, text), "{text}");
    }
}

#[test]
fn a_reference_far_away_is_written_and_not_drawn() {
    let near = [measurement("a", 0, "a", 0.6), reference(LABEL_CEILING, "a", "a", 0.65)];
    let far = [measurement("a", 0, "a", 0.6), reference(MAJORITY, "a", "a", -4.0)];
    let infinite =
        [measurement("a", 0, "a", 0.6), reference(MAJORITY, "a", "a", f64::NEG_INFINITY)];
    assert!(!figure(&near).texts().iter().any(|text| text.contains('▸')));
    assert!(has(&figure(&far), "◂ majority −4.000"));
    assert!(has(&figure(&infinite), "◂ majority −∞"));
}

#[test]
fn mixes_of_the_same_sources_are_labelled() {
    let named =
        |mix: &str, value| MeasurementRow { mix: mix.into(), ..measurement("a+b", 0, "a", value) };
    let figure = figure(&[named("learned rationality", 0.6), named("fixed weights", 0.5)]);
    assert!(has(&figure, "learned rationality") && has(&figure, "fixed weights"));
    check_layout(&figure);
}

#[test]
fn a_model_without_finite_value_is_marked() {
    let rows =
        [measurement("a", 0, "a", 0.6), reference(crate::MODEL, "b", "a", f64::NEG_INFINITY)];
    assert!(has(&figure(&rows), "−∞"));
}
