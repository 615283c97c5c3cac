//! Where does everything stand on the figure of learning curves?

use crate::canvas::Canvas;
use crate::learning_panel::{Column, look};
use crate::legend::{Entry, Key, legend, notes};
use crate::mix::distinct;
use crate::sources_alt::learning_alt;
use crate::text::LINE;
use crate::{Figure, Learning, LearningRole, ReportError};

const WIDTH: f64 = 672.0;
const MARGIN: f64 = 8.0;

/// Draws `learning`: a column for each judged source, with the metric above and the difference to
/// the baseline below, over the number of its statements on a logarithmic axis.
///
/// # Errors
/// The drawing layer fails.
pub fn learning_figure(learning: &Learning) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let side_by_side = match learning.panels.len() {
        4 => 2,
        count => count.clamp(1, 3),
    };
    let cell = (WIDTH - 2.0 * MARGIN) / side_by_side as f64;
    let (mut top, mut cut) = (MARGIN, false);
    for row in learning.panels.chunks(side_by_side) {
        let column = |(index, panel)| {
            let left = MARGIN + index as f64 * cell;
            Column::new(learning, panel, (left, left + cell))
        };
        let columns: Vec<Column> = row.iter().enumerate().map(column).collect();
        let titles = columns.iter().map(|column| column.title.len()).max().unwrap_or(0);
        top += titles as f64 * LINE + 4.0;
        columns.iter().for_each(|column| column.draw(&mut canvas, top));
        top += columns.iter().map(Column::height).fold(0.0, f64::max) + 6.0;
        cut |= columns.iter().any(Column::is_cut);
    }
    let across = (MARGIN, WIDTH - MARGIN);
    let bottom = legend(&mut canvas, &entries(learning), across, top);
    let bottom = notes(&mut canvas, &remarks(learning, cut), across, bottom + 3.0);
    Ok(canvas.finish(&learning.name, WIDTH, bottom + MARGIN)?.described(learning_alt(learning)))
}

fn entries(learning: &Learning) -> Vec<Entry> {
    let of = |role| {
        let lines = learning.panels.iter().flat_map(|panel| &panel.lines);
        lines.filter(move |line| line.role == role)
    };
    let entry = |line, text: String| {
        let (color, marker) = look(learning, line);
        Entry { key: Key::Marked(color, marker), text }
    };
    let names = distinct(of(LearningRole::Baseline).map(|line| &line.label));
    let name = match names.as_slice() {
        [one] => format!("{one} (baseline)"),
        _ => "the judged source alone (baseline)".to_owned(),
    };
    let baseline = of(LearningRole::Baseline).next().map(|line| entry(line, name));
    let compared = learning.compared.iter().filter_map(|label| {
        let line = of(LearningRole::Compared).find(|line| line.label == *label);
        line.map(|line| entry(line, label.clone()))
    });
    baseline.into_iter().chain(compared).collect()
}

fn remarks(learning: &Learning, cut: bool) -> Vec<String> {
    let mut remarks = learning.notes.clone();
    if cut {
        remarks.push("Thin lines that reach the edge of a panel go on beyond it.".to_owned());
    }
    remarks
}

#[cfg(test)]
#[path = "learning_figure_tests.rs"]
mod tests;
