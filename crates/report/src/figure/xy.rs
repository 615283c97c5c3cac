//! How does any other relation of x and y get drawn, like best-of-n curves or exact experiments?

use crate::axis::{Axis, padded, range, x_axis, y_axis, y_ticks};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, body, legend, mark};
use crate::palette::{BLACK, DASHES, Ink, cycle, ink, veil};
use crate::text::{BODY, LINE, wrap};
use crate::{Figure, ReportError};
use serde::{Deserialize, Serialize};

/// One simple figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct XyFigure {
    /// File name without ending.
    pub name: String,
    /// Above the figure; may be empty.
    pub title: String,
    /// With unit.
    pub x_label: String,
    /// With unit.
    pub y_label: String,
    /// In the order of the legend.
    pub series: Vec<Series>,
}

/// Points that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Series {
    /// In the legend.
    pub label: String,
    /// How it is drawn.
    pub shape: Shape,
    /// x and y. A point that is not finite is left out, and the figure says so.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper end for each point; empty for none. A band for lines, else whiskers.
    pub intervals: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A line through the points, in their order.
    Line,
    /// A dashed line, for what is not measured.
    Dashed,
    /// A mark for each point.
    Points,
}

const WIDTH: f64 = 384.0;
const HEIGHT: f64 = 230.0;
const MARGIN: f64 = 8.0;

/// Draws a figure of lines and points, 4 inches wide.
///
/// ```
/// use medley_report::{Series, Shape, XyFigure, xy_figure};
/// let figure = xy_figure(&XyFigure {
///     name: "best-of-n".into(),
///     title: String::new(),
///     x_label: "KL from the base policy (nats)".into(),
///     y_label: "true return".into(),
///     series: vec![Series {
///         label: "learned reward".into(),
///         shape: Shape::Line,
///         points: vec![(0.0, 0.0), (0.19, 0.56), (0.43, 0.85)],
///         intervals: Vec::new(),
///     }],
/// })?;
/// assert!(figure.texts().contains(&"true return".to_owned()));
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// No point is finite, a series has intervals for another number of points, or the drawing layer
/// fails.
pub fn xy_figure(figure: &XyFigure) -> Result<Figure, ReportError> {
    check(figure)?;
    let mut canvas = Canvas::default();
    let points = || figure.series.iter().flat_map(|series| &series.points).filter(|p| finite(p));
    let ends = figure.series.iter().flat_map(|series| &series.intervals);
    let ys = points().map(|point| point.1).chain(ends.flat_map(|(low, high)| [*low, *high]));
    let nothing = || ReportError::Empty(format!("{} has no finite point", figure.name));
    let (left, right) = padded(range(points().map(|point| point.0)).ok_or_else(nothing)?);
    let (low, high) = padded(range(ys).ok_or_else(nothing)?);
    let title = wrap(&figure.title, BODY + 1.0, WIDTH - 2.0 * MARGIN);
    let top = MARGIN + title.len() as f64 * (LINE + 1.0) + 4.0;
    let bottom = top + HEIGHT;
    let y = Axis { low, high, from: bottom, to: top };
    let wide = y_ticks(&y).iter().map(|(_, label)| body(label)).fold(0.0, f64::max);
    let names = wrap(&figure.y_label, BODY, HEIGHT + 20.0);
    let from = MARGIN + names.len() as f64 * LINE + wide + 9.0;
    let x = Axis { low: left, high: right, from, to: WIDTH - MARGIN - 8.0 };
    x_axis(&mut canvas, &x, (top, bottom), 8.0);
    y_axis(&mut canvas, &y, (x.from, x.to));
    for (place, series) in figure.series.iter().enumerate() {
        draw(&mut canvas, (&x, &y), series, style(place));
    }
    for (line, text) in names.iter().enumerate() {
        let at = (MARGIN + 5.0 + line as f64 * LINE, (top + bottom) / 2.0);
        canvas.text(Text { turn: -90.0, ..word(text.clone(), at) });
    }
    let at = (WIDTH / 2.0, MARGIN + 6.0);
    canvas.lines(&title, Text { size: BODY + 1.0, ..word(String::new(), at) });
    let middle = (x.from + x.to) / 2.0;
    let below = wrap(&figure.x_label, BODY, x.to - x.from);
    canvas.lines(&below, word(String::new(), (middle, bottom + 25.0)));
    let end = bottom + 22.0 + below.len() as f64 * LINE;
    let across = (MARGIN, WIDTH - MARGIN);
    let end = legend(&mut canvas, &entries(figure), across, end + 2.0);
    let end = crate::legend::notes(&mut canvas, &left_out(figure), across, end);
    canvas.finish(&figure.name, WIDTH, end + MARGIN)
}

