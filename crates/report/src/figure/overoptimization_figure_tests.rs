use super::*;
use crate::sample::check_layout;

fn panel(title: &str, steep: f64) -> OveroptimizationPanel {
    let points =
        |of: fn(f64) -> f64| (0..8).map(move |i| f64::from(i) * 0.3).map(move |d| (d, of(d)));
    OveroptimizationPanel {
        title: title.to_owned(),
        proxy: points(|d| d).map(|(d, gain)| (d, steep * gain)).collect(),
        gold: points(|d| d * (1.0 - 0.4 * d)).collect(),
        intervals: points(|d| d * (1.0 - 0.4 * d))
            .map(|(_, gain)| (gain - 0.1, gain + 0.1))
            .collect(),
        fit: points(|d| d * (1.0 - 0.4 * d)).collect(),
        peak: Some((1.25, 0.625)),
        truth: points(|d| 1.1 * d).collect(),
        alarm: "alarm raised in 8 of 10".to_owned(),
        is_raised: true,
    }
}

fn figure(panels: Vec<OveroptimizationPanel>) -> OveroptimizationFigure {
    OveroptimizationFigure {
        name: "overoptimization".into(),
        title: "pendulum, best of n".into(),
        x_label: "sqrt(KL)".into(),
        y_label: "gain".into(),
        intervals: "95 %".into(),
        panels,
    }
}

#[test]
fn all_that_is_told_is_there() {
    let names = ["single", "mean of five", "minimum of five", "mean less one sd", "fifth"];
    let drawn = overoptimization_figure(&figure(names.map(|name| panel(name, 1.0)).to_vec()));
    let drawn = drawn.unwrap();
    check_layout(&drawn);
    let has = |text: &str| drawn.texts().iter().any(|other| other == text);
    for text in names.into_iter().chain(["gain", "sqrt(KL)", "its peak", "optimized for gold"]) {
        assert!(has(text), "{text}: {:?}", drawn.texts());
    }
    assert!(!drawn.texts().iter().any(|text| text.starts_with("proxy rises")));
}

#[test]
fn a_proxy_that_leaves_the_axis_says_where_it_ends() {
    let drawn = overoptimization_figure(&figure(vec![panel("single", 40.0)])).unwrap();
    check_layout(&drawn);
    let told = drawn.texts().iter().any(|text| text.starts_with("proxy rises to 84"));
    assert!(told, "{:?}", drawn.texts());
    assert_eq!(clipped(&[(0.0, 0.0), (1.0, 4.0), (2.0, 1.0)], 2.0), [(0.0, 0.0), (0.5, 2.0)]);
    assert_eq!(clipped(&[(0.0, 3.0), (1.0, 1.0)], 2.0), []);
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let odd = OveroptimizationPanel { intervals: vec![(0.0, 1.0)], ..panel("odd", 1.0) };
    let odd = overoptimization_figure(&figure(vec![odd])).unwrap_err().to_string();
    assert!(odd.contains("panel \"odd\" has 8 points of gold and 1 intervals"), "{odd}");
    let none = overoptimization_figure(&figure(vec![OveroptimizationPanel::default()]));
    assert!(matches!(none, Err(ReportError::Empty(_))));
}
