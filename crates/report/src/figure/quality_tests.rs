use super::*;
use crate::sample::{measurement, reference, run};
use crate::{MAJORITY, aggregate};

fn of(rows: &[MeasurementRow]) -> Quality {
    let runs = [run("a", 3, Some("diverged"))];
    quality(rows, &aggregate(rows, &runs).unwrap(), &["accuracy", "brier"]).unwrap()
}

#[test]
fn marks_are_means_with_their_seeds() {
    let quality = of(&[
        measurement("a+b", 0, "a", 0.9),
        measurement("b", 1, "a", 0.4),
        measurement("b", 0, "a", 0.6),
        measurement("a", 0, "b", 0.5),
    ]);
    assert_eq!(quality.sources, ["b", "a"]);
    let panels: Vec<&str> = quality.panels.iter().map(|panel| panel.source.as_str()).collect();
    assert_eq!(panels, ["b", "a"]);
    let marks = &quality.panels[1].marks;
    let only_b = marks[0].as_ref().unwrap();
    assert_eq!(
        (only_b.mean, only_b.seeds.as_slice(), only_b.trained),
        (0.5, &[0.6, 0.4][..], false)
    );
    assert_eq!(marks[1], None, "the mix of a alone was not judged on a");
    assert!(marks[2].as_ref().unwrap().trained);
    assert_eq!(
        quality.notes,
        [
            "Mark: mean over 1 to 2 seeds; whisker: mean 95 % interval of a run, over test \
             statements.",
            "Failed, so in no mean: a (seed 3)."
        ]
    );
}

/// As of the report: "mean 95 % interval of a run" under one seed is a mean of one.
#[test]
fn one_seed_has_no_mean_of_intervals() {
    let rows = [measurement("a", 0, "a", 0.6)];
    let quality = quality(&rows, &aggregate(&rows, &[]).unwrap(), &["accuracy"]).unwrap();
    assert_eq!(quality.notes, ["Mark: one seed; whisker: 95 % interval, over test statements."]);
}

#[test]
fn a_reference_spreads_only_when_it_does_not_depend_on_the_mix() {
    let rows = |second: f64| {
        [
            measurement("a", 0, "a", 0.6),
            measurement("b", 0, "a", 0.6),
            measurement("a+b", 0, "a", 0.6),
            reference(LABEL_CEILING, "a", "a", 0.9),
            reference(MAJORITY, "a", "a", 0.5),
            reference(MAJORITY, "b", "a", second),
        ]
    };
    let values = |second: f64| {
        let quality = of(&rows(second));
        let references = &quality.panels[0].references;
        let ceilings: Vec<bool> = references.iter().map(Reference::is_ceiling).collect();
        assert_eq!(ceilings, [false, true]);
        assert_eq!(references[1].values, [Some(0.9); 3]);
        references[0].values.clone()
    };
    assert_eq!(values(0.5), [Some(0.5); 3]);
    assert_eq!(values(0.4), [Some(0.5), Some(0.4), None]);
}

#[test]
fn nothing_to_show_is_an_error() {
    let rows = [reference(MAJORITY, "a", "a", 0.5)];
    let error = quality(&rows, &aggregate(&rows, &[]).unwrap(), &["accuracy"]).unwrap_err();
    assert_eq!(error.to_string(), "nothing to draw: no model was measured by accuracy");
}
