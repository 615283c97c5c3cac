//! Where does everything stand on the reliability diagrams?

use crate::axis::{Axis, x_axis, y_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, legend, mark, notes};
use crate::palette::{BLACK, Color, FAINT, GRID, SOFT, cycle, ink, veil};
use crate::text::{BODY, LINE, wrap};
use crate::{Figure, Reliability, ReliabilityPanel, ReliabilityPoint, ReportError};

const WIDTH: f64 = 672.0;
const MARGIN: f64 = 8.0;
/// Room for the label and the ticks of the vertical axis.
const LEFT: f64 = 46.0;
const STRIP: f64 = 40.0;

/// Draws `reliability`.
///
/// # Errors
/// The drawing layer fails.
pub fn reliability_figure(reliability: &Reliability) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let count = reliability.panels.len().max(1);
    let columns = count.div_ceil(count.div_ceil(4));
    let cell = (WIDTH - 2.0 * MARGIN - LINE) / columns as f64;
    let side = (cell - LEFT + LINE - 12.0).min(210.0);
    let cell = cell.min(side + LEFT + 24.0);
    let mut top = MARGIN;
    for row in reliability.panels.chunks(columns) {
        let titles: Vec<Vec<String>> = row
            .iter()
            .map(|panel| wrap(&format!("held-out {}", panel.source), BODY, side))
            .collect();
        let lines = titles.iter().map(Vec::len).max().unwrap_or(1);
        top += lines as f64 * LINE + 4.0;
        for (index, (panel, title)) in row.iter().zip(&titles).enumerate() {
            let left = MARGIN + LEFT + index as f64 * cell;
            let frame = Frame { left, top, side };
            frame.draw(&mut canvas, panel, title);
        }
        let frame = Frame { left: MARGIN + LEFT, top, side };
        frame.y_labels(&mut canvas);
        top += side + STRIP + 48.0;
    }
    let across = (MARGIN, WIDTH - MARGIN);
    let bottom = legend(&mut canvas, &entries(reliability), across, top);
    let bottom = notes(&mut canvas, &remarks(reliability), across, bottom + 3.0);
    canvas.finish("reliability", WIDTH, bottom + MARGIN)
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

/// Place 0 is the full mix.
fn color(place: usize) -> Color {
    match place {
        0 => BLACK,
        other => cycle(other - 1),
    }
}

/// Place of one panel: a square, and a strip of counts below.
struct Frame {
    left: f64,
    top: f64,
    side: f64,
}

impl Frame {
    fn draw(&self, canvas: &mut Canvas, panel: &ReliabilityPanel, title: &[String]) {
        let Frame { left, top, side } = *self;
        let (right, bottom) = (left + side, top + side);
        let x = Axis { low: 0.0, high: 1.0, from: left, to: right };
        let y = Axis { low: 0.0, high: 1.0, from: bottom, to: top };
        let first = top - 8.0 - (title.len() as f64 - 1.0) * LINE;
        let middle = (left + right) / 2.0;
        canvas.lines(title, word(String::new(), (middle, first), Anchor::Middle));
        for (value, _) in x.ticks(4) {
            canvas.line((x.at(value), top), (x.at(value), bottom), ink(GRID, 0.8));
        }
        y_axis(canvas, &y, (left, right));
        canvas.line((left, bottom), (right, bottom), ink(FAINT, 0.8));
        canvas.dashed((left, bottom), (right, top), &[4.0, 3.0], ink(SOFT, 0.9));
        for series in &panel.series {
            let ink = ink(color(series.place), 1.2);
            let at = |point: &ReliabilityPoint| (x.at(point.predicted), y.at(point.observed));
            canvas.path(series.points.iter().map(at).collect(), ink);
            for point in &series.points {
                if let Some((low, high)) = point.interval {
                    let across = x.at(point.predicted);
                    canvas.line((across, y.at(low)), (across, y.at(high)), ink);
                }
                mark(canvas, at(point), ink.color, series.place == 0);
            }
        }
        self.strip(canvas, panel, &x);
        let at = (middle, bottom + 8.0 + STRIP + 25.0);
        canvas.text(word("predicted probability".to_owned(), at, Anchor::Middle));
    }

