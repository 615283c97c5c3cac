//! How are values with names drawn, such as strengths of models or agreement within groups?
//!
//! Names stand on the axis and not in a legend, so that nobody has to match colours.

use crate::alt::{Alt, listed, titled, with_ends};
use crate::axis::{Axis, padded, range, x_axis};
use crate::canvas::{Anchor, Canvas, Text};
use crate::legend::{mark, notes};
use crate::palette::{BLACK, BLUE, DASHES, SOFT, STRIPE, ink};
use crate::text::{BODY, LINE, widest, wrap};
use crate::{Figure, ReportError};

/// Named values, one below the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// File name without ending.
    pub name: String,
    /// Above the figure; may be empty.
    pub title: String,
    /// With unit.
    pub x_label: String,
    /// From top to bottom.
    pub rungs: Vec<Rung>,
    /// A line over all rows, and what it is.
    pub reference: Option<(String, f64)>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rung {
    /// On the axis.
    pub label: String,
    /// What is drawn.
    pub value: f64,
    /// Ends of its whisker.
    pub interval: Option<(f64, f64)>,
}

const WIDTH: f64 = 384.0;
const MARGIN: f64 = 8.0;
/// Longest line of a name.
const NAMES: f64 = 150.0;
const LEAST_ROW: f64 = 16.0;

/// Draws named values, 4 inches wide.
///
/// ```
/// use medley_report::{Ladder, Rung, ladder_figure};
/// let rung = |label: &str, value| Rung { label: label.into(), value, interval: None };
/// let figure = ladder_figure(&Ladder {
///     name: "tournament".into(),
///     x_label: "strength (log-odds)".into(),
///     rungs: vec![rung("gpt-4", 0.5), rung("llama", -0.5)],
///     ..Ladder::default()
/// })?;
/// assert!(figure.texts().contains(&"gpt-4".to_owned()));
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// No value is finite, or the drawing layer fails.
pub fn ladder_figure(ladder: &Ladder) -> Result<Figure, ReportError> {
    let ends = |rung: &Rung| {
        let (low, high) = rung.interval.unwrap_or((rung.value, rung.value));
        [rung.value, low, high]
    };
    let values = ladder.rungs.iter().flat_map(ends);
    let all = range(values.chain(ladder.reference.iter().map(|it| it.1)));
    let nothing = || ReportError::Empty(format!("{} has no finite value", ladder.name));
    let (low, high) = padded(all.ok_or_else(nothing)?);
    let mut canvas = Canvas::default();
    let names: Vec<Vec<String>> =
        ladder.rungs.iter().map(|rung| wrap(&rung.label, BODY, NAMES)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let row = LEAST_ROW.max(lines * LINE + 3.0);
    let from = MARGIN + widest(names.iter().flatten(), BODY) + 8.0;
    let x = Axis { low, high, from, to: WIDTH - MARGIN - 8.0 };
    let title = wrap(&ladder.title, BODY + 1.0, WIDTH - 2.0 * MARGIN);
    let at = (WIDTH / 2.0, MARGIN + 6.0);
    canvas.lines(&title, Text { size: BODY + 1.0, ..word(at, Anchor::Middle) });
    let above = if ladder.reference.is_some() { LINE } else { 0.0 };
    let top = MARGIN + title.len() as f64 * (LINE + 1.0) + 4.0 + above;
    let bottom = top + ladder.rungs.len() as f64 * row;
    for place in (0..ladder.rungs.len()).step_by(2) {
        let first = top + place as f64 * row;
        canvas.block((MARGIN, first), (x.to, first + row), ink(STRIPE, 1.0));
    }
    x_axis(&mut canvas, &x, (top, bottom), 8.0);
    if let Some((text, value)) = ladder.reference.as_ref().filter(|it| it.1.is_finite()) {
        let line = x.at(*value);
        canvas.dashed((line, top), (line, bottom), DASHES[1], ink(SOFT, 1.2));
        let half = crate::text::width(text, BODY) / 2.0;
        let middle = line.min(WIDTH - MARGIN - half).max(MARGIN + half);
        let word = word((middle, top - LINE / 2.0), Anchor::Middle);
        canvas.text(Text { text: text.clone(), color: SOFT, ..word });
    }
    for (place, (rung, lines)) in ladder.rungs.iter().zip(&names).enumerate() {
        let y = top + (place as f64 + 0.5) * row;
        let first = y - (lines.len() as f64 - 1.0) * LINE / 2.0;
        canvas.lines(lines, word((from - 8.0, first), Anchor::End));
        if let Some((low, high)) = rung.interval.filter(|(a, b)| a.is_finite() && b.is_finite()) {
            canvas.line((x.at(low), y), (x.at(high), y), ink(BLUE, 1.4));
        }
        if rung.value.is_finite() {
            mark(&mut canvas, (x.at(rung.value), y), BLUE, true);
        }
    }
    let below = wrap(&ladder.x_label, BODY, x.to - x.from);
    canvas.lines(&below, word(((x.from + x.to) / 2.0, bottom + 25.0), Anchor::Middle));
    let end = bottom + 22.0 + below.len() as f64 * LINE;
    let end = notes(&mut canvas, &ladder.notes, (MARGIN, WIDTH - MARGIN), end + 2.0);
    Ok(canvas.finish(&ladder.name, WIDTH, end + MARGIN)?.described(ladder_alt(ladder)))
}

fn word(at: (f64, f64), anchor: Anchor) -> Text {
    Text { text: String::new(), at, size: BODY, color: BLACK, anchor, turn: 0.0 }
}

/// What the figure shows, in words.
fn ladder_alt(of: &Ladder) -> Alt {
    let rungs = of.rungs.iter();
    let rungs =
        rungs.map(|rung| format!("{} {}", rung.label, with_ends(rung.value, rung.interval)));
    let mut sentences = vec![format!("{}: {}.", of.x_label, listed(rungs))];
    sentences.extend(
        of.reference
            .iter()
            .map(|(name, value)| format!("Line: {name} {}.", with_ends(*value, None))),
    );
    sentences.extend(of.notes.iter().cloned());
    Alt::new(titled(&of.title, &of.name), sentences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::check_layout;

    fn rung(label: &str, value: f64, interval: Option<(f64, f64)>) -> Rung {
        Rung { label: label.into(), value, interval }
    }

    #[test]
    fn names_stand_on_the_axis() {
        let long = "a-model-with-a-name-that-is-longer-than-a-line-of-the-axis";
        let ladder = Ladder {
            name: "tournament".into(),
            title: "Strengths".into(),
            x_label: "strength (log-odds)".into(),
            rungs: vec![
                rung(long, 1.0, Some((0.5, 1.5))),
                rung("b", f64::NAN, None),
                rung("c", -1.0, Some((f64::NEG_INFINITY, 0.0))),
            ],
            reference: Some(("all annotators".into(), 1.4)),
            notes: vec!["Whisker: 95 % interval.".into()],
        };
        let figure = ladder_figure(&ladder).unwrap();
        check_layout(&figure);
        for text in ["Strengths", "strength (log-odds)", "b", "c", "all annotators"] {
            assert!(figure.texts().iter().any(|it| it == text), "{text}: {:?}", figure.texts());
        }
        assert_eq!(ladder_figure(&ladder).unwrap(), figure);
    }

    #[test]
    fn nothing_to_draw_is_an_error() {
        let none = Ladder { rungs: vec![rung("a", f64::NAN, None)], ..Ladder::default() };
        assert!(matches!(ladder_figure(&none), Err(ReportError::Empty(_))));
    }
}
