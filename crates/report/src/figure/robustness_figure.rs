//! Where does everything stand on the heat map of what is lost on other data?

use crate::axis::Axis;
use crate::bar::bar;
use crate::canvas::{Anchor, Canvas, Text};
use crate::cell::{Place, blank, valued};
use crate::header::Header;
use crate::legend::{Entry, Key, legend, notes};
use crate::mixes_alt::robustness_alt;
use crate::palette::{BLACK, Color, diverging};
use crate::summary::{better, mean_over, shown};
use crate::text::{BODY, LINE, widest, width, wrap};
use crate::{Figure, Loss, ReportError, Robustness, Sign};

/// Two columns of a paper: 7 inches. More mixes than fit make the figure wider.
const WIDTH: f64 = 672.0;
/// Enough for legend and notes.
const LEAST_WIDTH: f64 = 420.0;
const MARGIN: f64 = 8.0;
const CELL: (f64, f64) = (40.0, 72.0);
const ROW: f64 = 20.0;
/// Names of rows are wrapped beyond it.
const LONGEST: f64 = 170.0;
/// Between the mixes as written and what they lose.
const GAP: f64 = 5.0;
const WRITTEN: &str = "as written";
const ABSENT: &str = "–";

/// Draws the heat map of one measure.
///
/// # Errors
/// There is no other data, or the drawing layer fails.
pub fn robustness_figure(of: &Robustness) -> Result<Figure, ReportError> {
    if of.variants.is_empty() || of.mixes.is_empty() {
        return Err(ReportError::Empty("nothing was learned from other data".to_owned()));
    }
    let layout = Layout::new(of);
    let mut canvas = Canvas::default();
    canvas.text(word(title(of), (MARGIN, MARGIN + LINE / 2.0), Anchor::Start));
    let mut top = MARGIN + LINE + 4.0 + layout.header.height(&of.mixes) + 8.0;
    for (column, mix) in of.mixes.iter().enumerate() {
        let middle = layout.left + (column as f64 + 0.5) * layout.cell;
        layout.header.draw(&mut canvas, mix, (middle, top));
    }
    top = layout.row(&mut canvas, WRITTEN, top, |canvas, column, place| {
        let reached = of.written[column].map(|mean| layout.told(mean));
        blank(canvas, place, reached.as_deref().unwrap_or(ABSENT));
    });
    top += GAP;
    for (variant, losses) in of.variants.iter().zip(&of.losses) {
        top = layout.row(&mut canvas, variant, top, |canvas, column, place| {
            cell(canvas, &layout, losses[column].as_ref(), place);
        });
    }
    let across = (MARGIN, layout.width - MARGIN);
    let bottom = bar(&mut canvas, layout.limit, shade, (layout.left, top + 8.0));
    let bottom = legend(&mut canvas, &entries(of), across, bottom + 6.0);
    let bottom = notes(&mut canvas, &told(of), across, bottom + 3.0);
    let name = format!("robustness-{}", of.metric);
    Ok(canvas.finish(&name, layout.width, bottom + MARGIN)?.described(robustness_alt(of)))
}

fn title(of: &Robustness) -> String {
    format!("{}: what is lost on other data", shown(&of.metric))
}

/// Losses have the colour of warning.
fn shade(share: f64) -> Color {
    diverging(-share)
}

struct Layout {
    width: f64,
    /// Left end of the cells.
    left: f64,
    cell: f64,
    columns: usize,
    header: Header,
    /// The loss of the deepest colour.
    limit: f64,
    /// Digits after the point.
    digits: usize,
}

