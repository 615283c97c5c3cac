//! Where does everything stand on the matrix of who predicts whom?
//!
//! The value stands in its cell, so that colour only guides the eye, and no reader has to tell
//! shades apart. Cells that say nothing about the sign are hatched and not left white: white is
//! a value, 0.

use crate::agreement_layout::{Header, Layout, MARGIN, cells, signed, span};
use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, framed, hatched, legend, notes};
use crate::palette::{BLACK, Color, FAINT, SOFT, STRIPE, diverging, ink, readable};
use crate::text::{BODY, LINE, width, wrap};
use crate::{Agreement, AgreementAggregate, AgreementMatrix, Figure, ReportError, Sign};

/// White between cells, on each side.
const GAP: f64 = 0.75;
const BAR: (f64, f64) = (180.0, 10.0);

/// Draws `agreement`.
///
/// # Errors
/// The drawing layer fails.
pub fn agreement_figure(agreement: &Agreement) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let layout = Layout::new(agreement);
    let limit = limit(agreement);
    let mut top = MARGIN;
    for of in &agreement.matrices {
        top = matrix(&mut canvas, &layout, (of, limit), top) + 14.0;
    }
    let across = (MARGIN, layout.width - MARGIN);
    let bottom = bar(&mut canvas, limit, (layout.left, top - 4.0));
    let bottom = legend(&mut canvas, &entries(agreement), across, bottom + 6.0);
    let bottom = notes(&mut canvas, &agreement.notes, across, bottom + 3.0);
    canvas.finish("agreement", layout.width, bottom + MARGIN)
}

/// The value of the deepest colour: 1, or 0.5 where that holds all means. No less, so that weak
/// relations never look strong.
fn limit(agreement: &Agreement) -> f64 {
    let most = cells(agreement).map(|cell| cell.mean.abs()).fold(0.0, f64::max);
    if most <= 0.5 { 0.5 } else { 1.0 }
}

/// Draws one matrix with its head; returns the bottom.
fn matrix(
    canvas: &mut Canvas,
    layout: &Layout,
    (of, limit): (&AgreementMatrix, f64),
    top: f64,
) -> f64 {
    let title = wrap(&of.setting, BODY, layout.width - 2.0 * MARGIN);
    canvas.lines(&title, word(String::new(), (MARGIN, top + LINE / 2.0), Anchor::Start));
    let top = top + title.len() as f64 * (LINE + 2.0) + head_height(layout, of);
    head(canvas, layout, of, top);
    for (row, name) in of.trained_on.iter().enumerate() {
        let lines = layout.label(name);
        let middle = layout.row_at(top, row) + layout.row / 2.0;
        let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0;
        let at = (layout.left - 6.0, first);
        canvas.lines(&lines, word(String::new(), at, Anchor::End));
        for (column, found) in of.cells[row].iter().enumerate() {
            let place = Place::new(layout, top, (row, column));
            cell(canvas, layout, found.as_ref(), (place, limit));
        }
    }
    layout.row_at(top, of.trained_on.len())
}

/// Height of the names of the columns and of the titles of both axes.
fn head_height(layout: &Layout, of: &AgreementMatrix) -> f64 {
    let names = layout.header.height(&of.sources);
    f64::max(LINE + 2.0 + names, layout.rows_title.len() as f64 * LINE) + 4.0
}

fn head(canvas: &mut Canvas, layout: &Layout, of: &AgreementMatrix, top: f64) {
    let lines = &layout.rows_title;
    let first = top - 8.0 - (lines.len() as f64 - 1.0) * LINE;
    let at = (layout.left - 6.0, first);
    canvas.lines(lines, Text { color: SOFT, ..word(String::new(), at, Anchor::End) });
    let title = top - 4.0 - layout.header.height(&of.sources) - LINE / 2.0 - 2.0;
    let middle = layout.left + of.sources.len() as f64 * layout.cell / 2.0;
    let text = word("evaluated on".to_owned(), (middle, title), Anchor::Middle);
    canvas.text(Text { color: SOFT, ..text });
    for (column, name) in of.sources.iter().enumerate() {
        let middle = layout.left + (column as f64 + 0.5) * layout.cell;
        let lines = layout.header.lines(name);
        let back = lines.len() as f64 - 1.0;
        match layout.header {
            Header::Flat(_) => {
                let at = (middle, top - 8.0 - back * LINE);
                canvas.lines(&lines, word(String::new(), at, Anchor::Middle));
            }
            // Turned by a quarter, the first line is the leftmost.
            Header::Turned => {
                for (line, text) in lines.into_iter().enumerate() {
                    let at = (middle + (line as f64 - back / 2.0) * LINE, top - 5.0);
                    canvas.text(Text { turn: -90.0, ..word(text, at, Anchor::Start) });
                }
            }
        }
    }
}

