//! Which colours and line widths does every figure use?
//!
//! The palette is that of Okabe and Ito (2008), which people with any common colour blindness can
//! tell apart; its yellow is left out, as thin lines of it vanish on white.

/// Red, green and blue.
pub(crate) type Color = (u8, u8, u8);

pub(crate) const BLACK: Color = (0, 0, 0);
/// Black on a coloured ground: a shade beside black, so that a page which turns black into white where it is
/// dark leaves it as it is.
pub(crate) const ON_LIGHT: Color = (1, 1, 1);
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

/// The colour at a place of [`crate::mix::looks`].
pub(crate) fn shade(place: usize) -> Color {
    match place {
        0 => BLACK,
        other => cycle(other - 1),
    }
}

/// From vermillion at -1 over white at 0 to blue at 1: two hues that stay apart under every common
/// colour blindness, and both darken away from 0. What lies beyond has the colour of the end.
pub(crate) fn diverging(value: f64) -> Color {
    let end = if value < 0.0 { VERMILLION } else { BLUE };
    let share = value.abs().min(1.0);
    let mix = |white: u8, end: u8| {
        (f64::from(white) + share * (f64::from(end) - f64::from(white))).round() as u8
    };
    (mix(WHITE.0, end.0), mix(WHITE.1, end.1), mix(WHITE.2, end.2))
}

/// [`ON_LIGHT`] or white, whichever has the higher contrast to a ground (WCAG 2.2, at least 4.5 to 1).
pub(crate) fn readable(ground: Color) -> Color {
    let light = luminance(ground) + 0.05;
    if light / 0.05 >= 1.05 / light { ON_LIGHT } else { WHITE }
}

/// Relative luminance of an sRGB colour, in [0, 1] (WCAG 2.2).
fn luminance((r, g, b): Color) -> f64 {
    let linear = |channel: u8| match f64::from(channel) / 255.0 {
        low if low <= 0.04045 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_white_at_zero_and_darkens_to_both_ends() {
        assert_eq!(diverging(0.0), WHITE);
        assert_eq!([diverging(-1.0), diverging(1.0)], [VERMILLION, BLUE]);
        assert_eq!(diverging(-3.0), VERMILLION);
        for side in [-1.0, 1.0] {
            let steps: Vec<f64> =
                (0..=20).map(|step| luminance(diverging(side * f64::from(step) / 20.0))).collect();
            assert!(steps.windows(2).all(|pair| pair[1] < pair[0]), "{steps:?}");
        }
    }

    #[test]
    fn text_can_be_read_on_every_colour_of_the_scale() {
        for step in -50..=50 {
            let ground = diverging(f64::from(step) / 50.0);
            let (one, other) = (luminance(ground), luminance(readable(ground)));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 4.5, "{ground:?}: {contrast}");
        }
        assert_eq!([readable(WHITE), readable(BLUE)], [ON_LIGHT, WHITE]);
    }
}