    /// Bars with a root scale, so that rare bins stay visible beside full ones.
    fn strip(&self, canvas: &mut Canvas, panel: &ReliabilityPanel, x: &Axis) {
        let top = self.top + self.side + 8.0;
        let bottom = top + STRIP;
        x_axis(canvas, x, (top, bottom), 9.0);
        let points = || panel.series.iter().flat_map(|series| &series.points);
        let most = points().map(|point| point.count).fold(1.0, f64::max);
        let height = |count: f64| STRIP * 0.95 * (count / most).sqrt();
        let wide = f64::min(0.05 * self.side, 0.08 * self.side / panel.series.len() as f64);
        let middle = panel.series.len() as f64 / 2.0;
        for (index, series) in panel.series.iter().enumerate() {
            for point in &series.points {
                let from = x.at(point.predicted) + (index as f64 - middle) * wide;
                let place = veil(color(series.place), 0.65);
                canvas.block((from, bottom - height(point.count)), (from + wide, bottom), place);
            }
        }
        let top_tick = bottom - height(most);
        canvas.line((self.left - 3.0, top_tick), (self.left, top_tick), ink(FAINT, 0.8));
        let label = short(most);
        let at = (self.left - 5.0, top_tick + 2.0);
        canvas.text(Text { color: SOFT, ..word(label, at, Anchor::End) });
        canvas.line((self.left, top), (self.left, bottom), ink(FAINT, 0.8));
    }

    fn y_labels(&self, canvas: &mut Canvas) {
        let x = MARGIN + 5.0;
        let at = (x, self.top + self.side / 2.0);
        canvas.text(Text { turn: -90.0, ..word("observed share".to_owned(), at, Anchor::Middle) });
        let at = (x, self.top + self.side + 8.0 + STRIP / 2.0);
        canvas.text(Text { turn: -90.0, ..word("count".to_owned(), at, Anchor::Middle) });
    }
}

/// A count in few letters: "840", "12.3k".
fn short(count: f64) -> String {
    match count.round() {
        count if count >= 1e6 => format!("{:.1}M", count / 1e6),
        count if count >= 1e4 => format!("{:.0}k", count / 1e3),
        count if count >= 1e3 => format!("{:.1}k", count / 1e3),
        count => format!("{count}"),
    }
}

fn entries(reliability: &Reliability) -> Vec<Entry> {
    let series = reliability.panels.iter().flat_map(|panel| &panel.series);
    let mut shown: Vec<(usize, &str)> =
        series.map(|series| (series.place, series.mix.as_str())).collect();
    shown.sort_unstable();
    shown.dedup();
    let entry = |(place, mix): (usize, &str)| Entry {
        key: Key::Mark(color(place), place == 0),
        text: mix.to_owned(),
    };
    let mut entries: Vec<Entry> = shown.into_iter().map(entry).collect();
    let key = Key::Line(ink(SOFT, 0.9), &[4.0, 3.0]);
    entries.push(Entry { key, text: "perfect calibration".to_owned() });
    entries
}

fn remarks(reliability: &Reliability) -> Vec<String> {
    let series = || reliability.panels.iter().flat_map(|panel| &panel.series);
    let seeds = series().map(|series| series.seeds).max().unwrap_or(0);
    let pooled = match seeds {
        0 | 1 => String::new(),
        seeds => format!("Bins pooled over {seeds} seeds. "),
    };
    let intervals = series().flat_map(|series| &series.points).any(|bin| bin.interval.is_some());
    let whisker = if intervals { "Whisker: mean 95 % interval of a run. " } else { "" };
    vec![format!(
        "{pooled}{whisker}Strip: outcomes in a bin for each seed, root scale; its tick is the \
         fullest bin."
    )]
}

#[cfg(test)]
#[path = "reliability_figure_tests.rs"]
mod tests;