/// Where a cell lies.
#[derive(Clone, Copy)]
struct Place {
    from: (f64, f64),
    to: (f64, f64),
}

impl Place {
    fn new(layout: &Layout, top: f64, (row, column): (usize, usize)) -> Self {
        let from = (layout.left + column as f64 * layout.cell + GAP, layout.row_at(top, row) + GAP);
        let to = (from.0 + layout.cell - 2.0 * GAP, from.1 + layout.row - 2.0 * GAP);
        Self { from, to }
    }

    fn middle(&self) -> (f64, f64) {
        ((self.from.0 + self.to.0) / 2.0, (self.from.1 + self.to.1) / 2.0)
    }
}

fn cell(
    canvas: &mut Canvas,
    layout: &Layout,
    of: Option<&AgreementAggregate>,
    (place, limit): (Place, f64),
) {
    let (x, y) = place.middle();
    let Some(of) = of else {
        canvas.block(place.from, place.to, ink(STRIPE, 1.0));
        let text = word("–".to_owned(), (x, y), Anchor::Middle);
        return canvas.text(Text { color: SOFT, ..text });
    };
    let ground = diverging(of.mean / limit);
    canvas.block(place.from, place.to, ink(ground, 1.0));
    let value = (signed(of.mean), BODY);
    let below = of.interval().map(|interval| (span(interval), layout.small));
    let texts: Vec<(String, f64)> = [Some(value), below].into_iter().flatten().collect();
    let open = of.sign() == Sign::Open;
    if open {
        hatched(canvas, (place.from, place.to));
    }
    if of.trained_on == of.source {
        framed(canvas, (place.from, place.to), ink(BLACK, 1.2));
    }
    let first = y - (texts.len() as f64 - 1.0) * LINE / 2.0;
    for (line, (text, size)) in texts.into_iter().enumerate() {
        let at = (x, first + line as f64 * LINE);
        if open {
            plate(canvas, at, (width(&text, size), size), ground);
        }
        let color = readable(ground);
        canvas.text(Text { size, color, ..word(text, at, Anchor::Middle) });
    }
}

/// Clears a line of text from the hatching.
fn plate(canvas: &mut Canvas, (x, y): (f64, f64), (wide, size): (f64, f64), ground: Color) {
    let (half, high) = (wide / 2.0 + 2.0, 0.365 * size + 2.5);
    canvas.block((x - half, y - high), (x + half, y + high), ink(ground, 1.0));
}

/// The scale of the colours; returns the bottom.
fn bar(canvas: &mut Canvas, limit: f64, (left, top): (f64, f64)) -> f64 {
    const STEPS: i32 = 80;
    let x = Axis { low: -limit, high: limit, from: left, to: left + BAR.0 };
    let bottom = top + BAR.1;
    for step in 0..STEPS {
        let at = |step: f64| 2.0 * step / f64::from(STEPS) - 1.0;
        let from = x.at(limit * at(f64::from(step)));
        let color = diverging(at(f64::from(step) + 0.5));
        // Each reaches to the end and lies below the next, so that no seam shows.
        canvas.block((from, top), (x.to, bottom), ink(color, 1.0));
    }
    for (value, label) in x.ticks(4) {
        let at = x.at(value);
        canvas.line((at, bottom), (at, bottom + 3.0), ink(FAINT, 0.8));
        let text = word(label, (at, bottom + 10.5), Anchor::Middle);
        canvas.text(Text { color: SOFT, ..text });
    }
    bottom + 10.5 + LINE / 2.0
}

fn entries(agreement: &Agreement) -> Vec<Entry> {
    let mut entries = Vec::new();
    if cells(agreement).any(|cell| cell.sign() == Sign::Open) {
        let text = "the interval includes 0, or there is none".to_owned();
        entries.push(Entry { key: Key::Hatched, text });
    }
    if cells(agreement).any(|cell| cell.trained_on == cell.source) {
        let text = "on statements of its own source".to_owned();
        entries.push(Entry { key: Key::Framed, text });
    }
    entries
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

#[cfg(test)]
#[path = "agreement_figure_tests.rs"]
mod tests;
