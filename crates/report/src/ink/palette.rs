//! Which colours and line widths does every figure use?
//!
//! The palette is that of Okabe and Ito (2008), which people with any common colour blindness can
//! tell apart; its yellow is left out, as thin lines of it vanish on white.

/// Red, green and blue.
pub(crate) type Color = (u8, u8, u8);

pub(crate) const BLACK: Color = (0, 0, 0);
pub(crate) const WHITE: Color = (255, 255, 255);
pub(crate) const BLUE: Color = (0, 114, 178);
pub(crate) const VERMILLION: Color = (213, 94, 0);
pub(crate) const GREEN: Color = (0, 158, 115);
pub(crate) const PURPLE: Color = (204, 121, 167);
pub(crate) const ORANGE: Color = (230, 159, 0);
pub(crate) const SKY: Color = (86, 180, 233);
/// Text that is not the message.
pub(crate) const SOFT: Color = (90, 90, 90);
/// Lines that are not the message.
pub(crate) const FAINT: Color = (170, 170, 170);
/// Grid lines.
pub(crate) const GRID: Color = (225, 225, 225);
/// Every other row.
pub(crate) const STRIPE: Color = (245, 245, 245);

/// In order of use, before black.
pub(crate) const CYCLE: [Color; 6] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY];

/// Colour number `index`, going round.
pub(crate) fn cycle(index: usize) -> Color {
    CYCLE[index % CYCLE.len()]
}

/// How a line or area is drawn. Widths are in pixels of 1/96 inch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink {
    pub color: Color,
    pub alpha: f64,
    pub width: f64,
}

/// Opaque ink.
pub(crate) fn ink(color: Color, width: f64) -> Ink {
    Ink { color, alpha: 1.0, width }
}

/// Ink that lets what is below shine through.
pub(crate) fn veil(color: Color, alpha: f64) -> Ink {
    Ink { color, alpha, width: 1.0 }
}

/// Dash patterns in pixels, on and off in turn. The first is solid.
pub(crate) const DASHES: [&[f64]; 5] =
    [&[], &[5.0, 3.0], &[1.5, 2.5], &[6.0, 2.0, 1.5, 2.0], &[3.0, 1.5]];
