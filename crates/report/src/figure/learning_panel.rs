//! How is the learning curve of one source drawn?
//!
//! Two panels share the number of statements: the metric above, the difference to the baseline below.
//! An interval for a new sample can be many times as wide as the differences themselves, and would
//! then flatten them: it is cut at the edge of the panel, which the figure says.

use crate::axis::{Axis, padded, range, x_axis_at, y_axis, y_ticks};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::body;
use crate::marker::{Marker, marker};
use crate::palette::{BLACK, Color, Ink, SOFT, cycle, ink};
use crate::summary::better;
use crate::text::{BODY, LINE, wrap};
use crate::{
    Learning, LearningAggregate, LearningDifference, LearningLine, LearningPanel, LearningRole,
};

const ABOVE: f64 = 160.0;
const BELOW: f64 = 200.0;
const GAP: f64 = 16.0;
/// An interval for a new sample stretches the axis at most so many times.
const STRETCH: f64 = 5.0;

/// Ends of one of the two intervals of a difference.
type Interval = fn(&LearningDifference) -> Option<(f64, f64)>;

/// One panel with its place.
pub(crate) struct Column<'a> {
    learning: &'a Learning,
    panel: &'a LearningPanel,
    left: f64,
    x: Axis,
    /// Values of the metric.
    above: Axis,
    /// Differences; none where nothing is compared.
    below: Option<Axis>,
    /// Lines over the panel.
    pub title: Vec<String>,
    /// Lines below it.
    label: Vec<String>,
}

impl<'a> Column<'a> {
    /// The upper panel begins at `top`; titles lie above it.
    pub fn new(
        learning: &'a Learning,
        panel: &'a LearningPanel,
        (left, right): (f64, f64),
    ) -> Self {
        let above = ends(panel, |point| {
            let error = point.standard_error.unwrap_or(0.0);
            vec![point.mean - error, point.mean + error]
        });
        let (low, high) = padded(above.unwrap_or((0.0, 1.0)));
        let above = Axis { low, high, from: ABOVE, to: 0.0 };
        let below = differences(panel);
        let below = below.map(|(low, high)| Axis { low, high, from: BELOW, to: 0.0 });
        let ticks = y_ticks(&above).into_iter().chain(below.iter().flat_map(y_ticks));
        let wide = ticks.map(|(_, label)| body(&label)).fold(0.0, f64::max);
        let names = [metric_label(panel).len(), difference_label(panel).len()];
        let from = left + names[0].max(names[1]) as f64 * LINE + wide + 8.0;
        let x = across(panel, (from, right - 8.0));
        let room = right - from;
        let name = format!("test: {}", panel.source);
        let better = format!("{} is better", better(panel.direction));
        Column {
            learning,
            panel,
            left,
            x,
            above,
            below,
            title: apart(&name, &better, room),
            label: wrap(&format!("statements of {}", panel.source), BODY, room),
        }
    }

    /// Height of both panels, with ticks and label.
    pub fn height(&self) -> f64 {
        let below = if self.below.is_some() { GAP + BELOW } else { 0.0 };
        ABOVE + below + 20.0 + self.label.len() as f64 * LINE
    }

    /// Whether an interval reaches beyond the panel.
    pub fn is_cut(&self) -> bool {
        let beyond = |difference: LearningDifference, axis: &Axis| {
            new_sample(&difference).is_some_and(|(low, high)| low < axis.low || high > axis.high)
        };
        let differences = points(self.panel).filter_map(|point| point.difference);
        self.below.iter().any(|axis| differences.clone().any(|of| beyond(of, axis)))
    }

    pub fn draw(&self, canvas: &mut Canvas, top: f64) {
        let middle = (self.x.from + self.x.to) / 2.0;
        let first = top - 8.0 - (self.title.len() as f64 - 1.0) * LINE;
        canvas.lines(&self.title, word(String::new(), (middle, first), Anchor::Middle));
        let mut bottom = top + ABOVE;
        let above = moved(&self.above, top);
        let label = if self.below.is_some() { unlabelled } else { labelled };
        self.frame(canvas, &above, label);
        upright(canvas, &metric_label(self.panel), (self.left, top + ABOVE / 2.0));
        self.values(canvas, &above);
        if let Some(below) = &self.below {
            let top = bottom + GAP;
            bottom = top + BELOW;
            let below = moved(below, top);
            self.frame(canvas, &below, labelled);
            upright(canvas, &difference_label(self.panel), (self.left, top + BELOW / 2.0));
            self.differences(canvas, &below);
        }
        canvas.lines(&self.label, word(String::new(), (middle, bottom + 25.0), Anchor::Middle));
    }

