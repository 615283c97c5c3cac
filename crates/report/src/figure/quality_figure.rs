//! Where does everything stand on the figure of quality by mix?
//!
//! As in an UpSet plot (Lex et al. 2014), a matrix of dots says what is in a mix, one row a mix,
//! and panels to the right share the rows. Bars of the literature hide that runs have intervals
//! and that the axis does not start at zero, so a mark with a whisker takes their place.

use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, legend, notes, rule};
use crate::mix::looks;
use crate::mixes_alt::quality_alt;
use crate::palette::{BLACK, Color, SOFT, STRIPE, ink, shade, veil};
use crate::quality_layout::{Layout, MARGIN, WIDTH};
use crate::quality_panel::{Frame, word};
use crate::text::{BODY, LINE, widest};
use crate::{Figure, Quality, QualityPanel, ReportError, is_true_reward};

/// Draws `quality`.
///
/// # Errors
/// The drawing layer fails.
pub fn quality_figure(quality: &Quality) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let layout = Layout::new(quality);
    let mut top = MARGIN;
    for panels in layout.blocks(&quality.panels) {
        top = block(&mut canvas, quality, &layout, (panels, top)) + 16.0;
    }
    let across = (MARGIN, WIDTH - MARGIN);
    let bottom = legend(&mut canvas, &entries(quality), across, top - 4.0);
    let bottom = notes(&mut canvas, &quality.notes, across, bottom + 3.0);
    Ok(canvas.finish(&quality.name, WIDTH, bottom + MARGIN)?.described(quality_alt(quality)))
}

/// Draws one matrix with its panels; returns the bottom.
fn block(
    canvas: &mut Canvas,
    quality: &Quality,
    layout: &Layout,
    (panels, top): (&[QualityPanel], f64),
) -> f64 {
    let frames: Vec<Frame> = panels
        .iter()
        .enumerate()
        .map(|(index, panel)| {
            let alike: Vec<&QualityPanel> =
                quality.panels.iter().filter(|other| other.metric == panel.metric).collect();
            Frame::new(panel, &alike, layout.panel(index, panels.len()))
        })
        .collect();
    let references = frames.iter().map(Frame::names_height).fold(0.0, f64::max);
    let names = layout.names.iter().map(|lines| widest(lines, BODY)).fold(0.0, f64::max);
    let heads = frames.iter().map(|frame| frame.head.len() as f64 * LINE).fold(0.0, f64::max);
    let rows_top = top + f64::max(names + 6.0, heads + references + 4.0);
    let right = layout.panel(panels.len() - 1, panels.len()).1;
    stripes(canvas, layout, (rows_top, right));
    matrix(canvas, quality, layout, rows_top);
    let axis_lines = frames.iter().map(|frame| frame.label.len()).max().unwrap_or(0);
    let colors = colors(quality);
    for frame in &frames {
        frame.draw(canvas, layout, (rows_top, references), &colors);
    }
    rows_top + layout.height() + 20.0 + axis_lines as f64 * LINE
}

/// The colour of each row, that of the mix in every figure.
fn colors(quality: &Quality) -> Vec<Color> {
    let looks = looks(&quality.mixes);
    let color = |label: &String| looks.get(label).map_or(SOFT, |place| shade(*place));
    quality.mixes.iter().map(|mix| color(&mix.label)).collect()
}

fn stripes(canvas: &mut Canvas, layout: &Layout, (top, right): (f64, f64)) {
    for offset in layout.offsets.iter().step_by(2) {
        let from = (MARGIN, top + offset);
        canvas.block(from, (right, from.1 + layout.row), ink(STRIPE, 1.0));
    }
    for pair in layout.offsets.windows(2) {
        if pair[1] - pair[0] > layout.row + 1.0 {
            rule(canvas, (MARGIN, right), top + pair[1] - 3.0);
        }
    }
}

fn matrix(canvas: &mut Canvas, quality: &Quality, layout: &Layout, top: f64) {
    for (column, name) in layout.names.iter().enumerate() {
        // Turned by a quarter, the first line is the leftmost.
        let first = layout.column_at(column) - (name.len() as f64 - 1.0) * LINE / 2.0;
        for (line, text) in name.iter().enumerate() {
            let at = (first + line as f64 * LINE, top - 5.0);
            canvas.text(Text { turn: -90.0, ..word(text.clone(), at, Anchor::Start) });
        }
    }
    for (row, mix) in quality.mixes.iter().enumerate() {
        let y = layout.row_at(top, row);
        let holds = |source: &String| mix.sources.contains(source);
        let filled: Vec<f64> = (0..quality.sources.len())
            .filter(|column| holds(&quality.sources[*column]))
            .map(|column| layout.column_at(column))
            .collect();
        if let [first, .., last] = filled.as_slice() {
            canvas.line((*first, y), (*last, y), ink(BLACK, 1.6));
        }
        for (column, source) in quality.sources.iter().enumerate() {
            let color = if holds(source) { BLACK } else { (215, 215, 215) };
            canvas.disc((layout.column_at(column), y), 4.0, ink(color, 1.0));
        }
        if let Some(lines) = layout.labels.get(row) {
            let y = y - (lines.len() as f64 - 1.0) * LINE / 2.0;
            let at = (MARGIN + layout.labels_width, y);
            canvas.lines(lines, word(String::new(), at, Anchor::End));
        }
    }
}

fn entries(quality: &Quality) -> Vec<Entry> {
    let marks = || quality.panels.iter().flat_map(|panel| panel.marks.iter().flatten());
    // Nobody learns from the true reward.
    let is_source = |panel: &&QualityPanel| !is_true_reward(&panel.source);
    let judged =
        || quality.panels.iter().filter(is_source).flat_map(|panel| panel.marks.iter().flatten());
    let mut entries = Vec::new();
    if judged().any(|mark| mark.trained) {
        let text = "trained on the judged source".to_owned();
        entries.push(Entry { key: Key::Mark(BLACK, true), text });
    }
    if judged().any(|mark| !mark.trained) {
        let text = "not trained on it".to_owned();
        entries.push(Entry { key: Key::Mark(BLACK, false), text });
    }
    if marks().any(|mark| mark.seeds.len() > 1) {
        let text = "a seed".to_owned();
        entries.push(Entry { key: Key::Dot(veil(BLACK, 0.35)), text });
    }
    entries
}

#[cfg(test)]
#[path = "quality_figure_tests.rs"]
mod tests;
