//! How is one panel of the figure of quality by mix drawn?
//!
//! Panels of one metric share their axis, so that equal intervals look equal. It holds every mark. A
//! baseline or ceiling far away would squeeze the marks together, so it is then written above the
//! panel instead, with its value; the others are named where their lines begin.

use std::collections::BTreeMap;

use crate::axis::{Axis, padded, range, x_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::mark;
use crate::palette::{BLACK, Color, DASHES, Ink, SOFT, ink, veil};
use crate::quality_layout::{Layout, PANEL_GAP};
use crate::summary::{better, number};
use crate::text::{BODY, LINE, width, wrap};
use crate::{
    BEST_POSSIBLE, CHANCE, LABEL_CEILING, MAJORITY, Mark, QualityPanel, Reference, SCALAR_CEILING,
    is_true_reward,
};

/// One panel with its place.
pub(crate) struct Frame<'a> {
    panel: &'a QualityPanel,
    x: Axis,
    /// Lines above: the source, and references beyond the axis.
    pub head: Vec<(String, Color)>,
    /// Lines below.
    pub label: Vec<String>,
    /// References on the axis.
    shown: Vec<&'a Reference>,
}

impl<'a> Frame<'a> {
    /// `alike` are the panels of the same metric, this one among them.
    pub fn new(panel: &'a QualityPanel, alike: &[&QualityPanel], (from, to): (f64, f64)) -> Self {
        let (low, high) = shared_reach(panel, alike);
        let x = Axis { low, high, from, to };
        let beyond = |value: &f64| *value < low || *value > high;
        let references = || panel.references.iter();
        let off = references().filter(|of| of.values.iter().flatten().any(beyond));
        let within = |of: &&Reference| of.values.iter().flatten().any(|value| !beyond(value));
        let shown = references().filter(within).collect();
        let title = match is_true_reward(&panel.source) {
            true => panel.source.clone(),
            false => format!("test: {}", panel.source),
        };
        let title = wrap(&title, BODY, to - from);
        let mut head: Vec<(String, Color)> = title.into_iter().map(|line| (line, BLACK)).collect();
        for reference in off {
            head.extend(off_axis(reference, low, to - from));
        }
        let label =
            format!("{} ({}, {} is better)", panel.metric, panel.unit, better(panel.direction));
        Frame { panel, x, head, label: wrap(&label, BODY, to - from + 8.0), shown }
    }

    /// Height of the names of the references on the axis, which stand upright.
    pub fn names_height(&self) -> f64 {
        let name = |of: &&Reference| width(&reference_name(&of.estimator), SMALL);
        self.shown.iter().map(name).fold(0.0, f64::max)
            + if self.shown.is_empty() { 0.0 } else { 8.0 }
    }

    /// Rows begin at `top`, and names of references end `names` above it. Marks have the colour of
    /// their row.
    pub fn draw(
        &self,
        canvas: &mut Canvas,
        layout: &Layout,
        (top, names): (f64, f64),
        colors: &[Color],
    ) {
        let (left, right) = (self.x.from, self.x.to);
        let middle = (left + right) / 2.0;
        for (line, (text, color)) in self.head.iter().rev().enumerate() {
            let at = (middle, top - names - 8.0 - line as f64 * LINE);
            canvas.text(Text { color: *color, ..word(text.clone(), at, Anchor::Middle) });
        }
        let bottom = top + layout.height();
        x_axis(canvas, &self.x, (top, bottom), PANEL_GAP / 2.0 - 1.5);
        let at = (middle, bottom + 25.0);
        canvas.lines(&self.label, word(String::new(), at, Anchor::Middle));
        for reference in &self.shown {
            self.reference(canvas, layout, (reference, top));
        }
        self.names(canvas, top);
        for ((row, mark), color) in self.panel.marks.iter().enumerate().zip(colors) {
            if let Some(mark) = mark {
                self.mark(canvas, mark, (layout.row_at(top, row), *color));
            }
        }
    }

