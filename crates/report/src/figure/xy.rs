//! How does any other relation of x and y get drawn, like best-of-n curves or exact experiments?

use crate::alt::{Alt, course, listed, titled};
use crate::axis::{Axis, padded, range, whole_x_axis, whole_y_ticks, x_axis, y_axis_at, y_ticks};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, body, legend, mark};
use crate::palette::{BLACK, DASHES, Ink, cycle, ink, shade, veil};
use crate::text::{BODY, LINE, wrap};
use crate::{Figure, ReportError};
use serde::{Deserialize, Serialize};

/// One simple figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// What the horizontal axis is of.
    #[serde(default, skip_serializing_if = "Scale::is_any")]
    pub x_scale: Scale,
    /// What the vertical axis is of.
    #[serde(default, skip_serializing_if = "Scale::is_any")]
    pub y_scale: Scale,
    /// In the order of the legend.
    pub series: Vec<Series>,
}

/// What an axis is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Any numbers.
    #[default]
    Any,
    /// Whole numbers, such as places in an order.
    Whole,
    /// How many there are: whole numbers, from 0 on.
    Count,
}

impl Scale {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }

    /// What an axis of these values holds.
    fn ends(self, (low, high): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Any | Self::Whole => padded((low, high)),
            Self::Count => (0.0, padded((0.0, high)).1.max(1.0)),
        }
    }
}

/// Points that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// The place of its colour where it stands for a mix, which has one colour in all figures; by default
    /// that of its place among the series.
    #[serde(skip)]
    pub look: Option<usize>,
    /// Points before which the line is broken, since nothing lies between: a jump.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<usize>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A line through the points, in their order; of few points, each has a mark.
    #[default]
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
///         ..Series::default()
///     }],
///     ..XyFigure::default()
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
    let across = range(points().map(|point| point.0)).ok_or_else(nothing)?;
    let (left, right) = figure.x_scale.ends(across);
    let (low, high) = figure.y_scale.ends(range(ys).ok_or_else(nothing)?);
    let title = wrap(&figure.title, BODY + 1.0, WIDTH - 2.0 * MARGIN);
    let top = MARGIN + title.len() as f64 * (LINE + 1.0) + 4.0;
    let bottom = top + HEIGHT;
    let y = Axis { low, high, from: bottom, to: top };
    let ticks = if figure.y_scale.is_any() { y_ticks(&y) } else { whole_y_ticks(&y) };
    let wide = ticks.iter().map(|(_, label)| body(label)).fold(0.0, f64::max);
    let names = wrap(&figure.y_label, BODY, HEIGHT + 20.0);
    let from = MARGIN + names.len() as f64 * LINE + wide + 9.0;
    let x = Axis { low: left, high: right, from, to: WIDTH - MARGIN - 8.0 };
    match figure.x_scale {
        Scale::Any => x_axis(&mut canvas, &x, (top, bottom), 8.0),
        Scale::Whole | Scale::Count => whole_x_axis(&mut canvas, &x, (top, bottom)),
    }
    y_axis_at(&mut canvas, &y, (x.from, x.to), ticks);
    for (place, series) in figure.series.iter().enumerate() {
        draw(&mut canvas, (&x, &y), series, style(series, place));
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
    Ok(canvas.finish(&figure.name, WIDTH, end + MARGIN)?.described(xy_alt(figure)))
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

fn style(series: &Series, place: usize) -> Ink {
    ink(series.look.map_or_else(|| cycle(place), shade), 1.6)
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
            if series.shape == Shape::Dashed {
                return canvas.dashed_path(&points, DASHES[1], ink);
            }
            for run in runs(series) {
                let run: Vec<(f64, f64)> = run.iter().copied().filter(finite).map(at).collect();
                if run.len() > 1 {
                    canvas.path(run, ink);
                }
            }
            if points.len() <= FEW {
                points.into_iter().for_each(|point| mark(canvas, point, ink.color, true));
            }
        }
    }
}

/// A line of so many points or fewer shows them.
const FEW: usize = 12;

/// The points between breaks.
fn runs(series: &Series) -> Vec<&[(f64, f64)]> {
    let mut runs = Vec::new();
    let mut rest = &series.points[..];
    for place in series.breaks.iter().rev().filter(|place| **place < series.points.len()) {
        let (before, after) = rest.split_at((*place).min(rest.len()));
        runs.push(after);
        rest = before;
    }
    runs.push(rest);
    runs.reverse();
    runs
}

fn entries(figure: &XyFigure) -> Vec<Entry> {
    let entry = |(place, series): (usize, &Series)| {
        let key = match series.shape {
            Shape::Line if !series.intervals.is_empty() => Key::Band(style(series, place)),
            Shape::Line => Key::Line(style(series, place), &[]),
            Shape::Dashed => Key::Line(style(series, place), DASHES[1]),
            Shape::Points => Key::Mark(style(series, place).color, true),
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

/// What the figure shows, in words.
fn xy_alt(of: &XyFigure) -> Alt {
    let series = |series: &Series| Some(format!("{}: {}", series.label, course(&series.points)?));
    let lines = listed(of.series.iter().filter_map(series));
    let text = format!("{} over {}. {lines}.", of.y_label, of.x_label);
    Alt::new(titled(&of.title, &of.name), vec![text])
}

#[cfg(test)]
#[path = "xy_tests.rs"]
mod tests;
