use super::*;
use crate::sample::check_layout;

fn of(series: Vec<Series>) -> XyFigure {
    XyFigure {
        name: "curve".into(),
        title: "Best of n".into(),
        x_label: "KL (nats)".into(),
        y_label: "return".into(),
        series,
    }
}

fn series(points: &[(f64, f64)], intervals: &[(f64, f64)], shape: Shape) -> Series {
    Series {
        label: format!("{shape:?}"),
        shape,
        points: points.into(),
        intervals: intervals.into(),
    }
}

#[test]
fn labels_and_legend_are_there() {
    let points = [(0.0, 0.0), (1.0, 2.0), (2.0, f64::NAN)];
    let ends = [(0.0, 0.5), (1.0, 3.0), (0.0, 0.0)];
    let figure = of(vec![
        series(&points, &[], Shape::Dashed),
        series(&points, &ends, Shape::Line),
        series(&points[..2], &ends[..2], Shape::Points),
    ]);
    let drawn = xy_figure(&figure).unwrap();
    check_layout(&drawn);
    let expect = [
        "Best of n",
        "KL (nats)",
        "return",
        "Dashed",
        "Line",
        "Points",
        "2 points that are not finite are left out.",
    ];
    for text in expect {
        assert!(drawn.texts().iter().any(|other| other == text), "{text}: {:?}", drawn.texts());
    }
    assert_eq!(xy_figure(&figure).unwrap(), drawn);
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let odd = xy_figure(&of(vec![series(&[(0.0, 0.0)], &[(0.0, 0.0); 2], Shape::Line)]));
    let odd = odd.unwrap_err().to_string();
    assert_eq!(odd, "figure curve: series \"Line\" has 1 points and 2 intervals");
    let none = xy_figure(&of(vec![series(&[(f64::INFINITY, 0.0)], &[], Shape::Line)]));
    assert!(matches!(none, Err(ReportError::Empty(_))));
}
