//! Where does everything stand on the figure of training curves?

use crate::axis::{Axis, padded, range, whole_x_axis, y_axis, y_ticks};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{Entry, Key, body, legend, notes};
use crate::mixes_alt::curves_alt;
use crate::palette::{BLACK, FAINT, Ink, WHITE, ink, shade, veil};
use crate::summary::better;
use crate::text::{BODY, LINE, wrap};
use crate::{Curve, CurvePanel, Curves, Figure, ReportError};

const WIDTH: f64 = 672.0;
const MARGIN: f64 = 8.0;
const HEIGHT: f64 = 150.0;
/// Kept epochs of more seeds hide each other.
const MOST_KEPT: usize = 30;

/// Draws `curves`. With more than seven mixes only those of one source and the full one are
/// coloured; the others are thin and grey. An open point is the epoch whose model was kept.
///
/// # Errors
/// The drawing layer fails.
pub fn curves_figure(curves: &Curves) -> Result<Figure, ReportError> {
    let mut canvas = Canvas::default();
    let columns = match curves.panels.len() {
        0..=4 => curves.panels.len().clamp(1, 2),
        _ => 3,
    };
    let label = y_label(curves);
    let start = MARGIN + label.len() as f64 * LINE;
    let cell = (WIDTH - MARGIN - start) / columns as f64;
    let mut top = MARGIN;
    for row in curves.panels.chunks(columns) {
        let titles = row.iter().map(|panel| title(panel, cell).len()).max().unwrap_or(1);
        top += titles as f64 * LINE + 4.0;
        for (index, panel) in row.iter().enumerate() {
            let left = start + index as f64 * cell;
            draw(&mut canvas, curves, (panel, (left, left + cell, top)));
        }
        upright(&mut canvas, &label, top + HEIGHT / 2.0);
        top += HEIGHT + 38.0;
    }
    let across = (MARGIN, WIDTH - MARGIN);
    let bottom = legend(&mut canvas, &entries(curves), across, top);
    let bottom = notes(&mut canvas, &remarks(curves), across, bottom + 3.0);
    Ok(canvas.finish("curves", WIDTH, bottom + MARGIN)?.described(curves_alt(curves)))
}

/// "validation log-likelihood (nats per statement, higher is better)" in lines.
fn y_label(curves: &Curves) -> Vec<String> {
    let mut about = vec![curves.unit.clone()];
    about.retain(|unit| !unit.is_empty());
    about.extend(curves.direction.map(|direction| format!("{} is better", better(direction))));
    let label = match about.is_empty() {
        true => format!("validation {}", curves.metric),
        false => format!("validation {} ({})", curves.metric, about.join(", ")),
    };
    wrap(&label, BODY, HEIGHT + 26.0)
}

/// Lines turned by a quarter stand side by side, the first one leftmost.
fn upright(canvas: &mut Canvas, lines: &[String], middle: f64) {
    for (line, text) in lines.iter().enumerate() {
        let at = (MARGIN + 5.0 + line as f64 * LINE, middle);
        canvas.text(Text { turn: -90.0, ..word(text.clone(), at, Anchor::Middle) });
    }
}

fn title(panel: &CurvePanel, cell: f64) -> Vec<String> {
    wrap(&format!("validation: {}", panel.source), BODY, cell - 50.0)
}

fn word(text: String, at: (f64, f64), anchor: Anchor) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

fn draw(
    canvas: &mut Canvas,
    curves: &Curves,
    (panel, (left, right, top)): (&CurvePanel, (f64, f64, f64)),
) {
    let points = || panel.curves.iter().flat_map(|curve| &curve.points);
    let kept = || panel.curves.iter().flat_map(|curve| shown_kept(curves, curve));
    let (first, last) = range(points().map(|p| p[0])).unwrap_or((0.0, 1.0));
    let values = points().flat_map(|p| [p[2], p[3]]).chain(kept().map(|it| it.1));
    let (low, high) = padded(range(values).unwrap_or((0.0, 1.0)));
    let last = if last > first { last } else { first + 1.0 };
    let y = Axis { low, high, from: top + HEIGHT, to: top };
    let ticks = y_ticks(&y);
    let wide = ticks.iter().map(|(_, label)| body(label)).fold(0.0, f64::max);
    let x = Axis { low: first, high: last, from: left + wide + 10.0, to: right - 8.0 };
    let middle = (x.from + x.to) / 2.0;
    let title = title(panel, right - left);
    let first = top - 8.0 - (title.len() as f64 - 1.0) * LINE;
    canvas.lines(&title, word(String::new(), (middle, first), Anchor::Middle));
    whole_x_axis(canvas, &x, (top, top + HEIGHT));
    y_axis(canvas, &y, (x.from, x.to));
    canvas.text(word("epoch".to_owned(), (middle, top + HEIGHT + 25.0), Anchor::Middle));
    // Grey first, so that colours lie above.
    let mut ordered: Vec<(&Curve, Option<Ink>)> =
        panel.curves.iter().map(|curve| (curve, color(curves, &curve.mix))).collect();
    ordered.sort_by_key(|(_, color)| color.is_some());
    for (curve, color) in ordered {
        ink_curve(canvas, (&x, &y), curve, color);
    }
    for curve in &panel.curves {
        let Some(ink) = color(curves, &curve.mix) else { continue };
        for (epoch, value) in shown_kept(curves, curve) {
            canvas.disc((x.at(epoch), y.at(value)), 3.0, ink);
            canvas.disc((x.at(epoch), y.at(value)), 1.8, Ink { color: WHITE, ..ink });
        }
    }
}

