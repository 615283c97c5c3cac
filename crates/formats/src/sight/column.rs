//! What stands in a column?

use crate::place::shortened;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Different values that are counted; of more it is only known that there are more.
const MOST_DISTINCT: usize = 20_000;
/// Different values that are listed.
const MOST_LISTED: usize = 24;
/// Characters of a value that may be listed.
const LONGEST_LISTED: usize = 40;

/// What most cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Texts.
    Text,
    /// Numbers, also written as text.
    Number,
    /// true and false.
    Truth,
    /// Lists, also the JSON or Python text of lists. The column of the elements has `[*]` in its path.
    List,
    /// Conversations in any form.
    Chat,
    /// Nothing: every cell is empty.
    Empty,
}

/// A column, or a path into its JSON.
#[derive(Clone, Debug)]
pub struct Column {
    /// As a mapping names it: `winner`, `worker.id`, `scores[*].stars`.
    pub path: String,
    /// What most of its cells are.
    pub shape: Shape,
    /// Cells that there could be: rows, or elements of the list that it goes through.
    pub places: u64,
    /// Cells that hold something.
    pub filled: u64,
    /// Different values, up to 20,000.
    pub distinct: usize,
    /// Whether there are more.
    pub has_more: bool,
    /// The values and how often each occurs, if they are few and short; else nothing.
    pub values: BTreeMap<String, u64>,
    /// Least and greatest number.
    pub range: Option<(f64, f64)>,
    /// Whether all numbers are whole.
    pub is_whole: bool,
    /// Words in a cell, on average.
    pub words: f64,
    /// Whether all lists have the same length, and which.
    pub length: Option<usize>,
    /// Of conversations: the fewest turns of one, and whether all end with the assistant.
    pub turns: Option<(usize, bool)>,
    /// The beginning of the first cell that holds something.
    pub example: String,
}

impl Column {
    /// Share of the cells that hold nothing.
    pub fn missing(&self) -> f64 {
        1.0 - self.filled as f64 / self.places.max(1) as f64
    }

    /// The last name of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path).trim_end_matches("[*]")
    }

    /// The list that it goes through, if it does.
    pub fn list(&self) -> Option<&str> {
        self.path.rsplit_once("[*]").map(|(list, _)| list)
    }
}

/// Facts of a column, as they come in.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub filled: u64,
    pub texts: u64,
    pub numbers: u64,
    pub truths: u64,
    pub lists: u64,
    pub chats: u64,
    hashes: HashSet<u64>,
    has_more: bool,
    values: BTreeMap<String, u64>,
    is_listed: Option<bool>,
    range: Option<(f64, f64)>,
    has_fractions: bool,
    words: u64,
    lengths: Option<(usize, usize)>,
    turns: Option<(usize, bool)>,
    example: String,
}

impl Facts {
    /// A cell of text, number or truth.
    pub fn scalar(&mut self, value: &Value) {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.trim().is_empty() || value.is_null() {
            return;
        }
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        match (value, number) {
            (Value::Bool(_), _) => self.truths += 1,
            (_, Some(number)) => self.number(number),
            _ if ["true", "false"].contains(&text.trim().to_ascii_lowercase().as_str()) => {
                self.truths += 1;
            }
            _ => self.texts += 1,
        }
        self.words += text.split_whitespace().count() as u64;
        self.cell(&text);
    }

    fn number(&mut self, number: f64) {
        self.numbers += 1;
        self.has_fractions |= number.fract() != 0.0;
        let (low, high) = self.range.unwrap_or((number, number));
        self.range = Some((low.min(number), high.max(number)));
    }

    /// A list of this length, or of nothing.
    pub fn list(&mut self, value: &Value, length: usize) {
        self.lists += 1;
        let (least, most) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((least.min(length), most.max(length)));
        if length > 0 {
            self.cell(&value.to_string());
        }
    }

    /// A conversation of so many turns.
    pub fn chat(&mut self, value: &Value, turns: usize, is_answered: bool) {
        self.chats += 1;
        let (least, all) = self.turns.unwrap_or((turns, true));
        self.turns = Some((least.min(turns), all && is_answered));
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.words += text.split_whitespace().count() as u64;
        self.cell(&text);
    }

    fn cell(&mut self, text: &str) {
        self.filled += 1;
        if self.example.is_empty() {
            self.example = shortened(text);
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        match self.hashes.len() < MOST_DISTINCT {
            true => _ = self.hashes.insert(hasher.finish()),
            false => self.has_more |= !self.hashes.contains(&hasher.finish()),
        }
        self.list_value(text);
    }

    fn list_value(&mut self, text: &str) {
        if self.is_listed == Some(false) {
            return;
        }
        *self.values.entry(text.to_owned()).or_default() += 1;
        let fits = self.values.len() <= MOST_LISTED && text.chars().count() <= LONGEST_LISTED;
        self.is_listed = Some(fits);
        if !fits {
            self.values.clear();
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Self { filled: 0, lists: 0, .. } => Shape::Empty,
            Self { texts: 0, numbers: 0, truths: 0, chats: 0, .. } => Shape::List,
            Self { chats: 1.., .. } => Shape::Chat,
            Self { texts: 0, truths: 0, .. } => Shape::Number,
            Self { texts: 0, numbers: 0, .. } => Shape::Truth,
            _ => Shape::Text,
        }
    }

    pub fn finish(self, path: String, places: u64) -> Column {
        let shape = self.shape();
        Column {
            path,
            shape,
            places: places.max(self.filled),
            filled: self.filled,
            distinct: self.hashes.len(),
            has_more: self.has_more,
            values: self.values,
            range: self.range.filter(|_| shape == Shape::Number),
            is_whole: !self.has_fractions,
            words: self.words as f64 / self.filled.max(1) as f64,
            length: self.lengths.filter(|(least, most)| least == most).map(|(least, _)| least),
            turns: self.turns,
            example: self.example,
        }
    }
}
