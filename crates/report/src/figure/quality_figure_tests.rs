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
    for text in ["test: a", "a", "b"] {
        assert!(has(&figure, text), "{text}");
    }
}

#[test]
fn nobody_could_have_learned_from_the_true_reward() {
    let truth = |mix, value| measurement(mix, 0, crate::TRUE_REWARD, value);
    let of = |rows: &[MeasurementRow]| {
        let figure = figure(rows);
        ["trained on the judged source", "not trained on it"].map(|text| has(&figure, text))
    };
    assert_eq!(of(&[truth("a", 0.6), truth("b", 0.5)]), [false, false]);
    // Beside a source it is that of the source.
    assert_eq!(of(&[truth("a", 0.6), measurement("a", 0, "a", 0.5)]), [true, false]);
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

/// As of the report: one of three annotators had another axis, so that equal data looked three times
/// as wide.
#[test]
fn panels_of_one_metric_share_their_axis() {
    let far = [
        measurement("a", 0, "a", 0.6),
        measurement("a", 0, "b", 0.52),
        reference(LABEL_CEILING, "a", "a", 0.7),
    ];
    let drawn = figure(&far);
    let numbers = drawn.texts().iter().filter(|text| text.parse::<f64>().is_ok());
    let ticks: Vec<&String> = numbers.collect();
    let (one, other) = ticks.split_at(ticks.len() / 2);
    assert!(one.len() >= 2 && one == other, "{ticks:?}");
}

/// Log-likelihoods of kinds that are far apart keep their units of length.
#[test]
fn likelihoods_far_apart_have_one_scale() {
    let of = |source: &str, value: f64| MeasurementRow {
        metric: "log-likelihood".into(),
        unit: "nats per statement".into(),
        low: Some(value - 0.05),
        high: Some(value + 0.05),
        ..measurement("a", 0, source, value)
    };
    let drawn = figure(&[of("a", -0.7), of("b", -3.0)]);
    let ticks: Vec<f64> =
        drawn.texts().iter().filter_map(|text| text.replace('−', "-").parse().ok()).collect();
    let near = |value: f64| ticks.iter().filter(move |tick| (**tick - value).abs() < 0.2).count();
    assert!(near(-0.7) >= 2 && near(-3.0) == near(-0.7), "{ticks:?}");
}

#[test]
fn references_are_named_at_their_lines_and_with_hyphens() {
    let rows = [
        measurement("a", 0, "a", 0.6),
        reference(MAJORITY, "a", "a", 0.58),
        reference(crate::LENGTH_ONLY, "a", "a", 0.58),
        reference(crate::SCALAR_CEILING, "a", "a", 4.0),
    ];
    let drawn = figure(&rows);
    check_layout(&drawn);
    assert!(has(&drawn, "majority") && has(&drawn, "length only"), "{:?}", drawn.texts());
    let far = drawn.texts().join(" ");
    assert!(far.contains("scalar-reward ceiling 4.000"), "{far}");
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
