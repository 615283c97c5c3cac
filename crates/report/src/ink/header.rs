//! How do names stand over the columns of a matrix?

use crate::canvas::{Anchor, Canvas, Text};
use crate::palette::BLACK;
use crate::text::{BODY, LINE, widest, width, wrap};

/// Longest line of a name that stands upright.
const TURNED: f64 = 130.0;

/// How the names of the columns stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Header {
    /// In lines of at most this width.
    Flat(f64),
    /// Turned by a quarter, where a word is wider than its column.
    Turned,
}

impl Header {
    /// Flat where no word would be broken.
    pub fn of<'a>(names: impl Iterator<Item = &'a String>, most: f64) -> Self {
        let mut words = names.flat_map(|name| name.split_inclusive([' ', '-', '_', '/']));
        match words.all(|word| width(word.trim_end(), BODY) <= most) {
            true => Header::Flat(most),
            false => Header::Turned,
        }
    }

    pub fn lines(self, name: &str) -> Vec<String> {
        match self {
            Header::Flat(most) => wrap(name, BODY, most),
            Header::Turned => wrap(name, BODY, TURNED),
        }
    }

    pub fn height(self, names: &[String]) -> f64 {
        let lines = names.iter().map(|name| self.lines(name));
        match self {
            Header::Flat(_) => lines.map(|lines| lines.len() as f64 * LINE).fold(0.0, f64::max),
            Header::Turned => lines.map(|lines| widest(&lines, BODY)).fold(0.0, f64::max) + 3.0,
        }
    }

    /// Draws a name over the middle of its column, which begins at `top`.
    pub fn draw(self, canvas: &mut Canvas, name: &str, (middle, top): (f64, f64)) {
        let lines = self.lines(name);
        let back = lines.len() as f64 - 1.0;
        match self {
            Header::Flat(_) => {
                let at = (middle, top - 8.0 - back * LINE);
                canvas.lines(&lines, word(String::new(), at, (Anchor::Middle, 0.0)));
            }
            // Turned by a quarter, the first line is the leftmost.
            Header::Turned => {
                for (line, text) in lines.into_iter().enumerate() {
                    let at = (middle + (line as f64 - back / 2.0) * LINE, top - 5.0);
                    canvas.text(word(text, at, (Anchor::Start, -90.0)));
                }
            }
        }
    }
}

fn word(text: String, at: (f64, f64), (anchor, turn): (Anchor, f64)) -> Text {
    Text { text, at, size: BODY, color: BLACK, anchor, turn }
}
