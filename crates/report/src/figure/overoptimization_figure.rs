//! Where does everything stand on the figure of overoptimization?

use crate::axis::{Axis, x_axis, y_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::figure::overoptimization_layout::{Head, reach};
use crate::legend::{Entry, Key, legend, mark, notes};
use crate::overoptimization_alt::overoptimization_alt;
use crate::palette::{BLUE, DASHES, Ink, SOFT, VERMILLION, ink};
use crate::quality_panel::word;
use crate::text::{BODY, LINE, wrap};
use crate::{Figure, OveroptimizationFigure, OveroptimizationPanel, ReportError};

/// Two columns of a paper, at most; fewer panels take less.
const WIDTH: f64 = 672.0;
const LEAST_WIDTH: f64 = 384.0;
const MARGIN: f64 = 8.0;
const COLUMNS: usize = 4;
/// Room for the ticks of the vertical axis.
const LEFT: f64 = 32.0;
const HEIGHT: f64 = 150.0;

/// Draws proxy, gold, fit, peak and alarm of each panel, on the same axes.
///
/// ```
/// use medley_report::{OveroptimizationFigure, OveroptimizationPanel, overoptimization_figure};
/// let panel = OveroptimizationPanel {
///     title: "single".into(),
///     proxy: vec![(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)],
///     gold: vec![(0.0, 0.0), (1.0, 0.6), (2.0, 0.4)],
///     alarm: "alarm raised".into(),
///     is_raised: true,
///     ..OveroptimizationPanel::default()
/// };
/// let figure = OveroptimizationFigure {
///     name: "overoptimization".into(),
///     panels: vec![panel],
///     ..OveroptimizationFigure::default()
/// };
/// assert!(overoptimization_figure(&figure)?.texts().contains(&"alarm raised".to_owned()));
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// No point is finite, gold has intervals for another number of points, or the drawing layer fails.
pub fn overoptimization_figure(of: &OveroptimizationFigure) -> Result<Figure, ReportError> {
    check(of)?;
    let nothing = || ReportError::Empty(format!("{} has no finite point", of.name));
    let reach = reach(&of.panels).ok_or_else(nothing)?;
    let columns = of.panels.len().clamp(1, COLUMNS);
    let cell = ((WIDTH - 2.0 * MARGIN - LINE) / columns as f64).min(230.0);
    let width = (2.0 * MARGIN + LINE + columns as f64 * cell).clamp(LEAST_WIDTH, WIDTH);
    let mut canvas = Canvas::default();
    let title = wrap(&of.title, BODY + 1.0, width - 2.0 * MARGIN);
    let at = (width / 2.0, MARGIN + 6.0);
    canvas.lines(&title, Text { size: BODY + 1.0, ..word(String::new(), at, Anchor::Middle) });
    let mut top = MARGIN + title.len() as f64 * (LINE + 1.0) + 4.0;
    for row in of.panels.chunks(columns) {
        let heads: Vec<Head> =
            row.iter().map(|panel| Head::new(panel, &reach, cell - LEFT)).collect();
        top += heads.iter().map(Head::height).fold(0.0, f64::max);
        for (column, (panel, head)) in row.iter().zip(&heads).enumerate() {
            let left = MARGIN + LINE + column as f64 * cell + LEFT;
            let x =
                Axis { low: reach.x.0, high: reach.x.1, from: left, to: left + cell - LEFT - 8.0 };
            let y = Axis { low: reach.y.0, high: reach.y.1, from: top + HEIGHT, to: top };
            head.draw(&mut canvas, ((x.from + x.to) / 2.0, top));
            x_axis(&mut canvas, &x, (top, top + HEIGHT), 8.0);
            y_axis(&mut canvas, &y, (x.from, x.to));
            draw(&mut canvas, (&x, &y), panel);
        }
        let names = wrap(&of.y_label, BODY, HEIGHT + 20.0);
        for (line, text) in names.iter().enumerate() {
            let at = (MARGIN + 5.0 + line as f64 * LINE, top + HEIGHT / 2.0);
            canvas.text(Text { turn: -90.0, ..word(text.clone(), at, Anchor::Middle) });
        }
        top += HEIGHT + 22.0;
    }
    let below = wrap(&of.x_label, BODY, width - 2.0 * MARGIN);
    canvas.lines(&below, word(String::new(), (width / 2.0, top + 4.0), Anchor::Middle));
    let end = top + below.len() as f64 * LINE + 4.0;
    let across = (MARGIN, width - MARGIN);
    let end = legend(&mut canvas, &entries(of), across, end);
    let whiskers = match of.intervals.is_empty() {
        true => Vec::new(),
        false => vec![format!("Whiskers: {}.", of.intervals)],
    };
    let end = notes(&mut canvas, &whiskers, across, end + 2.0);
    Ok(canvas.finish(&of.name, width, end + MARGIN)?.described(overoptimization_alt(of)))
}

fn check(of: &OveroptimizationFigure) -> Result<(), ReportError> {
    let unequal = |panel: &&OveroptimizationPanel| {
        !panel.intervals.is_empty() && panel.intervals.len() != panel.gold.len()
    };
    match of.panels.iter().find(unequal) {
        None => Ok(()),
        Some(panel) => Err(ReportError::Drawing {
            name: of.name.clone(),
            message: format!(
                "panel {:?} has {} points of gold and {} intervals",
                panel.title,
                panel.gold.len(),
                panel.intervals.len()
            ),
        }),
    }
}

fn proxy_ink() -> Ink {
    ink(VERMILLION, 1.4)
}

fn fit_ink() -> Ink {
    ink(BLUE, 1.4)
}

fn truth_ink() -> Ink {
    ink(SOFT, 1.2)
}

fn draw(canvas: &mut Canvas, (x, y): (&Axis, &Axis), panel: &OveroptimizationPanel) {
    let at = |point: &(f64, f64)| (x.at(point.0), y.at(point.1));
    let line = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        let inside = clipped(points, y.high);
        inside.iter().filter(|point| point.0.is_finite() && point.1.is_finite()).map(at).collect()
    };
    let mut dashed = |points: &[(f64, f64)], dashes, ink| {
        let line = line(points);
        if line.len() > 1 {
            canvas.dashed_path(&line, dashes, ink);
        }
    };
    dashed(&panel.truth, DASHES[2], truth_ink());
    dashed(&panel.proxy, DASHES[1], proxy_ink());
    let fit = line(&panel.fit);
    if fit.len() > 1 {
        canvas.path(fit, fit_ink());
    }
    if let Some(peak) = &panel.peak {
        let top = at(peak);
        canvas.dashed((top.0, y.from), top, DASHES[4], ink(BLUE, 0.9));
    }
    for (place, point) in panel.gold.iter().enumerate() {
        if !(point.0.is_finite() && point.1.is_finite()) {
            continue;
        }
        let ends =
            panel.intervals.get(place).filter(|ends| ends.0.is_finite() && ends.1.is_finite());
        if let Some((low, high)) = ends {
            canvas.line(at(&(point.0, *low)), at(&(point.0, *high)), ink(BLUE, 1.0));
        }
        mark(canvas, at(point), BLUE, true);
    }
}