    /// Names of references at the upper ends of their lines, moved apart where lines are close.
    fn names(&self, canvas: &mut Canvas, top: f64) {
        let within = |value: &&f64| (self.x.low..=self.x.high).contains(*value);
        let first =
            |of: &&'a Reference| Some((self.x.at(*of.values.iter().flatten().find(within)?), *of));
        let mut named: Vec<(f64, &Reference)> = self.shown.iter().filter_map(first).collect();
        named.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lines: Vec<f64> = named.iter().map(|(x, _)| *x).collect();
        let places = apart(&lines, (self.x.from - 4.0, self.x.to + 4.0));
        for ((x, of), place) in named.iter().zip(places) {
            canvas.line((*x, top), (place, top - 4.0), Ink { width: 0.8, ..reference_style(of).0 });
            let text = word(reference_name(&of.estimator), (place, top - 6.0), Anchor::Start);
            canvas.text(Text { turn: -90.0, size: SMALL, color: SOFT, ..text });
        }
    }

    /// One line from top to bottom, or steps where the value depends on the mix.
    fn reference(&self, canvas: &mut Canvas, layout: &Layout, (of, top): (&Reference, f64)) {
        let (ink, dashes) = reference_style(of);
        let same = of.values.windows(2).all(|pair| pair[0] == pair[1]);
        if let (true, Some(Some(value))) = (same, of.values.first()) {
            let x = self.x.at(*value);
            return canvas.dashed((x, top), (x, top + layout.height()), dashes, ink);
        }
        for (row, value) in of.values.iter().enumerate() {
            if let Some(value) = value.filter(|value| (self.x.low..=self.x.high).contains(value)) {
                let (x, y) = (self.x.at(value), layout.row_at(top, row));
                let half = layout.row / 2.0;
                canvas.dashed((x, y - half), (x, y + half), dashes, ink);
            }
        }
    }

    fn mark(&self, canvas: &mut Canvas, of: &Mark, (y, color): (f64, Color)) {
        if !of.mean.is_finite() {
            let text = if of.mean < 0.0 { "−∞" } else { "∞" };
            return canvas.text(word(text.to_owned(), (self.x.from + 2.0, y), Anchor::Start));
        }
        self.seeds(canvas, &of.seeds, y);
        let finite = |(low, high): &(f64, f64)| low.is_finite() && high.is_finite();
        if let Some((low, high)) = of.interval.filter(finite) {
            canvas.line((self.x.at(low), y), (self.x.at(high), y), ink(color, 1.2));
        }
        let is_filled = of.trained || is_true_reward(&self.panel.source);
        mark(canvas, (self.x.at(of.mean), y), color, is_filled);
    }
}

/// Size of the names of references, and their distance.
const SMALL: f64 = 9.0;
const APART: f64 = 10.5;

/// More seeds than this are a density: dots would lie on each other, and a file would grow with them.
const MOST_DOTS: usize = 50;

/// Width of a bar of a density, and the height of the highest.
const BAR: (f64, f64) = (1.0, 4.5);

impl Frame<'_> {
    /// A dot for each seed, or bars as high as there are seeds at their place.
    fn seeds(&self, canvas: &mut Canvas, seeds: &[f64], y: f64) {
        let places = seeds.iter().filter(|seed| seed.is_finite()).map(|seed| self.x.at(*seed));
        if seeds.len() <= MOST_DOTS {
            return places.for_each(|x| canvas.disc((x, y + 3.4), 1.3, veil(BLACK, 0.35)));
        }
        let (width, height) = BAR;
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        places.for_each(|x| *counts.entry((x / width).floor() as i64).or_default() += 1);
        let most = counts.values().copied().max().unwrap_or(1);
        for (bin, count) in counts {
            let left = bin as f64 * width;
            let top = y + 1.6 + height * (1.0 - count as f64 / most as f64);
            canvas.block((left, top), (left + width, y + 1.6 + height), veil(BLACK, 0.35));
        }
    }
}

/// Rising places at least [`APART`] from each other, as close to what is wished for as that allows
/// within these ends; closer where there are too many.
fn apart(wished: &[f64], (left, right): (f64, f64)) -> Vec<f64> {
    let gaps = wished.len().saturating_sub(1).max(1) as f64;
    let least = APART.min((right - left) / gaps);
    let mut places: Vec<f64> = Vec::with_capacity(wished.len());
    for &wish in wished {
        let free = places.last().map_or(left, |before| before + least);
        places.push(wish.max(free));
    }
    let mut free = right;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - least;
    }
    places
}

