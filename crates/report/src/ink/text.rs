//! How wide is a text, and where does it wrap?
//!
//! Plotters without system fonts only guesses, so widths come from the same shaping of the same
//! embedded font that makes the PNG.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use resvg::usvg::{self, fontdb};

/// Font of every figure, embedded in this crate.
pub(crate) const FAMILY: &str = "DejaVu Sans";
/// Font size of most text, pixels: 8 pt.
pub(crate) const BODY: f64 = 10.7;
/// Distance of lines, pixels.
pub(crate) const LINE: f64 = 13.0;

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../assets/DejaVuSans.ttf").to_vec());
    Arc::new(fonts)
});

thread_local! {
    static WIDTHS: RefCell<HashMap<String, f64>> = RefCell::default();
}

/// Options with the embedded font and no other.
pub(crate) fn options() -> usvg::Options<'static> {
    usvg::Options {
        fontdb: Arc::clone(&FONTS),
        font_family: FAMILY.to_owned(),
        ..usvg::Options::default()
    }
}

/// Width of a line of text in pixels at a font size in pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let known = WIDTHS.with_borrow(|widths| widths.get(text).copied());
    let per_pixel = known.unwrap_or_else(|| {
        let measured = measure(text);
        WIDTHS.with_borrow_mut(|widths| widths.insert(text.to_owned(), measured));
        measured
    });
    per_pixel * size
}

/// The widest of some lines.
pub(crate) fn widest<'a>(lines: impl IntoIterator<Item = &'a String>, size: f64) -> f64 {
    lines.into_iter().map(|line| width(line, size)).fold(0.0, f64::max)
}

/// Width at size 1. A text that cannot be shaped counts as a wide one.
fn measure(text: &str) -> f64 {
    const SIZE: f64 = 100.0;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
         <text font-family=\"{FAMILY}\" font-size=\"{SIZE}\">{}</text></svg>",
        escape(text)
    );
    let guess = text.chars().count() as f64 * 0.7;
    let tree = usvg::Tree::from_str(&svg, &options());
    let first = |tree: usvg::Tree| match tree.root().children().first() {
        Some(usvg::Node::Text(text)) => f64::from(text.bounding_box().width()) / SIZE,
        _ => guess,
    };
    tree.map_or(guess, first)
}

/// As the content of an XML element; what XML cannot hold becomes the replacement character.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Breaks a text into lines of at most `most` pixels: after spaces, hyphens and underscores, and
/// inside of a word only when it is too long alone.
pub(crate) fn wrap(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive([' ', '-', '_', '/']) {
        let longer = format!("{line}{word}");
        if width(longer.trim_end(), size) <= most {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(line.trim_end().to_owned());
        }
        line = break_word(word, size, most, &mut lines);
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Pushes what fits on whole lines and returns the rest.
fn break_word(word: &str, size: f64, most: f64, lines: &mut Vec<String>) -> String {
    let mut rest = String::new();
    for letter in word.chars() {
        let longer = format!("{rest}{letter}");
        if !rest.is_empty() && width(longer.trim_end(), size) > most {
            lines.push(std::mem::take(&mut rest));
        }
        rest.push(letter);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // The advance of "m" in DejaVu Sans is 1995 of 2048 units, that of "i" 569.
        assert!((width("m", 2048.0) - 1995.0).abs() < 2.0, "{}", width("m", 2048.0));
        assert!((width("ii", 2048.0) - 1138.0).abs() < 2.0, "{}", width("ii", 2048.0));
        assert_eq!(width("", 10.0), 0.0);
    }

    #[test]
    fn lines_keep_the_text_and_their_width() {
        let wide = width("and critiques", BODY) + 1.0;
        let lines = wrap("comparisons and critiques", BODY, wide);
        assert_eq!(lines, ["comparisons", "and critiques"].map(str::to_owned));
        let lines = wrap("demonstrations", BODY, 40.0);
        assert!(lines.len() > 1 && lines.concat() == "demonstrations", "{lines:?}");
        assert!(widest(&lines, BODY) <= 40.0);
        assert!(wrap("", BODY, 40.0).is_empty());
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escape("a<b & \u{1}"), "a&lt;b &amp; \u{fffd}");
    }
}