impl Layout {
    fn new(of: &Robustness) -> Self {
        let names = of.variants.iter().flat_map(|name| wrap(name, BODY, LONGEST));
        let names: Vec<String> = names.chain([WRITTEN.to_owned()]).collect();
        let left = MARGIN + widest(&names, BODY) + 6.0;
        let columns = of.mixes.len() as f64;
        let cell = ((WIDTH - MARGIN - left) / columns).clamp(CELL.0, CELL.1);
        let title = width(&title(of), BODY);
        let limit = limit(of);
        Self {
            width: (left + columns * cell + MARGIN).max(LEAST_WIDTH).max(title + 2.0 * MARGIN),
            left,
            cell,
            columns: of.mixes.len(),
            header: Header::of(of.mixes.iter(), cell - 4.0),
            limit,
            digits: if limit < 5.0 { 2 } else { 0 },
        }
    }

    /// Draws a row with its name; returns the bottom.
    fn row(
        &self,
        canvas: &mut Canvas,
        name: &str,
        top: f64,
        mut draw: impl FnMut(&mut Canvas, usize, Place),
    ) -> f64 {
        let lines = wrap(name, BODY, LONGEST);
        let height = f64::max(ROW, lines.len() as f64 * LINE + 4.0);
        let first = top + height / 2.0 - (lines.len() as f64 - 1.0) * LINE / 2.0;
        let at = (self.left - 6.0, first);
        canvas.lines(&lines, word(String::new(), at, Anchor::End));
        for column in 0..self.columns {
            let left = self.left + column as f64 * self.cell;
            draw(canvas, column, Place::new((left, top), (self.cell, height)));
        }
        top + height
    }

    fn told(&self, value: f64) -> String {
        let text = format!("{value:.*}", self.digits);
        match text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
            true => text.trim_start_matches('-').to_owned(),
            false => text.replace('-', "−"),
        }
    }
}

/// A round number that holds all losses, unless more than all is lost. No less than a tenth of what there
/// is to lose, so that next to nothing never looks like much.
fn limit(of: &Robustness) -> f64 {
    let known = || of.losses.iter().flatten().flatten();
    let most = known().map(|loss| loss.mean.abs()).fold(0.0, f64::max);
    let reached = of.written.iter().flatten().map(|mean| mean.abs()).fold(0.0, f64::max);
    let high = most.min(reached).max(reached / 10.0);
    let ticks = Axis { low: 0.0, high, from: 0.0, to: 1.0 };
    let step = ticks.ticks(4).windows(2).map(|pair| pair[1].0 - pair[0].0).next();
    step.map_or(ticks.high, |step| (ticks.high / step - 1e-9).ceil() * step)
}

fn cell(canvas: &mut Canvas, layout: &Layout, of: Option<&Loss>, place: Place) {
    match of {
        None => blank(canvas, place, ABSENT),
        Some(loss) if loss.is_untouched => blank(canvas, place, "="),
        Some(loss) => {
            let look = (shade(loss.mean / layout.limit), loss.sign() == Sign::Open);
            valued(canvas, place, look, vec![(layout.told(loss.mean), BODY)]);
        }
    }
}

fn entries(of: &Robustness) -> Vec<Entry> {
    let known = || of.losses.iter().flatten().flatten().filter(|loss| !loss.is_untouched);
    let open = known().any(|loss| loss.sign() == Sign::Open);
    let text = "the 95 % interval over seeds includes 0, or there is none".to_owned();
    open.then_some(Entry { key: Key::Hatched, text }).into_iter().collect()
}

fn told(of: &Robustness) -> Vec<String> {
    let Robustness { unit, direction, seeds, .. } = of;
    let mut notes = vec![format!(
        "First row: what is reached on the data that the file writes, in {unit}; {} is better. Below: what \
         is lost of it, and below 0 what is gained. {}",
        better(*direction),
        mean_over(std::iter::once(*seeds))
    )];
    if of.losses.iter().flatten().flatten().any(|loss| loss.is_untouched) {
        notes.push("=: the same to the bit, as it means nothing to these answers.".to_owned());
    }
    notes
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

#[cfg(test)]
#[path = "robustness_figure_tests.rs"]
mod tests;
