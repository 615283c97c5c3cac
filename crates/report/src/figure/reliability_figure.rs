//! Where does everything stand on the reliability diagrams?

use crate::axis::{Axis, x_axis, y_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, legend, mark, notes};
use crate::mixes_alt::reliability_alt;
use crate::palette::{BLACK, Color, FAINT, GRID, SOFT, WHITE, ink, shade, veil};
use crate::text::{BODY, LINE, wrap};
use crate::{
    Figure, Reliability, ReliabilityPanel, ReliabilityPoint, ReliabilitySeries, ReportError,
};

/// Two columns of a paper, at most; fewer panels take less.
const WIDTH: f64 = 672.0;
const LEAST_WIDTH: f64 = 360.0;
const MARGIN: f64 = 8.0;
/// Room for the label and the ticks of the vertical axis.
const LEFT: f64 = 46.0;
const STRIP: f64 = 40.0;
/// Between the square and the strip.
const GAP: f64 = 12.0;
/// Outcomes below which a bin says little: it is faded, and no line goes through it.
const FEW: f64 = 10.0;
/// Between the marks of two series in one bin, and over all of them: marks stay close to their place.
const DODGE: f64 = 2.2;
const MOST_DODGE: f64 = 4.4;

/// Draws `reliability`.
///
/// # Errors
/// The drawing layer fails.
pub fn reliability_figure(reliability: &Reliability) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let count = reliability.panels.len().max(1);
    let columns = count.div_ceil(count.div_ceil(4));
    let cell = (WIDTH - 2.0 * MARGIN - LINE) / columns as f64;
    let side = (cell - LEFT + LINE - 12.0).min(if columns == 1 { 260.0 } else { 210.0 });
    let cell = cell.min(side + LEFT + 24.0);
    let width = (2.0 * MARGIN + LINE + columns as f64 * cell).clamp(LEAST_WIDTH, WIDTH);
    let mut top = MARGIN;
    for row in reliability.panels.chunks(columns) {
        let titles: Vec<Vec<String>> =
            row.iter().map(|panel| wrap(&format!("test: {}", panel.source), BODY, side)).collect();
        let lines = titles.iter().map(Vec::len).max().unwrap_or(1);
        top += lines as f64 * LINE + 4.0;
        for (index, (panel, title)) in row.iter().zip(&titles).enumerate() {
            let left = MARGIN + LEFT + index as f64 * cell;
            let frame = Frame { left, top, side };
            frame.draw(&mut canvas, (panel, reliability.bins), title);
        }
        let frame = Frame { left: MARGIN + LEFT, top, side };
        frame.y_labels(&mut canvas);
        top += side + STRIP + GAP + 40.0;
    }
    let across = (MARGIN, width - MARGIN);
    let bottom = legend(&mut canvas, &entries(reliability), across, top);
    let bottom = notes(&mut canvas, &remarks(reliability), across, bottom + 3.0);
    Ok(canvas
        .finish("reliability", width, bottom + MARGIN)?
        .described(reliability_alt(reliability)))
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

/// A colour that says little.
fn faded((r, g, b): Color) -> Color {
    let mix = |from: u8, to: u8| (0.3 * f64::from(from) + 0.7 * f64::from(to)).round() as u8;
    (mix(r, WHITE.0), mix(g, WHITE.1), mix(b, WHITE.2))
}

/// Place of one panel: a square, and a strip of counts below.
struct Frame {
    left: f64,
    top: f64,
    side: f64,
}

impl Frame {
    fn draw(&self, canvas: &mut Canvas, (panel, bins): (&ReliabilityPanel, u64), title: &[String]) {
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
        // Faded bins first, so that the others lie above.
        for is_few in [true, false] {
            for (index, series) in panel.series.iter().enumerate() {
                let gaps = panel.series.len() as f64 - 1.0;
                let beside = (index as f64 - gaps / 2.0) * DODGE.min(MOST_DODGE / gaps.max(1.0));
                draw_series(canvas, (&x, &y), series, (is_few, beside));
            }
        }
        self.strip(canvas, (panel, bins), &x);
        let at = (middle, bottom + GAP + STRIP + 25.0);
        canvas.text(word("predicted probability".to_owned(), at, Anchor::Middle));
    }

