//! What a table may mean: a mapping that is guessed from names and values of columns, to be read by whoever
//! knows the data.
//!
//! An import guesses nothing, so that no wrong number comes in unseen; a guess is text in a file that
//! a person reads before anything is imported. Where names and values do not tell, the guess says
//! [`FILL_IN`] in place of a value, which no import accepts. It deliberately does not look at answers to
//! tell which side is better, or at texts to tell what they are about.

mod comparisons;
mod edits;
mod judged;
mod named;
mod ratings;
mod scales;
mod sides;
mod table;
mod told;
mod words;

pub use named::{Fit, fits};
pub use told::{FILL_IN, Line, RecordGuess};

use crate::Sight;
use serde_json::Value;
use table::Table;

/// What a table may mean.
#[derive(Clone, Debug)]
pub struct Guess {
    /// What all records share: prompt, group, context.
    pub top: Vec<Line>,
    /// At least one.
    pub records: Vec<RecordGuess>,
    /// Columns that no line names.
    pub unused: Vec<String>,
}

impl Guess {
    /// How many values are left to whoever reads it.
    pub fn open(&self) -> usize {
        let lines = self.records.iter().flat_map(|record| &record.lines).chain(&self.top);
        lines.filter(|line| line.is_open()).count()
    }
}

/// Guesses a mapping for what was seen.
pub fn guess(sight: &Sight) -> Guess {
    let table = Table::new(sight);
    let mut records = comparisons::records(&table);
    if records.is_empty() {
        records = judged::listed(&table);
    }
    if records.is_empty() {
        records = edits::records(&table);
    }
    if records.is_empty() {
        records = judged::records(&table);
    }
    let top = top(&table, &records);
    let unused = sight
        .columns
        .iter()
        .filter(|column| !named_by(&top, &records, &column.path) && column.filled > 0)
        .map(|column| column.path.clone())
        .collect();
    Guess { top, records, unused }
}

/// Prompt and context; where nothing was asked, what keeps records of one item together.
fn top(table: &Table<'_>, records: &[RecordGuess]) -> Vec<Line> {
    let mut lines = Vec::new();
    let taken: Vec<&str> =
        records.iter().flat_map(|record| &record.texts).map(String::as_str).collect();
    let asked = records.iter().find_map(|record| record.asked.clone());
    if let Some(path) = &asked {
        lines.push(Line::column("prompt", path, "all turns but the last"));
    } else if let Some(prompt) = table.prompt(&taken) {
        lines.push(Line::column("prompt", &prompt.path, "guessed from its name"));
        if let Some(context) = table.context(&taken, &prompt.path) {
            lines.push(Line::column("context", &context.path, "guessed from its name"));
        }
    } else if let Some(group) = table.group(&taken) {
        let why = "no prompt was found: rows with the same value are about one item";
        lines.push(Line::column("group", &group.path, why));
    } else if let Some(text) = taken.iter().find(|text| !text.contains("[*]")) {
        let why = "no prompt was found: each text is an item of its own";
        lines.push(Line::column("group", text, why));
    } else {
        let why = "the column of the prompt, or of an id of the item";
        lines.push(Line::open("prompt", why));
    }
    lines
}

/// Whether some line names this column, or a list or object that it lies in.
fn named_by(top: &[Line], records: &[RecordGuess], path: &str) -> bool {
    let lines = records.iter().flat_map(|record| &record.lines).chain(top);
    let names = |text: &str| {
        let is_at = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        text.strip_prefix(path).is_some_and(is_at) || path.strip_prefix(text).is_some_and(is_at)
    };
    let mut columns = Vec::new();
    lines.for_each(|line| columns_of(&line.value, &mut columns));
    columns.iter().any(|text| names(text))
}

/// Texts of a value that may be columns.
fn columns_of<'a>(value: &'a Value, columns: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => columns.push(text),
        Value::Array(list) => list.iter().for_each(|value| columns_of(value, columns)),
        Value::Object(fields) => {
            let named = ["column", "position"].into_iter().filter_map(|key| fields.get(key));
            named.for_each(|value| columns_of(value, columns));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
