//! How is the scale of colours of a matrix drawn?

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Text};
use crate::palette::{Color, FAINT, SOFT, ink};
use crate::text::{BODY, LINE};

const BAR: (f64, f64) = (180.0, 10.0);

/// Draws a bar from `-limit` to `limit`, whose colours are those of `color` from -1 to 1; returns the
/// bottom.
pub(crate) fn bar(
    canvas: &mut Canvas,
    limit: f64,
    color: impl Fn(f64) -> Color,
    (left, top): (f64, f64),
) -> f64 {
    const STEPS: i32 = 80;
    let x = Axis { low: -limit, high: limit, from: left, to: left + BAR.0 };
    let bottom = top + BAR.1;
    for step in 0..STEPS {
        let at = |step: f64| 2.0 * step / f64::from(STEPS) - 1.0;
        let from = x.at(limit * at(f64::from(step)));
        let color = color(at(f64::from(step) + 0.5));
        // Each reaches to the end and lies below the next, so that no seam shows.
        canvas.block((from, top), (x.to, bottom), ink(color, 1.0));
    }
    for (value, label) in x.ticks(4) {
        let at = x.at(value);
        canvas.line((at, bottom), (at, bottom + 3.0), ink(FAINT, 0.8));
        let (at, anchor) = ((at, bottom + 10.5), Anchor::Middle);
        canvas.text(Text { text: label, at, size: BODY, color: SOFT, anchor, turn: 0.0 });
    }
    bottom + 10.5 + LINE / 2.0
}