    /// Bars with a root scale, so that rare bins stay visible beside full ones. Each bin has its place,
    /// in which series stand side by side.
    fn strip(&self, canvas: &mut Canvas, (panel, bins): (&ReliabilityPanel, u64), x: &Axis) {
        let top = self.top + self.side + GAP;
        let bottom = top + STRIP;
        x_axis(canvas, x, (top, bottom), 9.0);
        let points = || panel.series.iter().flat_map(|series| &series.points);
        let most = points().map(|point| point.count).fold(1.0, f64::max);
        let height = |count: f64| STRIP * 0.95 * (count / most).sqrt();
        let wide = 0.9 * self.side / bins as f64 / panel.series.len() as f64;
        for (index, series) in panel.series.iter().enumerate() {
            for point in &series.points {
                let first = x.at((point.bin as f64 + 0.05) / bins as f64);
                let from = first + index as f64 * wide;
                let place = veil(shade(series.place), 0.65);
                canvas.block((from, bottom - height(point.count)), (from + wide, bottom), place);
            }
        }
        for count in strip_ticks(most) {
            let y = bottom - height(count);
            canvas.line((self.left - 3.0, y), (self.left, y), ink(FAINT, 0.8));
            let at = (self.left - 5.0, y);
            canvas.text(Text { color: SOFT, ..word(short(count), at, Anchor::End) });
        }
        canvas.line((self.left, top), (self.left, bottom), ink(FAINT, 0.8));
    }

    fn y_labels(&self, canvas: &mut Canvas) {
        let x = MARGIN + 5.0;
        let at = (x, self.top + self.side / 2.0);
        canvas.text(Text { turn: -90.0, ..word("observed share".to_owned(), at, Anchor::Middle) });
        let at = (x, self.top + self.side + GAP + STRIP / 2.0);
        canvas.text(Text { turn: -90.0, ..word("count".to_owned(), at, Anchor::Middle) });
    }
}

/// Two round counts that are far enough from each other on a root scale.
fn strip_ticks(most: f64) -> Vec<f64> {
    let round = |most: f64| {
        let power = 10f64.powf(most.log10().floor());
        [5.0, 2.0, 1.0].into_iter().map(|factor| factor * power).find(|it| *it <= most)
    };
    let first = round(most.max(1.0));
    let second = first.and_then(|first| round(first / 5.0)).filter(|second| *second >= 1.0);
    first.into_iter().chain(second).collect()
}

/// The bins of few outcomes of a series, or the others with lines between neighbours: none goes across a
/// bin that is empty or faded.
fn draw_series(
    canvas: &mut Canvas,
    (x, y): (&Axis, &Axis),
    series: &ReliabilitySeries,
    (is_few, beside): (bool, f64),
) {
    let own = shade(series.place);
    let color = if is_few { faded(own) } else { own };
    let at = |point: &ReliabilityPoint| (x.at(point.predicted) + beside, y.at(point.observed));
    let joined = |a: &ReliabilityPoint, b: &ReliabilityPoint| {
        a.count >= FEW && b.count >= FEW && b.bin == a.bin + 1
    };
    for run in series.points.chunk_by(joined).filter(|_| !is_few) {
        if run.len() > 1 {
            canvas.path(run.iter().map(at).collect(), ink(color, 1.2));
        }
    }
    for point in series.points.iter().filter(|point| (point.count < FEW) == is_few) {
        if let Some((low, high)) = point.interval {
            let across = at(point).0;
            canvas.line((across, y.at(low)), (across, y.at(high)), ink(color, 1.2));
        }
        mark(canvas, at(point), color, series.place == 0);
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
        key: Key::Mark(shade(place), place == 0),
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
    let points = || series().flat_map(|series| &series.points);
    let whisker = match (points().any(|bin| bin.interval.is_some()), seeds) {
        (false, _) => "",
        (true, 0 | 1) => "Whisker: 95 % interval. ",
        (true, _) => "Whisker: mean 95 % interval of a run. ",
    };
    let few = match points().any(|bin| bin.count < FEW) {
        true => "Faded: fewer than 10 outcomes a run. ",
        false => "",
    };
    let strip = match seeds {
        0 | 1 => "Strip: outcomes in a bin, root scale.",
        _ => "Strip: outcomes in a bin for each seed, root scale.",
    };
    vec![format!(
        "{pooled}{whisker}{few}Every outcome that a statement could have had is a case, observed if \
         it happened. {strip}"
    )]
}

#[cfg(test)]
#[path = "reliability_figure_tests.rs"]
mod tests;
