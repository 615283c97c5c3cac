//! How is what sources add to one judged source drawn?
//!
//! Points and matrix share their rows, so that a source is named once and its worth is read beside what
//! it shares with the others. Colours are relative to the largest number of the panel: against that of
//! the scale, which differs by metric, every synergy would be white.

use crate::axis::{Axis, padded, range, x_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::cell::{Place, blank, valued};
use crate::header::Header;
use crate::legend::mark;
use crate::palette::{BLACK, SOFT, diverging, ink};
use crate::text::{BODY, LINE, widest, width, wrap};
use crate::{SourceWorth, Worth, WorthFigure, WorthPanel};

/// Two columns of a paper.
pub(crate) const WIDTH: f64 = 672.0;
pub(crate) const MARGIN: f64 = 8.0;
const LEAST_PLOT: f64 = 150.0;
/// Between plot and matrix.
const GAP: f64 = 16.0;
/// "−0.123" can still be read.
const LEAST_CELL: f64 = 24.0;
const MOST_CELL: f64 = 66.0;
/// Where that lets the names of columns stand flat.
const FLAT_CELL: f64 = 94.0;
const ROW: f64 = 34.0;
const SMALL: f64 = 8.8;

/// What all panels share.
pub(crate) struct Layout<'a> {
    figure: &'a WorthFigure,
    /// Longest line of the name of a row.
    labels: f64,
    /// Ends of the plot.
    plot: (f64, f64),
    cell: f64,
    row: f64,
    header: Header,
}

impl<'a> Layout<'a> {
    pub fn new(figure: &'a WorthFigure) -> Self {
        let panels = || figure.panels.iter();
        let columns = panels().map(|panel| panel.sources.len()).max().unwrap_or(1) as f64;
        let names = || panels().flat_map(|panel| &panel.sources).map(|source| &source.name);
        let room = WIDTH - 2.0 * MARGIN - 6.0 - LEAST_PLOT - GAP;
        let labels = (room - columns * MOST_CELL).clamp(86.0, 140.0);
        let wrapped: Vec<Vec<String>> = names().map(|name| wrap(name, BODY, labels)).collect();
        let left = MARGIN + widest(wrapped.iter().flatten(), BODY) + 8.0;
        let matrix = WIDTH - MARGIN - left - LEAST_PLOT - GAP;
        let flat = (matrix / columns).clamp(LEAST_CELL, FLAT_CELL);
        let cell = match Header::of(names(), flat - 6.0) {
            Header::Flat(_) => flat,
            Header::Turned => flat.min(MOST_CELL),
        };
        let most_lines = wrapped.iter().map(Vec::len).max().unwrap_or(1) as f64;
        Layout {
            figure,
            labels,
            plot: (left, WIDTH - MARGIN - columns * cell - GAP),
            cell,
            row: f64::max(ROW, most_lines * LINE + 6.0),
            header: Header::of(names(), cell - 6.0),
        }
    }

    /// Draws a panel; returns its bottom.
    pub fn draw(&self, canvas: &mut Canvas, panel: &WorthPanel, top: f64) -> f64 {
        let names: Vec<String> = panel.sources.iter().map(|of| of.name.clone()).collect();
        let (left, right) = self.plot;
        let title = wrap(&panel.title, BODY, right - left);
        let head = f64::max(title.len() as f64 * LINE, self.header.height(&names)) + 6.0;
        let top = top + head;
        let bottom = top + names.len() as f64 * self.row;
        let first = top - 10.0 - (title.len() as f64 - 1.0) * LINE;
        let middle = (left + right) / 2.0;
        canvas.lines(&title, word(String::new(), (middle, first), Anchor::Middle));
        let x = self.axis(panel);
        x_axis(canvas, &x, (top, bottom), 8.0);
        canvas.line((x.at(0.0), top), (x.at(0.0), bottom), ink(SOFT, 1.0));
        let limit = limit(panel);
        for (row, source) in panel.sources.iter().enumerate() {
            let top = top + row as f64 * self.row;
            self.name(canvas, &source.name, top);
            self.point(canvas, &x, source, top);
            self.synergies(canvas, panel, (row, limit), top);
        }
        for (column, name) in names.iter().enumerate() {
            let middle = self.column_at(panel, column) + self.cell / 2.0;
            self.header.draw(canvas, name, (middle, top));
        }
        let label = wrap(&format!("{} ({})", panel.metric, panel.unit), BODY, right - left);
        canvas.lines(&label, word(String::new(), (middle, bottom + 25.0), Anchor::Middle));
        let right = self.column_at(panel, 0) + names.len() as f64 * self.cell / 2.0;
        let synergy = word("synergy".to_owned(), (right, bottom + 12.0), Anchor::Middle);
        canvas.text(Text { color: SOFT, ..synergy });
        bottom + 25.0 + (label.len() as f64 - 0.5) * LINE
    }

