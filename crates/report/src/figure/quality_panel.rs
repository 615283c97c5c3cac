//! How is one panel of the figure of quality by mix drawn?
//!
//! Its axis holds every mark. A baseline or ceiling far away would squeeze the marks together, so
//! it is then written above the panel instead, with its value.

use std::collections::BTreeMap;

use crate::axis::{Axis, padded, range, x_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::mark;
use crate::palette::{
    BLACK, BLUE, Color, DASHES, GREEN, Ink, ORANGE, PURPLE, SKY, SOFT, VERMILLION, ink, veil,
};
use crate::quality_layout::{Layout, PANEL_GAP};
use crate::summary::{better, number};
use crate::text::{BODY, LINE, wrap};
use crate::{
    BEST_POSSIBLE, CHANCE, LABEL_CEILING, LENGTH_ONLY, MAJORITY, Mark, QualityPanel, Reference,
    SCALAR_CEILING,
};

/// One panel with its place.
pub(crate) struct Frame<'a> {
    panel: &'a QualityPanel,
    x: Axis,
    /// Lines above: "held-out", the source, and references beyond the axis.
    pub head: Vec<(String, Color)>,
    /// Lines below.
    pub label: Vec<String>,
    /// References on the axis.
    shown: Vec<&'a Reference>,
}

impl<'a> Frame<'a> {
    pub fn new(panel: &'a QualityPanel, (from, to): (f64, f64)) -> Self {
        let (low, high) = reach(panel);
        let x = Axis { low, high, from, to };
        let beyond = |value: &f64| *value < low || *value > high;
        let references = || panel.references.iter();
        let off = references().filter(|of| of.values.iter().flatten().any(beyond));
        let within = |of: &&Reference| of.values.iter().flatten().any(|value| !beyond(value));
        let shown = references().filter(within).collect();
        let mut head = vec![("held-out".to_owned(), SOFT)];
        let title = wrap(&panel.source, BODY, to - from);
        head.extend(title.into_iter().map(|line| (line, BLACK)));
        for reference in off {
            head.extend(off_axis(reference, low, to - from));
        }
        let label =
            format!("{} ({}, {} is better)", panel.metric, panel.unit, better(panel.direction));
        Frame { panel, x, head, label: wrap(&label, BODY, to - from + 8.0), shown }
    }

    pub fn draw(&self, canvas: &mut Canvas, layout: &Layout, top: f64) {
        let (left, right) = (self.x.from, self.x.to);
        let middle = (left + right) / 2.0;
        for (line, (text, color)) in self.head.iter().rev().enumerate() {
            let at = (middle, top - 8.0 - line as f64 * LINE);
            canvas.text(Text { color: *color, ..word(text.clone(), at, Anchor::Middle) });
        }
        let bottom = top + layout.height();
        x_axis(canvas, &self.x, (top, bottom), PANEL_GAP / 2.0 - 1.5);
        let at = (middle, bottom + 25.0);
        canvas.lines(&self.label, word(String::new(), at, Anchor::Middle));
        for reference in &self.shown {
            self.reference(canvas, layout, (reference, top));
        }
        for (row, mark) in self.panel.marks.iter().enumerate() {
            if let Some(mark) = mark {
                self.mark(canvas, mark, layout.row_at(top, row));
            }
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

    fn mark(&self, canvas: &mut Canvas, of: &Mark, y: f64) {
        if !of.mean.is_finite() {
            let text = if of.mean < 0.0 { "−∞" } else { "∞" };
            return canvas.text(word(text.to_owned(), (self.x.from + 2.0, y), Anchor::Start));
        }
        self.seeds(canvas, &of.seeds, y);
        let finite = |(low, high): &(f64, f64)| low.is_finite() && high.is_finite();
        if let Some((low, high)) = of.interval.filter(finite) {
            canvas.line((self.x.at(low), y), (self.x.at(high), y), ink(BLUE, 1.2));
        }
        mark(canvas, (self.x.at(of.mean), y), BLUE, of.trained);
    }
}

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
    let name = reference_name(&of.estimator);
    let text = match left {
        true => format!("◂ {name} {span}"),
        false => format!("▸ {name} {span}"),
    };
    let lines = wrap(&text.replace('-', "−"), BODY, most);
    lines.into_iter().map(|line| (line, reference_style(of).0.color)).collect()
}

/// Colour and dashes by what a reference is; other baselines share the last ones by name.
pub(crate) fn reference_style(of: &Reference) -> (Ink, &'static [f64]) {
    let other = || [ORANGE, SKY][of.estimator.bytes().map(usize::from).sum::<usize>() % 2];
    match of.estimator.as_str() {
        LABEL_CEILING | BEST_POSSIBLE => (ink(BLACK, 1.2), DASHES[1]),
        SCALAR_CEILING => (ink(GREEN, 1.2), DASHES[3]),
        MAJORITY | CHANCE => (ink(VERMILLION, 1.2), DASHES[2]),
        LENGTH_ONLY => (ink(PURPLE, 1.2), DASHES[2]),
        _ => (ink(other(), 1.2), DASHES[4]),
    }
}

pub(crate) fn reference_name(estimator: &str) -> String {
    match estimator {
        SCALAR_CEILING => "scalar-reward ceiling".to_owned(),
        other => other.replace('-', " "),
    }
}

/// Black text in the size of the body.
pub(crate) fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}
