//! Where does a value lie on an axis, and which ticks does the axis get?

use crate::canvas::{Anchor, Canvas, Text};
use crate::palette::{FAINT, GRID, SOFT, ink};
use crate::text::{BODY, width};

/// A linear axis: values `low..high` on pixels `from..to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub low: f64,
    pub high: f64,
    pub from: f64,
    pub to: f64,
}

impl Axis {
    /// Pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// At most `most` round values (at least two where the axis has them), and their labels.
    pub fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let step = step(self.high - self.low, most.max(2));
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|count| count as f64 * step).map(|at| (at, label(at, step))).collect()
    }

    /// Ticks for a horizontal axis, as many as have room for their labels side by side. A label
    /// stands out beyond the ends by at most `overhang` pixels: where that leaves fewer than two,
    /// labels at the ends are moved inwards from their ticks.
    fn labelled(&self, overhang: f64) -> Vec<Tick> {
        let ends = (self.from - overhang, self.to + overhang);
        let candidates = (2..=6).map(|most| place(self, most, ends));
        let fitting = candidates.filter(|ticks| apart(ticks));
        let straight = |ticks: &Vec<Tick>| ticks.iter().filter(|tick| tick.shift() == 0.0).count();
        let most = fitting.clone().max_by_key(|ticks| (straight(ticks), usize::MAX - ticks.len()));
        match most {
            Some(ticks) if straight(&ticks) >= 2 => {
                ticks.into_iter().filter(|tick| tick.shift() == 0.0).collect()
            }
            _ => match fitting.max_by_key(Vec::len) {
                Some(ticks) if ticks.len() >= 2 => ticks,
                // One tick does not say what a distance means: two of finer ones do.
                alone => (3..=12)
                    .map(|most| ends_only(place(self, most, ends)))
                    .find(|ticks| ticks.len() >= 2)
                    .or(alone)
                    .unwrap_or_else(|| ends_only(place(self, 2, ends))),
            },
        }
    }

    /// The ticks that are whole numbers, for what is counted.
    fn whole(&self, most: usize) -> Vec<(f64, String)> {
        let mut ticks = self.ticks(most);
        if step(self.high - self.low, most.max(2)) < 1.0 {
            let whole = self.low.ceil() as i64..=self.high.floor() as i64;
            ticks = whole.map(|count| (count as f64, label(count as f64, 1.0))).collect();
        }
        ticks
    }
}

/// The first and the last tick, or the first one where there is no room for both.
fn ends_only(mut ticks: Vec<Tick>) -> Vec<Tick> {
    let inner = 1..ticks.len().saturating_sub(1).max(1);
    ticks.drain(inner);
    if !apart(&ticks) {
        ticks.truncate(1);
    }
    ticks
}

/// A tick with its label.
#[derive(Clone, Debug, PartialEq)]
struct Tick {
    at: f64,
    label: String,
    /// Middle of the label.
    label_at: f64,
}

impl Tick {
    fn shift(&self) -> f64 {
        self.label_at - self.at
    }
}

/// Ticks with their labels moved inside of the ends.
fn place(axis: &Axis, most: usize, (left, right): (f64, f64)) -> Vec<Tick> {
    let tick = |(value, label): (f64, String)| {
        let (at, half) = (axis.at(value), width(&label, BODY) / 2.0);
        let label_at = at.min(right - half).max(left + half);
        Tick { at, label, label_at }
    };
    axis.ticks(most).into_iter().map(tick).collect()
}

fn apart(ticks: &[Tick]) -> bool {
    ticks.windows(2).all(|pair| {
        let wide = width(&pair[0].label, BODY) + width(&pair[1].label, BODY);
        pair[1].label_at - pair[0].label_at >= wide / 2.0 + 6.0
    })
}

