//! How does a legend flow into the width of a figure?

use crate::canvas::{Anchor, Canvas, Text};
use crate::marker::Marker;
use crate::palette::{BLACK, Color, FAINT, Ink, SOFT, WHITE, ink};
use crate::text::{BODY, LINE, width, wrap};

/// The sign before a legend's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key {
    /// A line in dashes.
    Line(Ink, &'static [f64]),
    /// A line in a band.
    Band(Ink),
    /// A mark with whisker, filled or open.
    Mark(Color, bool),
    /// A line with a marker.
    Marked(Color, Marker),
    /// A point.
    Dot(Ink),
    /// A hatched cell.
    Hatched,
    /// A cell with a frame.
    Framed,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub key: Key,
    pub text: String,
}

const KEY_WIDTH: f64 = 22.0;
const GAP: f64 = 14.0;
const ROW: f64 = 15.0;

/// Draws entries from left to right in rows, the first row at `top`; returns the bottom.
pub(crate) fn legend(
    canvas: &mut Canvas,
    entries: &[Entry],
    (left, right): (f64, f64),
    top: f64,
) -> f64 {
    let (mut x, mut y) = (left, top + ROW / 2.0);
    for entry in entries {
        let lines = wrap(&entry.text, BODY, right - left - KEY_WIDTH);
        let wide = KEY_WIDTH + crate::text::widest(&lines, BODY);
        if x > left && x + wide > right {
            (x, y) = (left, y + ROW);
        }
        key(canvas, entry.key, (x, y));
        let text = Text {
            text: String::new(),
            at: (x + KEY_WIDTH, y),
            size: BODY,
            color: BLACK,
            anchor: Anchor::Start,
            turn: 0.0,
        };
        canvas.lines(&lines, text);
        y += lines.len().saturating_sub(1) as f64 * LINE;
        x += wide + GAP;
    }
    if entries.is_empty() { top } else { y + ROW / 2.0 }
}

fn key(canvas: &mut Canvas, key: Key, (x, y): (f64, f64)) {
    let (from, to) = ((x, y), (x + 17.0, y));
    match key {
        Key::Line(ink, dashes) => canvas.dashed(from, to, dashes, ink),
        Key::Band(line) => {
            let band = Ink { alpha: 0.2, ..line };
            canvas.block((x, y - 4.5), (x + 17.0, y + 4.5), band);
            canvas.line(from, to, line);
        }
        Key::Mark(color, filled) => {
            canvas.line(from, to, ink(color, 1.2));
            mark(canvas, (x + 8.5, y), color, filled);
        }
        Key::Marked(color, marker) => {
            canvas.line(from, to, ink(color, 1.4));
            marker.draw(canvas, (x + 8.5, y), color);
        }
        Key::Dot(ink) => canvas.disc((x + 8.5, y), 2.0, ink),
        Key::Hatched => {
            hatched(canvas, ((x, y - 5.0), (x + 17.0, y + 5.0)));
            framed(canvas, ((x, y - 5.0), (x + 17.0, y + 5.0)), ink(FAINT, 0.6));
        }
        Key::Framed => framed(canvas, ((x, y - 5.0), (x + 17.0, y + 5.0)), ink(BLACK, 1.2)),
    }
}

/// Hatching over a cell.
pub(crate) fn hatched(canvas: &mut Canvas, (from, to): ((f64, f64), (f64, f64))) {
    canvas.hatch(from, to, 6.0, ink(FAINT, 0.8));
}

/// A frame around a cell.
pub(crate) fn framed(canvas: &mut Canvas, (from, to): ((f64, f64), (f64, f64)), ink: Ink) {
    canvas.path(vec![from, (to.0, from.1), to, (from.0, to.1), from], ink);
}

/// A mark, filled or open.
pub(crate) fn mark(canvas: &mut Canvas, at: (f64, f64), color: Color, filled: bool) {
    canvas.disc(at, 3.2, ink(color, 1.0));
    if !filled {
        canvas.disc(at, 1.9, ink(WHITE, 1.0));
    }
}

/// Soft lines of text over the whole width, the first at `top`; returns the bottom.
pub(crate) fn notes(
    canvas: &mut Canvas,
    notes: &[String],
    (left, right): (f64, f64),
    top: f64,
) -> f64 {
    let lines: Vec<String> = notes.iter().flat_map(|note| wrap(note, BODY, right - left)).collect();
    let at = (left, top + LINE / 2.0);
    let anchor = Anchor::Start;
    canvas.lines(
        &lines,
        Text { text: String::new(), at, size: BODY, color: SOFT, anchor, turn: 0.0 },
    );
    top + lines.len() as f64 * LINE
}

/// A thin rule that separates two groups.
pub(crate) fn rule(canvas: &mut Canvas, (left, right): (f64, f64), y: f64) {
    canvas.line((left, y), (right, y), ink(FAINT, 0.6));
}

/// Width of a text at body size.
pub(crate) fn body(text: &str) -> f64 {
    width(text, BODY)
}
