//! Which line of a mapping is an error about?
//!
//! Importers are read by their name in TOML, and on the way serde forgets where their options stood. The
//! option at fault is the one without which the mapping would be read, or the record that is refused
//! by itself.

use medley_toml_file::{SpecError, table};
use std::ops::Range;
use std::path::Path;
use toml::{Table, Value};

const RECORD: &str = "[[import.columns.records]]";

/// The same error at the option or the record of `[import.columns]` that it is about, as far as `read`
/// shows that: the message with which it refuses a table.
pub(super) fn at_option(
    file: &Path,
    text: &str,
    error: Box<SpecError>,
    read: &dyn Fn(Table) -> Option<String>,
) -> Box<SpecError> {
    let Ok(whole) = table(file, text) else { return error };
    let Some(options) = options(&whole).cloned() else { return error };
    let with = |options: Table| {
        let mut whole = whole.clone();
        if let Some(Value::Table(import)) = whole.get_mut("import") {
            import.insert("columns".to_owned(), Value::Table(options));
        }
        read(whole)
    };
    let without = |key: &str| {
        let mut options = options.clone();
        options.remove(key);
        options
    };
    // Behind it, serde says in which list or table it was.
    let message = error.message.split("\n\nin `").next().unwrap_or_default().trim_end().to_owned();
    if with(without("records")).is_none() {
        let records = options.get("records").and_then(Value::as_array);
        let is_refused = |record: &Value| {
            let mut options = options.clone();
            options.insert("records".to_owned(), Value::Array(vec![record.clone()]));
            with(options).is_some()
        };
        let number = records.and_then(|records| records.iter().position(is_refused));
        let span = number.and_then(|number| record(text, number));
        return match span {
            Some(span) => {
                let span =
                    within(text, &span, &message).unwrap_or(span.start..span.start + RECORD.len());
                Box::new(SpecError::new(file, text, span, message))
            }
            None => error,
        };
    }
    match options.keys().find(|key| with(without(key)).is_none()) {
        Some(key) => Box::new(SpecError::at(file, text, &["import", "columns", key], message)),
        None => error,
    }
}

fn options(whole: &Table) -> Option<&Table> {
    whole.get("import")?.get("columns")?.as_table()
}

/// The text of a record, from its head to the next head of a table.
fn record(text: &str, number: usize) -> Option<Range<usize>> {
    let mut at = 0;
    let mut heads = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            heads.push((at + line.len() - line.trim_start().len(), line.trim() == RECORD));
        }
        at += line.len();
    }
    let place = heads.iter().enumerate().filter(|(_, (_, is_record))| *is_record).nth(number)?.0;
    let end = heads.get(place + 1).map_or(text.len(), |(next, _)| *next);
    Some(heads[place].0..end)
}

/// The key of a record that a message names in backquotes first.
fn within(text: &str, span: &Range<usize>, message: &str) -> Option<Range<usize>> {
    let names = message.split('`').skip(1).step_by(2);
    let is_key = |at: usize, name: &str| {
        let rest = text[at + name.len()..span.end].trim_start();
        let before = text[span.start..at].chars().next_back();
        rest.starts_with('=')
            && !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-')
    };
    names.filter(|name| !name.is_empty()).find_map(|name| {
        let found = text[span.clone()].match_indices(name).map(|(at, _)| span.start + at);
        found.into_iter().find(|&at| is_key(at, name)).map(|at| at..at + name.len())
    })
}