/// Kept epochs that are shown: those of a coloured curve up to its end, unless there are too many.
fn shown_kept<'c>(curves: &Curves, curve: &'c Curve) -> impl Iterator<Item = (f64, f64)> + use<'c> {
    let is_shown = curve.kept.len() <= MOST_KEPT && color(curves, &curve.mix).is_some();
    let last = curve.points.last().map_or(f64::NEG_INFINITY, |point| point[0]);
    let kept = if is_shown { &curve.kept[..] } else { &[] };
    kept.iter().copied().filter(move |(epoch, _)| *epoch <= last)
}

fn ink_curve(canvas: &mut Canvas, (x, y): (&Axis, &Axis), curve: &Curve, color: Option<Ink>) {
    let line = |index: usize| -> Vec<(f64, f64)> {
        curve.points.iter().map(|point| (x.at(point[0]), y.at(point[index]))).collect()
    };
    let own = color.unwrap_or(ink(FAINT, 0.7));
    if color.is_some() && curve.seeds > 1 {
        let mut band = line(2);
        band.extend(line(3).into_iter().rev());
        canvas.area(band, veil(own.color, 0.1));
    }
    if let [point] = line(1).as_slice() {
        return canvas.disc(*point, 2.0, own);
    }
    canvas.path(line(1), own);
}

/// The line of a mix; none for grey.
fn color(curves: &Curves, mix: &str) -> Option<Ink> {
    Some(ink(shade(*curves.looks.get(mix)?), 1.6))
}

fn entries(curves: &Curves) -> Vec<Entry> {
    let bands = curves.panels.iter().flat_map(|panel| &panel.curves).any(|curve| curve.seeds > 1);
    let mut entries = Vec::new();
    let mut grey = 0;
    for mix in &curves.mixes {
        match color(curves, &mix.label) {
            Some(ink) if bands => {
                entries.push(Entry { key: Key::Band(ink), text: mix.label.clone() })
            }
            Some(ink) => entries.push(Entry { key: Key::Line(ink, &[]), text: mix.label.clone() }),
            None => grey += 1,
        }
    }
    if grey > 0 {
        let text = format!("the other {grey} mixes");
        entries.push(Entry { key: Key::Line(ink(FAINT, 0.7), &[]), text });
    }
    entries
}

fn remarks(curves: &Curves) -> Vec<String> {
    let seeds = curves.panels.iter().flat_map(|panel| &panel.curves).map(|curve| curve.seeds);
    let (least, most) = seeds.fold((usize::MAX, 0), |(a, b), count| (a.min(count), b.max(count)));
    let count = if least == most { most.to_string() } else { format!("{least} to {most}") };
    let mut remark = match most {
        0 | 1 => "One seed each.".to_owned(),
        _ => format!("Line: mean over {count} seeds; band: from the smallest to the largest."),
    };
    if curves.cut {
        remark += " A curve ends where the first of its seeds stopped.";
    }
    let shown = curves.panels.iter().flat_map(|panel| &panel.curves);
    if shown.clone().any(|curve| shown_kept(curves, curve).next().is_some()) {
        remark += match most {
            0 | 1 => " Open point: the epoch whose model was kept.",
            _ => " Open point: the epoch whose model a seed kept, if the curve is as long.",
        };
    }
    vec![remark]
}

#[cfg(test)]
#[path = "curves_figure_tests.rs"]
mod tests;
