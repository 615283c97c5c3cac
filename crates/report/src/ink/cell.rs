//! How is a value drawn in a cell of a matrix?
//!
//! The value stands in its cell, so that colour only guides the eye, and no reader has to tell shades
//! apart. Cells that say nothing about the sign are hatched and not left white: white is a value, 0.

use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::hatched;
use crate::palette::{Color, SOFT, STRIPE, ink, readable};
use crate::text::{BODY, LINE, width};

/// White between cells, on each side.
const GAP: f64 = 0.75;

/// Where a cell lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub from: (f64, f64),
    pub to: (f64, f64),
}

impl Place {
    /// A cell of a size with its top left corner in the grid.
    pub fn new((left, top): (f64, f64), (wide, high): (f64, f64)) -> Self {
        let from = (left + GAP, top + GAP);
        Self { from, to: (from.0 + wide - 2.0 * GAP, from.1 + high - 2.0 * GAP) }
    }

    pub fn middle(&self) -> (f64, f64) {
        ((self.from.0 + self.to.0) / 2.0, (self.from.1 + self.to.1) / 2.0)
    }
}

/// A cell without a value.
pub(crate) fn blank(canvas: &mut Canvas, place: Place, text: &str) {
    canvas.block(place.from, place.to, ink(STRIPE, 1.0));
    if !text.is_empty() {
        canvas.text(word(text.to_owned(), place.middle(), (BODY, SOFT)));
    }
}

/// Lines of text with their sizes on a ground, hatched where the sign is open.
pub(crate) fn valued(
    canvas: &mut Canvas,
    place: Place,
    (ground, open): (Color, bool),
    texts: Vec<(String, f64)>,
) {
    canvas.block(place.from, place.to, ink(ground, 1.0));
    if open {
        hatched(canvas, (place.from, place.to));
    }
    let (x, y) = place.middle();
    let first = y - (texts.len() as f64 - 1.0) * LINE / 2.0;
    for (line, (text, size)) in texts.into_iter().enumerate() {
        let at = (x, first + line as f64 * LINE);
        if open {
            plate(canvas, at, (width(&text, size), size), ground);
        }
        canvas.text(word(text, at, (size, readable(ground))));
    }
}

/// Clears a line of text from the hatching.
fn plate(canvas: &mut Canvas, (x, y): (f64, f64), (wide, size): (f64, f64), ground: Color) {
    let (half, high) = (wide / 2.0 + 2.0, 0.365 * size + 2.5);
    canvas.block((x - half, y - high), (x + half, y + high), ink(ground, 1.0));
}

fn word(text: String, at: (f64, f64), (size, color): (f64, Color)) -> Text {
    Text { text, at, size, color, anchor: Anchor::Middle, turn: 0.0 }
}