/// The smallest of 1, 2, 5 times a power of ten with at most `most` steps and ticks.
fn step(span: f64, most: usize) -> f64 {
    let least = span / most as f64;
    let power = 10f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let factor = factors.into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A tick's label, with as many decimals as its step needs and a true minus sign.
fn label(value: f64, step: f64) -> String {
    let value = if value.abs() < step / 2.0 { 0.0 } else { value };
    let exponent = step.log10().floor();
    let plain = match exponent {
        e if e < -5.0 || value.abs() >= 1e6 => format!("{value:.1e}"),
        e => format!("{value:.*}", (-e).max(0.0) as usize),
    };
    plain.replace('-', "−")
}

/// Smallest and largest of some values; none when no value is finite.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite());
    finite.fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// A range with air at both ends, and of some width even for one value.
pub(crate) fn padded((low, high): (f64, f64)) -> (f64, f64) {
    let air = match high - low {
        span if span > 1e-9 * low.abs().max(high.abs()).max(1e-9) => 0.06 * span,
        _ => (0.05 * low.abs()).max(0.01),
    };
    (low - air, high + air)
}

/// Vertical grid lines over `top..bottom` and tick labels below, which stand out beyond the ends
/// of the axis by at most `overhang`.
pub(crate) fn x_axis(canvas: &mut Canvas, x: &Axis, (top, bottom): (f64, f64), overhang: f64) {
    for Tick { at, label, label_at } in x.labelled(overhang) {
        canvas.line((at, top), (at, bottom), ink(GRID, 0.8));
        canvas.line((at, bottom), (at, bottom + 3.0), ink(FAINT, 0.8));
        canvas.text(tick(label, (label_at, bottom + 10.5), Anchor::Middle));
    }
    canvas.line((x.from, bottom), (x.to, bottom), ink(FAINT, 0.8));
}

/// The same for what is counted: ticks are whole numbers.
pub(crate) fn whole_x_axis(canvas: &mut Canvas, x: &Axis, rows: (f64, f64)) {
    x_axis_at(canvas, x, rows, &x.whole(6));
}

/// The same at given values with given labels. A label that would touch the next one is left out.
pub(crate) fn x_axis_at(
    canvas: &mut Canvas,
    x: &Axis,
    (top, bottom): (f64, f64),
    ticks: &[(f64, String)],
) {
    let mut room = f64::INFINITY;
    for (value, label) in ticks.iter().rev() {
        let (at, half) = (x.at(*value), width(label, BODY) / 2.0);
        canvas.line((at, top), (at, bottom), ink(GRID, 0.8));
        canvas.line((at, bottom), (at, bottom + 3.0), ink(FAINT, 0.8));
        if !label.is_empty() && at + half <= room - 6.0 {
            canvas.text(tick(label.clone(), (at, bottom + 10.5), Anchor::Middle));
            room = at - half;
        }
    }
    canvas.line((x.from, bottom), (x.to, bottom), ink(FAINT, 0.8));
}

/// Horizontal grid lines over `left..right` and tick labels to the left.
pub(crate) fn y_axis(canvas: &mut Canvas, y: &Axis, across: (f64, f64)) {
    y_axis_at(canvas, y, across, y_ticks(y));
}

/// The same at given values with given labels.
pub(crate) fn y_axis_at(
    canvas: &mut Canvas,
    y: &Axis,
    (left, right): (f64, f64),
    ticks: Vec<(f64, String)>,
) {
    for (value, label) in ticks {
        let at = y.at(value);
        canvas.line((left, at), (right, at), ink(GRID, 0.8));
        canvas.line((left - 3.0, at), (left, at), ink(FAINT, 0.8));
        canvas.text(tick(label, (left - 5.0, at), Anchor::End));
    }
    canvas.line((left, y.from), (left, y.to), ink(FAINT, 0.8));
}

/// The ticks that [`y_axis`] draws: two at least, as one does not say what a distance means.
pub(crate) fn y_ticks(y: &Axis) -> Vec<(f64, String)> {
    let most = most_y_ticks(y);
    (most..most + 6).map(|most| y.ticks(most)).find(|ticks| ticks.len() >= 2).unwrap_or_default()
}

/// The same for what is counted: whole numbers.
pub(crate) fn whole_y_ticks(y: &Axis) -> Vec<(f64, String)> {
    y.whole(most_y_ticks(y))
}

fn most_y_ticks(y: &Axis) -> usize {
    (((y.to - y.from).abs() / 28.0) as usize).clamp(2, 6)
}

fn tick(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: SOFT, anchor, turn: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let check = |low: f64, high: f64, most: usize, expect: &[&str]| {
            let axis = Axis { low, high, from: 0.0, to: 100.0 };
            let ticks = axis.ticks(most);
            let labels: Vec<&str> = ticks.iter().map(|(_, label)| label.as_str()).collect();
            assert_eq!(labels, expect, "{low} to {high}");
        };
        check(0.0, 1.0, 5, &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        check(-0.71, -0.52, 4, &["−0.70", "−0.65", "−0.60", "−0.55"]);
        check(-1.0, 1.0, 2, &["−1", "0", "1"]);
        check(0.0, 12.0, 5, &["0", "5", "10"]);
        check(61.0, 79.0, 4, &["65", "70", "75"]);
        check(2e6, 4e6, 2, &["2.0e6", "3.0e6", "4.0e6"]);
    }

    #[test]
    fn there_are_two_ticks_where_a_coarse_step_has_one() {
        let axis = Axis { low: -0.699, high: -0.6915, from: 0.0, to: 100.0 };
        assert_eq!(axis.ticks(2).len(), 1);
        let labels =
            |ticks: Vec<Tick>| ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(labels(axis.labelled(6.0)), ["−0.698", "−0.692"]);
        let upright = Axis { from: 60.0, to: 0.0, ..axis };
        assert!(y_ticks(&upright).len() >= 2, "{:?}", y_ticks(&upright));
    }

    #[test]
    fn counts_have_whole_ticks() {
        let check = |low: f64, high: f64, expect: &[&str]| {
            let axis = Axis { low, high, from: 0.0, to: 100.0 };
            let labels: Vec<String> = axis.whole(5).into_iter().map(|(_, label)| label).collect();
            assert_eq!(labels, expect, "{low} to {high}");
        };
        check(0.85, 3.15, &["1", "2", "3"]);
        check(0.0, 1060.0, &["0", "500", "1000"]);
        check(0.0, 1.06, &["0", "1"]);
    }

    #[test]
    fn labels_never_touch_nor_leave_their_room() {
        for step in 0..200 {
            let low = -0.7 + 0.001 * f64::from(step);
            let axis = Axis { low, high: low + 0.003 * f64::from(step + 1), from: 0.0, to: 80.0 };
            let ticks = axis.labelled(6.0);
            assert!(!ticks.is_empty(), "{axis:?}");
            for tick in &ticks {
                let half = width(&tick.label, BODY) / 2.0;
                assert!(tick.label_at - half > -6.01 && tick.label_at + half < 86.01, "{tick:?}");
            }
            for pair in ticks.windows(2) {
                let distance = pair[1].label_at - pair[0].label_at;
                assert!(distance > width(&pair[0].label, BODY), "{axis:?}: {ticks:?}");
            }
        }
    }

    #[test]
    fn a_label_without_room_is_left_out() {
        let mut canvas = Canvas::default();
        let x = Axis { low: 0.0, high: 2.0, from: 20.0, to: 60.0 };
        let ticks = [(0.0, "250"), (1.0, "500"), (2.0, "1000")];
        let ticks = ticks.map(|(value, label)| (value, label.to_owned()));
        x_axis_at(&mut canvas, &x, (0.0, 10.0), &ticks);
        assert_eq!(canvas.finish("x", 90.0, 30.0).unwrap().texts(), ["1000", "250"]);
    }

    #[test]
    fn a_single_value_has_a_range() {
        let (low, high) = padded((0.5, 0.5));
        assert!(low < 0.5 && high > 0.5);
        assert_eq!(range([f64::NEG_INFINITY, 2.0, 1.0].into_iter()), Some((1.0, 2.0)));
        assert_eq!(range([f64::INFINITY].into_iter()), None);
    }
}
