//! Where does everything stand on the matrix of who predicts whom?

use crate::agreement_layout::{Layout, MARGIN, cells, signed, span};
use crate::bar::bar;
use crate::canvas::{Anchor, Canvas, Text};
use crate::cell::{Place, blank, valued};
use crate::legend::{Entry, Key, framed, legend, notes};
use crate::palette::{BLACK, SOFT, diverging, ink};
use crate::sources_alt::agreement_alt;
use crate::text::{BODY, LINE, wrap};
use crate::{Agreement, AgreementAggregate, AgreementMatrix, Figure, ReportError, Sign};

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
    let bottom = bar(&mut canvas, limit, diverging, (layout.left, top - 4.0));
    let bottom = legend(&mut canvas, &entries(agreement), across, bottom + 6.0);
    let bottom = notes(&mut canvas, &agreement.notes, across, bottom + 3.0);
    Ok(canvas
        .finish("agreement", layout.width, bottom + MARGIN)?
        .described(agreement_alt(agreement)))
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
            let left = layout.left + column as f64 * layout.cell;
            let at = (left, layout.row_at(top, row));
            let place = Place::new(at, (layout.cell, layout.row));
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
        layout.header.draw(canvas, name, (middle, top));
    }
}

fn cell(
    canvas: &mut Canvas,
    layout: &Layout,
    of: Option<&AgreementAggregate>,
    (place, limit): (Place, f64),
) {
    let Some(of) = of else { return blank(canvas, place, "–") };
    let value = (signed(of.mean), BODY);
    let below = of.interval().map(|interval| (span(interval), layout.small));
    let texts = [Some(value), below].into_iter().flatten().collect();
    let look = (diverging(of.mean / limit), of.sign() == Sign::Open);
    valued(canvas, place, look, texts);
    if of.trained_on == of.source {
        framed(canvas, (place.from, place.to), ink(BLACK, 1.2));
    }
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
