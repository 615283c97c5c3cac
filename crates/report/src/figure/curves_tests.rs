use super::*;
use crate::sample::{curve as row, measurement, run};

#[test]
fn a_curve_is_the_mean_up_to_the_first_stop() {
    let tables = Tables {
        curves: vec![
            row("a", 0, 0, -0.7),
            row("a", 0, 1, -0.5),
            row("a", 1, 0, -0.9),
            row("a", 1, 1, -0.6),
            row("a", 1, 2, -0.4),
            CurveRow { step: 5, ..row("a", 0, 1, -9.0) },
            CurveRow { part: Part::Train, ..row("a", 0, 0, 3.0) },
            row("a", 2, 0, 100.0),
            row("b", 0, 0, -0.7),
        ],
        runs: vec![run("a", 2, Some("diverged"))],
        measurements: vec![measurement("a", 0, "a", 0.5)],
        ..Tables::default()
    };
    let curves = curves(&tables, "log-likelihood").unwrap();
    assert!(curves.cut);
    let [panel] = curves.panels.as_slice() else { panic!("{:?}", curves.panels) };
    assert_eq!(panel.curves[0].seeds, 2, "the failed run is left out");
    let expect = [[0.0, -0.8, -0.9, -0.7], [1.0, -0.55, -0.6, -0.5]];
    for (point, expect) in panel.curves[0].points.iter().zip(expect) {
        let same = point.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(same, "{point:?} is not {expect:?}");
    }
    assert_eq!(panel.curves[0].points.len(), 2);
    assert_eq!(panel.curves[1].mix, "b", "a mix without measurements is kept");
}

#[test]
fn full_curves_are_not_called_cut() {
    let curves_of = |last| {
        let curves = vec![row("a", 0, 0, -0.7), row("a", 1, last, -0.7), row("a", 1, 0, -0.7)];
        curves_of_rows(curves)
    };
    assert!(!curves_of(0).cut && curves_of(1).cut);
}

fn curves_of_rows(rows: Vec<CurveRow>) -> Curves {
    curves(&Tables { curves: rows, ..Tables::default() }, "log-likelihood").unwrap()
}

#[test]
fn no_curve_is_an_error() {
    let error = curves(&Tables::default(), "log-likelihood").unwrap_err();
    assert!(matches!(error, ReportError::Empty(_)), "{error}");
}
