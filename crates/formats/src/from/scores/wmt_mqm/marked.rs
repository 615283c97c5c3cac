//! Where does a text have the marks `<v>` and `</v>`, and what is it without them?

use std::ops::Range;

/// A text without marks.
#[derive(Debug, PartialEq)]
pub(super) struct Marked {
    pub text: String,
    /// What stood between the marks, if they are one opening and one closing one, in Unicode
    /// scalar values of `text`.
    pub chars: Option<Range<u32>>,
    /// Number of marks.
    pub marks: usize,
    /// Whether white space at the end was cut.
    pub cut: bool,
}

impl Marked {
    pub fn parse(raw: &str) -> Self {
        let marks = raw.matches("<v>").count() + raw.matches("</v>").count();
        let mut text = raw.replace("</v>", "").replace("<v>", "");
        let whole = text.len();
        text.truncate(text.trim_end().len());
        let count = |text: &str| text.chars().count() as u32;
        let span = raw.split_once("<v>").and_then(|(before, rest)| {
            let (inside, _) = rest.split_once("</v>")?;
            let start = count(before);
            Some(start..(start + count(inside)).min(count(&text)))
        });
        let chars = span.filter(|span| marks == 2 && span.start < span.end);
        Self { chars, marks, cut: text.len() < whole, text }
    }
}
