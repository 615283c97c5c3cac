//! Lines of a guessed mapping.

use serde_json::{Value, json};

/// Stands where the data do not tell. No import accepts it.
pub const FILL_IN: &str = "FILL IN";

/// `key = value`, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// As the mapping has it.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
    /// A remark for whoever reads it.
    pub why: String,
}

impl Line {
    pub(super) fn new(key: &'static str, value: Value, why: impl Into<String>) -> Self {
        Self { key, value, why: why.into() }
    }

    pub(super) fn column(key: &'static str, path: &str, why: &str) -> Self {
        Self::new(key, json!(path), why)
    }

    /// A value that is left to whoever reads it, who is told what is wanted.
    pub(super) fn open(key: &'static str, wanted: &str) -> Self {
        Self::new(key, json!(FILL_IN), wanted)
    }

    /// Whether something is to be filled in.
    pub fn is_open(&self) -> bool {
        holds_open(&self.value)
    }
}

fn holds_open(value: &Value) -> bool {
    match value {
        Value::String(text) => text == FILL_IN,
        Value::Array(list) => list.iter().any(holds_open),
        Value::Object(fields) => fields.values().any(holds_open),
        _ => false,
    }
}

/// One `[[import.columns.records]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordGuess {
    /// Kind of feedback; [`FILL_IN`] if there is not even a text.
    pub kind: &'static str,
    /// What it is taken for, in a sentence.
    pub title: String,
    /// Its fields.
    pub lines: Vec<Line>,
    /// Paths of the texts that it is about.
    pub(super) texts: Vec<String>,
    /// The prompt, if that lies in the same conversation as the answer.
    pub(super) asked: Option<String>,
}

/// A whole mapping, one of several that are left to whoever reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Prompt, group and context.
    pub top: Vec<Line>,
    /// What it makes of a row.
    pub record: RecordGuess,
}

impl RecordGuess {
    pub(super) fn new(kind: &'static str, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), lines: Vec::new(), texts: Vec::new(), asked: None }
    }

    /// Adds a column of texts that the record is about.
    pub(super) fn text(&mut self, key: &'static str, path: &str, why: &str) {
        self.lines.push(Line::column(key, path, why));
        self.texts.push(path.to_owned());
    }
}