    fn name(&self, canvas: &mut Canvas, name: &str, top: f64) {
        let lines = wrap(name, BODY, self.labels);
        let middle = top + self.row / 2.0;
        let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0;
        canvas.lines(&lines, word(String::new(), (self.plot.0 - 8.0, first), Anchor::End));
    }

    fn point(&self, canvas: &mut Canvas, x: &Axis, source: &SourceWorth, top: f64) {
        let Some(worth) = source.shapley else { return };
        let y = top + self.row / 2.0;
        if let Some((low, high)) = ends(&worth) {
            canvas.line((x.at(low), y), (x.at(high), y), ink(BLACK, 1.6));
        }
        mark(canvas, (x.at(worth.mean), y), BLACK, true);
    }

    fn synergies(
        &self,
        canvas: &mut Canvas,
        panel: &WorthPanel,
        (row, limit): (usize, f64),
        top: f64,
    ) {
        for column in 0..panel.sources.len() {
            let at = (self.column_at(panel, column), top);
            let place = Place::new(at, (self.cell, self.row));
            match synergy(panel, row, column) {
                None => blank(canvas, place, ""),
                Some(of) => {
                    let look = (diverging(of.mean / limit), of.is_open());
                    valued(canvas, place, look, texts(&of, self.cell - 4.0));
                }
            }
        }
    }

    /// Matrices of fewer sources lie at the right, too.
    fn column_at(&self, panel: &WorthPanel, column: usize) -> f64 {
        let columns = panel.sources.len() - column;
        WIDTH - MARGIN - columns as f64 * self.cell
    }

    /// The same for all panels of a metric and unit.
    fn axis(&self, panel: &WorthPanel) -> Axis {
        let same =
            |other: &&WorthPanel| (&other.metric, &other.unit) == (&panel.metric, &panel.unit);
        let panels = self.figure.panels.iter().filter(same);
        let worths = panels.flat_map(|panel| &panel.sources).filter_map(|of| of.shapley);
        let of = |worth: Worth| {
            let (low, high) = ends(&worth).unwrap_or((worth.mean, worth.mean));
            [low, high, 0.0]
        };
        let (low, high) = padded(range(worths.flat_map(of)).unwrap_or((0.0, 0.0)));
        Axis { low, high, from: self.plot.0, to: self.plot.1 }
    }
}

fn ends(worth: &Worth) -> Option<(f64, f64)> {
    worth.two_errors.map(|errors| (worth.mean - errors, worth.mean + errors))
}

/// Of two different sources.
fn synergy(panel: &WorthPanel, row: usize, column: usize) -> Option<Worth> {
    let (first, second) = (&panel.sources[row.min(column)], &panel.sources[row.max(column)]);
    let mut pairs = panel.pairs.iter();
    let pair = pairs.find(|pair| pair.first == first.name && pair.second == second.name)?;
    Some(pair.synergy)
}

/// The number of the deepest colour.
fn limit(panel: &WorthPanel) -> f64 {
    let worths = panel.sources.iter().filter_map(|of| of.shapley);
    let synergies = panel.pairs.iter().map(|pair| pair.synergy);
    let most = worths.chain(synergies).map(|worth| worth.mean.abs()).fold(0.0, f64::max);
    most.max(f64::MIN_POSITIVE)
}

/// "−0.012" and "±0.010", in a size at which they have this width.
fn texts(of: &Worth, most: f64) -> Vec<(String, f64)> {
    let errors = of.two_errors.map(|errors| (format!("±{errors:.3}"), SMALL));
    let texts = [Some((signed(of.mean), BODY)), errors];
    let fitting = |(text, size): (String, f64)| {
        let wide = width(&text, size);
        if wide > most { (text, size * most / wide) } else { (text, size) }
    };
    texts.into_iter().flatten().map(fitting).collect()
}

/// Three decimals, with a true minus sign, and none for what rounds to 0.
fn signed(value: f64) -> String {
    let text = format!("{value:.3}");
    match text.as_str() {
        "-0.000" => "0.000".to_owned(),
        _ => text.replace('-', "−"),
    }
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}