fn check(figure: &XyFigure) -> Result<(), ReportError> {
    let odd = figure.series.iter().find(|series| {
        !series.intervals.is_empty() && series.intervals.len() != series.points.len()
    });
    match odd {
        None => Ok(()),
        Some(series) => Err(ReportError::Drawing {
            name: figure.name.clone(),
            message: format!(
                "series {:?} has {} points and {} intervals",
                series.label,
                series.points.len(),
                series.intervals.len()
            ),
        }),
    }
}

fn finite((x, y): &(f64, f64)) -> bool {
    x.is_finite() && y.is_finite()
}

fn style(place: usize) -> Ink {
    ink(cycle(place), 1.6)
}

fn word(text: String, at: (f64, f64)) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor: Anchor::Middle, turn: 0.0 }
}

fn draw(canvas: &mut Canvas, (x, y): (&Axis, &Axis), series: &Series, ink: Ink) {
    let at = |(a, b): (f64, f64)| (x.at(a), y.at(b));
    let points = series.points.iter().copied().filter(finite);
    let points: Vec<(f64, f64)> = points.map(at).collect();
    let ends = series.points.iter().zip(&series.intervals);
    let ends = ends.filter(|(point, ends)| finite(point) && finite(ends));
    let ends: Vec<[(f64, f64); 2]> =
        ends.map(|(point, ends)| [at((point.0, ends.0)), at((point.0, ends.1))]).collect();
    match series.shape {
        Shape::Points => {
            ends.iter().for_each(|[low, high]| canvas.line(*low, *high, ink));
            points.into_iter().for_each(|point| mark(canvas, point, ink.color, true));
        }
        Shape::Line | Shape::Dashed => {
            let low = ends.iter().map(|pair| pair[0]);
            let band: Vec<(f64, f64)> = low.chain(ends.iter().rev().map(|pair| pair[1])).collect();
            if !band.is_empty() {
                canvas.area(band, veil(ink.color, 0.15));
            }
            if series.shape == Shape::Line {
                return canvas.path(points, ink);
            }
            canvas.dashed_path(&points, DASHES[1], ink);
        }
    }
}

fn entries(figure: &XyFigure) -> Vec<Entry> {
    let entry = |(place, series): (usize, &Series)| {
        let key = match series.shape {
            Shape::Line if !series.intervals.is_empty() => Key::Band(style(place)),
            Shape::Line => Key::Line(style(place), &[]),
            Shape::Dashed => Key::Line(style(place), DASHES[1]),
            Shape::Points => Key::Mark(style(place).color, true),
        };
        Entry { key, text: series.label.clone() }
    };
    let labelled = figure.series.iter().enumerate().filter(|(_, series)| !series.label.is_empty());
    labelled.map(entry).collect()
}

fn left_out(figure: &XyFigure) -> Vec<String> {
    let points = figure.series.iter().flat_map(|series| &series.points);
    match points.filter(|point| !finite(point)).count() {
        0 => Vec::new(),
        1 => vec!["One point that is not finite is left out.".to_owned()],
        count => vec![format!("{count} points that are not finite are left out.")],
    }
}

#[cfg(test)]
#[path = "xy_tests.rs"]
mod tests;
