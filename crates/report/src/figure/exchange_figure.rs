//! Where does everything stand on the figure of exchange rates?
//!
//! Ends of the axis are those of what is known over these splits; an interval for a new sample can be
//! many times as wide, and is cut there. What is cut and what is open ends in an arrow.

use medley_evaluation::{Ends, Reached};

use crate::axis::{Axis, padded, range, x_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{mark, notes};
use crate::palette::{BLACK, BLUE, Color, Ink, SOFT, ink};
use crate::sources_alt::exchange_alt;
use crate::text::{BODY, LINE, widest, wrap};
use crate::{ExchangeFigure, ExchangePanel, ExchangeRow, Figure, Rate, ReportError};

/// Two columns of a paper.
const WIDTH: f64 = 672.0;
const MARGIN: f64 = 8.0;
/// Longest line of the name of a row.
const LABELS: f64 = 250.0;
const LEAST_ROW: f64 = 24.0;
const ARROW: f64 = 4.5;

/// Draws `exchange`: for each judged source a row for each point of each line.
///
/// # Errors
/// The drawing layer fails.
pub fn exchange_figure(exchange: &ExchangeFigure) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let rows = || exchange.panels.iter().flat_map(|panel| &panel.rows);
    let names: Vec<Vec<String>> = rows().map(|row| wrap(&row.label, BODY, LABELS)).collect();
    let left = MARGIN + widest(names.iter().flatten(), BODY) + 10.0;
    let lines = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let layout =
        Layout { plot: (left, WIDTH - 2.0 * MARGIN), row: LEAST_ROW.max(lines * LINE + 6.0) };
    let mut top = MARGIN;
    for panel in &exchange.panels {
        top = layout.draw(&mut canvas, panel, top) + 12.0;
    }
    let bottom = notes(&mut canvas, &exchange.notes, (MARGIN, WIDTH - MARGIN), top - 4.0);
    Ok(canvas.finish("exchange", WIDTH, bottom + MARGIN)?.described(exchange_alt(exchange)))
}

/// What all panels share.
struct Layout {
    /// Ends of the plot.
    plot: (f64, f64),
    row: f64,
}

impl Layout {
    /// Draws a panel; returns its bottom.
    fn draw(&self, canvas: &mut Canvas, panel: &ExchangePanel, top: f64) -> f64 {
        let (left, right) = self.plot;
        let middle = (left + right) / 2.0;
        let title = wrap(&format!("test: {}", panel.source), BODY, right - left);
        canvas.lines(&title, word((middle, top + LINE / 2.0), Anchor::Middle, BLACK));
        let top = top + title.len() as f64 * LINE + 6.0;
        let bottom = top + panel.rows.len() as f64 * self.row;
        let x = axis(panel, self.plot);
        x_axis(canvas, &x, (top, bottom), 8.0);
        canvas.line((x.at(0.0), top), (x.at(0.0), bottom), ink(SOFT, 1.0));
        for (place, row) in panel.rows.iter().enumerate() {
            let y = top + (place as f64 + 0.5) * self.row;
            self.name(canvas, &row.label, y);
            draw_row(canvas, &x, row, y);
        }
        let ExchangePanel { source, metric, .. } = panel;
        let label = format!("statements of {source} that one is worth, by {metric}");
        let label = wrap(&label, BODY, right - left);
        canvas.lines(&label, word((middle, bottom + 25.0), Anchor::Middle, BLACK));
        bottom + 25.0 + (label.len() as f64 - 0.5) * LINE
    }

    fn name(&self, canvas: &mut Canvas, name: &str, y: f64) {
        let lines = wrap(name, BODY, LABELS);
        let first = y - (lines.len() as f64 - 1.0) * LINE / 2.0;
        canvas.lines(&lines, word((self.plot.0 - 10.0, first), Anchor::End, BLACK));
    }
}

fn draw_row(canvas: &mut Canvas, x: &Axis, row: &ExchangeRow, y: f64) {
    let Some(rate) = row.rate else {
        let text = word((x.at(0.0) + 6.0, y), Anchor::Start, SOFT);
        canvas.text(Text { text: "flat".to_owned(), ..text });
        return;
    };
    let thin = Ink { color: BLUE, alpha: 0.6, width: 0.9 };
    for (ends, ink) in [(rate.new_sample, thin), (rate.these_splits, ink(BLUE, 2.0))] {
        if let Some(ends) = ends {
            whisker(canvas, x, ends, (y, ink));
        }
    }
    let is_known = matches!(rate.rate, Reached::At(_));
    mark(canvas, (x.at(rate.rate.value()), y), BLUE, is_known);
}

/// A line to the ends, or to the edge of the axis and an arrow there.
fn whisker(canvas: &mut Canvas, x: &Axis, Ends { low, high }: Ends, (y, ink): (f64, Ink)) {
    let within = |end: &f64| (x.low..=x.high).contains(end);
    let (low, high) = (low.filter(within), high.filter(within));
    let (from, to) = (low.map_or(x.from, |low| x.at(low)), high.map_or(x.to, |high| x.at(high)));
    canvas.line((from, y), (to, y), ink);
    let mut arrow = |end: f64, back: f64| {
        canvas.path(vec![(end + back, y - 3.0), (end, y), (end + back, y + 3.0)], ink);
    };
    if low.is_none() {
        arrow(from, ARROW);
    }
    if high.is_none() {
        arrow(to, -ARROW);
    }
}

fn axis(panel: &ExchangePanel, (from, to): (f64, f64)) -> Axis {
    let known = |rate: Rate| {
        let ends = rate.these_splits.map_or([None; 2], |ends| [ends.low, ends.high]);
        ends.into_iter().flatten().chain([rate.rate.value(), 0.0])
    };
    let values = panel.rows.iter().filter_map(|row| row.rate).flat_map(known);
    let (low, high) = padded(range(values).unwrap_or((0.0, 0.0)));
    Axis { low, high, from, to }
}

fn word(at: (f64, f64), anchor: Anchor, color: Color) -> Text {
    Text { text: String::new(), at, size: BODY, color, anchor, turn: 0.0 }
}

#[cfg(test)]
#[path = "exchange_figure_tests.rs"]
mod tests;