/// Log-likelihoods of different kinds of answers are no scale to compare them on. Where they lie far
/// apart, panels have the same units of length instead of the same ends.
const FAR_APART: f64 = 4.0;

/// What the axis of a panel holds: what those of all panels of the metric hold.
fn shared_reach(panel: &QualityPanel, alike: &[&QualityPanel]) -> (f64, f64) {
    let own = reach(panel);
    let all = alike.iter().map(|panel| reach(panel)).chain([own]);
    let span = |(low, high): (f64, f64)| high - low;
    let widest = all.clone().map(span).fold(0.0, f64::max);
    let union = all.fold(own, |a, b| (a.0.min(b.0), a.1.max(b.1)));
    match panel.unit.starts_with("nats") && span(union) > FAR_APART * widest {
        true => {
            let middle = (own.0 + own.1) / 2.0;
            (middle - widest / 2.0, middle + widest / 2.0)
        }
        false => union,
    }
}

/// The axis holds all marks, and the references that stretch it to at most three times that.
fn reach(panel: &QualityPanel) -> (f64, f64) {
    let marks = panel.marks.iter().flatten();
    let of_marks = range(marks.flat_map(|mark| {
        let ends = mark.interval.into_iter().flat_map(|(low, high)| [low, high]);
        ends.chain(mark.seeds.iter().copied()).chain([mark.mean]).collect::<Vec<_>>()
    }));
    let references = || panel.references.iter().flat_map(|r| r.values.iter().flatten().copied());
    let Some((low, high)) = of_marks else {
        return padded(range(references()).unwrap_or((0.0, 1.0)));
    };
    let (inner_low, inner_high) = padded((low, high));
    let most = 3.0 * (inner_high - inner_low);
    let mut reach = (low, high);
    let mut by_distance: Vec<f64> = references().filter(|value| value.is_finite()).collect();
    let distance = |value: f64| (low - value).max(value - high);
    by_distance.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
    for value in by_distance {
        let wider = (reach.0.min(value), reach.1.max(value));
        if wider.1 - wider.0 <= most {
            reach = wider;
        }
    }
    padded(reach)
}

/// "◂ majority −3.210" for a reference beyond the axis, which starts at `low`.
fn off_axis(of: &Reference, low: f64, most: f64) -> Vec<(String, Color)> {
    let values = || of.values.iter().flatten().copied();
    let least = values().fold(f64::INFINITY, f64::min);
    let greatest = values().fold(f64::NEG_INFINITY, f64::max);
    let left = least < low;
    let (least, greatest) = (number(least), number(greatest));
    let span = match least == greatest {
        true => least,
        false => format!("{least} to {greatest}"),
    };
    let span = span.replace('-', "−");
    let name = reference_name(&of.estimator);
    let text = match left {
        true => format!("◂ {name} {span}"),
        false => format!("▸ {name} {span}"),
    };
    wrap(&text, BODY, most).into_iter().map(|line| (line, SOFT)).collect()
}

/// Colours are those of mixes: references are grey, and told apart by their names and dashes.
fn reference_style(of: &Reference) -> (Ink, &'static [f64]) {
    let dashes = match of.estimator.as_str() {
        LABEL_CEILING | BEST_POSSIBLE => DASHES[1],
        SCALAR_CEILING => DASHES[3],
        MAJORITY | CHANCE => DASHES[2],
        _ => DASHES[4],
    };
    (ink(SOFT, 1.2), dashes)
}

fn reference_name(estimator: &str) -> String {
    match estimator {
        SCALAR_CEILING => "scalar-reward ceiling".to_owned(),
        other => other.replace('-', " "),
    }
}

/// Black text in the size of the body.
pub(crate) fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_apart_and_inside() {
        let check = |wished: &[f64], expect: &[f64]| {
            assert_eq!(apart(wished, (0.0, 50.0)), expect, "{wished:?}");
        };
        check(&[10.0, 40.0], &[10.0, 40.0]);
        check(&[10.0, 12.0], &[10.0, 20.5]);
        check(&[45.0, 49.0, 49.0], &[29.0, 39.5, 50.0]);
        check(&[3.0; 6], &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        check(&[], &[]);
    }
}