/// A line up to where it leaves the axis at the top.
fn clipped(points: &[(f64, f64)], high: f64) -> Vec<(f64, f64)> {
    let mut inside: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for &(a, b) in points {
        if b <= high {
            inside.push((a, b));
            continue;
        }
        if let Some(&(c, d)) = inside.last() {
            inside.push((c + (a - c) * (high - d) / (b - d), high));
        }
        break;
    }
    inside
}

fn entries(of: &OveroptimizationFigure) -> Vec<Entry> {
    let has = |points: fn(&OveroptimizationPanel) -> bool| of.panels.iter().any(points);
    let entry = |key, text: &str| Entry { key, text: text.to_owned() };
    let mut entries = vec![
        entry(Key::Mark(BLUE, true), "gold: the true reward"),
        entry(Key::Line(proxy_ink(), DASHES[1]), "proxy: the reward that is optimized"),
    ];
    if has(|panel| !panel.fit.is_empty()) {
        entries.push(entry(Key::Line(fit_ink(), &[]), "curve fitted to gold"));
    }
    if has(|panel| panel.peak.is_some()) {
        entries.push(entry(Key::Line(ink(BLUE, 0.9), DASHES[4]), "its peak"));
    }
    if has(|panel| !panel.truth.is_empty()) {
        entries.push(entry(Key::Line(truth_ink(), DASHES[2]), "optimized for gold"));
    }
    entries
}

#[cfg(test)]
#[path = "overoptimization_figure_tests.rs"]
mod tests;
