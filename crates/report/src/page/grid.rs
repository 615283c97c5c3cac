//! What is a table of the page, before it is HTML, LaTeX or CSV?

use crate::summary::number;

/// A table. Its name is that of its files, without ending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// File name without ending, and part of anchors: letters, digits and hyphens.
    pub name: String,
    /// What it is a table of, one sentence.
    pub caption: String,
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The lines that can be sorted.
    pub lines: Vec<Line>,
    /// Lines that stay below the others: what these are read against.
    pub references: Vec<Line>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub head: String,
    /// Whether it holds numbers, which stand at the right.
    pub is_number: bool,
}

/// A line of a table, one item for each column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Anchor within the page; none if nothing links to it.
    pub id: Option<String>,
    /// What stands in the columns.
    pub items: Vec<Item>,
}

/// What stands in one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// As it is read.
    pub text: String,
    /// The number behind the text, in full precision; none for words.
    pub value: Option<f64>,
    /// Anchor within the page of the rows that it comes from.
    pub to: Option<String>,
}

impl Column {
    /// A column of words.
    pub fn words(head: impl Into<String>) -> Self {
        Column { head: head.into(), is_number: false }
    }

    /// A column of numbers.
    pub fn numbers(head: impl Into<String>) -> Self {
        Column { head: head.into(), is_number: true }
    }
}

impl Line {
    /// A line that nothing links to.
    pub fn of(items: Vec<Item>) -> Self {
        Line { id: None, items }
    }
}

impl Item {
    /// Words.
    pub fn words(text: impl Into<String>) -> Self {
        Item { text: text.into(), value: None, to: None }
    }

    /// A number as the summary writes it; a dash for none.
    pub fn number(value: impl Into<Option<f64>>) -> Self {
        match value.into() {
            None => Item::words("–"),
            Some(value) => Item { text: number(value), value: Some(value), to: None },
        }
    }

    /// A whole number.
    pub fn count(value: u64) -> Self {
        Item { text: value.to_string(), value: Some(value as f64), to: None }
    }

    /// With a link to the rows behind it.
    pub fn linked(self, to: Option<String>) -> Self {
        Item { to, ..self }
    }
}

/// A name as a part of file names and anchors: small letters and digits, joined by hyphens.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    let short: String = slug.chars().take(80).collect();
    if short.is_empty() { "table".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_anchors() {
        assert_eq!(slug("Held-out  qa: Log likelihood!"), "held-out-qa-log-likelihood");
        assert_eq!(slug("Ä"), "table");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd", "no path out of a folder");
    }

    #[test]
    fn numbers_keep_their_precision() {
        let item = Item::number(1.0 / 3.0);
        assert_eq!((item.text.as_str(), item.value), ("0.333", Some(1.0 / 3.0)));
        assert_eq!(Item::number(None).text, "–");
    }
}
