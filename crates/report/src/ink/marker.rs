//! Which shapes mark the points of lines, so that lines can be told apart without their colour?

use crate::canvas::Canvas;
use crate::palette::{Color, ink};

/// The shape of a mark, filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Disc,
    Square,
    /// On its base.
    Triangle,
    Diamond,
    /// A triangle on its tip.
    Wedge,
}

/// In order of use, before the disc. There are fewer than colours, so that a colour that comes round
/// again has another shape.
const CYCLE: [Marker; 4] = [Marker::Square, Marker::Triangle, Marker::Diamond, Marker::Wedge];

/// Marker number `index`, going round.
pub(crate) fn marker(index: usize) -> Marker {
    CYCLE[index % CYCLE.len()]
}

impl Marker {
    /// About as much ink for each shape.
    pub fn draw(self, canvas: &mut Canvas, (x, y): (f64, f64), color: Color) {
        let ink = ink(color, 1.0);
        let corners: &[(f64, f64)] = match self {
            Marker::Disc => return canvas.disc((x, y), 2.7, ink),
            Marker::Square => &[(-2.4, -2.4), (2.4, -2.4), (2.4, 2.4), (-2.4, 2.4)],
            Marker::Triangle => &[(0.0, -3.6), (3.4, 2.2), (-3.4, 2.2)],
            Marker::Diamond => &[(0.0, -3.6), (3.2, 0.0), (0.0, 3.6), (-3.2, 0.0)],
            Marker::Wedge => &[(0.0, 3.6), (3.4, -2.2), (-3.4, -2.2)],
        };
        canvas.area(corners.iter().map(|(right, down)| (x + right, y + down)).collect(), ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::cycle;

    #[test]
    fn twelve_lines_differ_in_colour_or_shape() {
        let looks: Vec<(Color, Marker)> = (0..12).map(|line| (cycle(line), marker(line))).collect();
        for (place, look) in looks.iter().enumerate() {
            assert!(!looks[place + 1..].contains(look) && look.1 != Marker::Disc, "{look:?}");
        }
    }
}