    /// Both axes, with a tick at each number of statements.
    fn frame(&self, canvas: &mut Canvas, y: &Axis, label: fn(u64) -> String) {
        let mut numbers: Vec<u64> = points(self.panel).map(|point| point.statements).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let ticks: Vec<(f64, String)> =
            numbers.into_iter().map(|number| (doublings(number), label(number))).collect();
        x_axis_at(canvas, &self.x, (y.to, y.from), &ticks);
        y_axis(canvas, y, (self.x.from, self.x.to));
    }

    fn values(&self, canvas: &mut Canvas, y: &Axis) {
        for (place, line) in self.panel.lines.iter().enumerate() {
            let (color, marker) = look(self.learning, line);
            let points = || line.points.iter().filter(|point| point.mean.is_finite());
            let at = |point: &LearningAggregate| (self.at(place, point), y.at(point.mean));
            canvas.path(points().map(at).collect(), ink(color, 1.4));
            for point in points() {
                let (x, error) = (self.at(place, point), point.standard_error.unwrap_or(0.0));
                let ends = (y.at(point.mean - error), y.at(point.mean + error));
                canvas.line((x, ends.0), (x, ends.1), ink(color, 0.9));
                marker.draw(canvas, at(point), color);
            }
        }
    }

    fn differences(&self, canvas: &mut Canvas, y: &Axis) {
        canvas.line((self.x.from, y.at(0.0)), (self.x.to, y.at(0.0)), ink(SOFT, 1.0));
        let lines = || self.panel.lines.iter().enumerate();
        for (place, line) in lines() {
            let (color, _) = look(self.learning, line);
            let thin = Ink { color, alpha: 0.6, width: 0.9 };
            self.whiskers(canvas, y, (place, line), (new_sample, thin));
        }
        for (place, line) in lines() {
            let (color, marker) = look(self.learning, line);
            let points = line.points.iter();
            let points =
                points.filter_map(|point| Some((self.at(place, point), point.difference?)));
            let at = |(x, of): (f64, LearningDifference)| (x, y.at(of.mean));
            canvas.path(points.clone().map(at).collect(), Ink { color, alpha: 0.5, width: 0.9 });
            self.whiskers(canvas, y, (place, line), (these_splits, ink(color, 2.0)));
            points.for_each(|point| marker.draw(canvas, at(point), color));
        }
    }

    /// A kind of interval at each point of a line, cut at the ends of the axis.
    fn whiskers(
        &self,
        canvas: &mut Canvas,
        y: &Axis,
        (place, line): (usize, &LearningLine),
        (interval, ink): (Interval, Ink),
    ) {
        for point in &line.points {
            let Some((low, high)) = point.difference.as_ref().and_then(interval) else { continue };
            let (x, low, high) = (self.at(place, point), low.max(y.low), high.min(y.high));
            canvas.line((x, y.at(low)), (x, y.at(high)), ink);
        }
    }

    /// Lines lie side by side, so that their whiskers do not overlap.
    fn at(&self, place: usize, point: &LearningAggregate) -> f64 {
        let lines = self.panel.lines.len() as f64;
        let step = f64::min(6.0, 0.7 * nearest(self.panel, &self.x) / lines);
        self.x.at(doublings(point.statements)) + (place as f64 - (lines - 1.0) / 2.0) * step
    }
}

fn labelled(number: u64) -> String {
    number.to_string()
}

fn unlabelled(_: u64) -> String {
    String::new()
}

/// Black discs for a baseline, else a colour and a shape that are the same in every panel.
pub(crate) fn look(learning: &Learning, line: &LearningLine) -> (Color, Marker) {
    let before = || learning.compared.iter().take_while(|label| **label != line.label);
    match line.role {
        LearningRole::Baseline => (BLACK, Marker::Disc),
        LearningRole::Compared => (cycle(before().count()), marker(before().count())),
    }
}

fn points(panel: &LearningPanel) -> impl Iterator<Item = &LearningAggregate> + Clone {
    panel.lines.iter().flat_map(|line| &line.points)
}

/// Place on the axis: doublings of one statement. None at all lies beside one.
fn doublings(statements: u64) -> f64 {
    if statements == 0 { -1.0 } else { (statements as f64).log2() }
}

