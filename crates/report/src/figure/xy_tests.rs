use super::*;
use crate::sample::check_layout;

fn of(series: Vec<Series>) -> XyFigure {
    XyFigure {
        name: "curve".into(),
        title: "Best of n".into(),
        x_label: "KL (nats)".into(),
        y_label: "return".into(),
        series,
        ..XyFigure::default()
    }
}

fn series(points: &[(f64, f64)], intervals: &[(f64, f64)], shape: Shape) -> Series {
    Series {
        label: format!("{shape:?}"),
        shape,
        points: points.into(),
        intervals: intervals.into(),
        ..Series::default()
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

#[test]
fn counts_begin_at_zero_and_have_whole_ticks() {
    let labels = [(1.0, 990.0), (2.0, 960.0), (3.0, 900.0)];
    let figure = XyFigure {
        x_scale: Scale::Whole,
        y_scale: Scale::Count,
        ..of(vec![series(&labels, &[], Shape::Points)])
    };
    let drawn = xy_figure(&figure).unwrap();
    check_layout(&drawn);
    let has = |text: &str| drawn.texts().iter().any(|other| other == text);
    assert!(["1", "2", "3", "0", "1000"].into_iter().all(has), "{:?}", drawn.texts());
    assert!(!has("1.5") && !has("900"), "{:?}", drawn.texts());
}

#[test]
fn a_broken_line_has_nothing_at_its_jump() {
    let points = [(0.0, 0.0), (1.0, 0.1), (2.0, 5.0), (3.0, 5.1)];
    let broken = |breaks: Vec<usize>| Series { breaks, ..series(&points, &[], Shape::Line) };
    assert_eq!(runs(&broken(vec![2])), [&points[..2], &points[2..]]);
    assert_eq!(runs(&broken(vec![])), [&points[..]]);
    assert_eq!(runs(&broken(vec![1, 3, 9])), [&points[..1], &points[1..3], &points[3..]]);
    let lines = |figure: Figure| figure.svg().matches("<polyline").count();
    let [whole, cut] =
        [vec![], vec![2]].map(|breaks| xy_figure(&of(vec![broken(breaks)])).unwrap());
    assert_eq!(lines(whole) + 1, lines(cut));
}

#[test]
fn few_points_of_a_line_are_marked() {
    let marks = |count: usize| {
        let points: Vec<(f64, f64)> = (0..count).map(|i| (i as f64, i as f64)).collect();
        let figure = xy_figure(&of(vec![series(&points, &[], Shape::Line)])).unwrap();
        figure.svg().matches("<circle").count()
    };
    assert_eq!([marks(3), marks(13)], [3, 0]);
}