/// The axis of numbers of statements, with room for lines beside each other at its ends.
fn across(panel: &LearningPanel, (from, to): (f64, f64)) -> Axis {
    let numbers = points(panel).map(|point| doublings(point.statements));
    let (first, last) = range(numbers).unwrap_or((0.0, 0.0));
    let tight = Axis { low: first, high: f64::max(last, first + 1.0), from, to };
    let pixels = (0.5 * nearest(panel, &tight)).clamp(10.0, 24.0);
    let air = pixels / (to - from) * (tight.high - tight.low);
    Axis { low: tight.low - air, high: tight.high + air, ..tight }
}

/// Distance of the two numbers of statements that are nearest to each other, pixels.
fn nearest(panel: &LearningPanel, x: &Axis) -> f64 {
    let mut places: Vec<f64> =
        points(panel).map(|point| x.at(doublings(point.statements))).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places.windows(2).map(|pair| pair[1] - pair[0]).fold(x.to - x.from, f64::min)
}

/// Range of some numbers of each point.
fn ends(panel: &LearningPanel, of: impl Fn(&LearningAggregate) -> Vec<f64>) -> Option<(f64, f64)> {
    range(points(panel).flat_map(of))
}

/// The range of differences, 0 and what is sure of them; none where nothing is compared.
fn differences(panel: &LearningPanel) -> Option<(f64, f64)> {
    let of = |interval: Interval| {
        ends(panel, |point| {
            let Some(difference) = point.difference else { return Vec::new() };
            let (low, high) = interval(&difference).unwrap_or((difference.mean, difference.mean));
            vec![low, high, 0.0]
        })
    };
    let (low, high) = padded(of(these_splits)?);
    let (least, most) = padded(of(new_sample)?);
    let air = (STRETCH - 1.0) / 2.0 * (high - low);
    Some((least.clamp(low - air, low), most.clamp(high, high + air)))
}

fn these_splits(of: &LearningDifference) -> Option<(f64, f64)> {
    of.spread.map(|spread| (of.mean - spread.these_splits, of.mean + spread.these_splits))
}

fn new_sample(of: &LearningDifference) -> Option<(f64, f64)> {
    of.spread.map(|spread| (of.mean - spread.new_sample, of.mean + spread.new_sample))
}

fn metric_label(panel: &LearningPanel) -> Vec<String> {
    apart(&panel.metric, &format!("({})", panel.unit), ABOVE)
}

fn difference_label(panel: &LearningPanel) -> Vec<String> {
    apart("difference to the baseline", &format!("({})", panel.unit), BELOW)
}

/// A name and what is said of it, each in lines of its own.
fn apart(name: &str, said: &str, most: f64) -> Vec<String> {
    [name, said].into_iter().flat_map(|text| wrap(text, BODY, most)).collect()
}

/// An axis of heights, moved down.
fn moved(y: &Axis, top: f64) -> Axis {
    Axis { from: top + y.from, to: top + y.to, ..*y }
}

/// Lines turned by a quarter stand side by side, the first one leftmost.
fn upright(canvas: &mut Canvas, lines: &[String], (left, middle): (f64, f64)) {
    for (line, text) in lines.iter().enumerate() {
        let at = (left + 5.0 + line as f64 * LINE, middle);
        canvas.text(Text { turn: -90.0, ..word(text.clone(), at, Anchor::Middle) });
    }
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::learned;
    use crate::{aggregate_learning, learning};

    #[test]
    fn lines_lie_beside_each_other_around_their_number() {
        let ways = ["joint", "related", "weighted", "separate"];
        let points = aggregate_learning(&learned(&["a"], &ways)).unwrap();
        let learning = learning(&points, &["rank-correlation"]).unwrap();
        let panel = &learning.panels[0];
        for right in [160.0, 660.0] {
            let column = Column::new(&learning, panel, (0.0, right));
            let lines = panel.lines.iter().enumerate();
            let mut places: Vec<f64> = lines
                .flat_map(|(place, line)| line.points.iter().map(move |point| (place, point)))
                .map(|(place, point)| column.at(place, point))
                .collect();
            places.sort_by(f64::total_cmp);
            assert!(places[0] > column.x.from && places[14] < column.x.to, "{places:?}");
            for (lines, number) in places.chunks(5).zip([25, 50, 100]) {
                assert!((lines[2] - column.x.at(doublings(number))).abs() < 1e-9, "{number}");
                assert!(lines.windows(2).all(|pair| pair[1] - pair[0] > 2.5), "{lines:?}");
            }
            assert!(places[5] - places[4] > places[4] - places[3], "numbers are further apart");
        }
    }
}
