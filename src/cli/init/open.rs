//! What is still to be filled in, in a file that `medley init` wrote.

use medley_formats::FILL_IN;
use medley_toml_file::SpecError;
use std::ops::Range;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// Refuses a file in which a value is left to be filled in, by its line and what stands there of it.
///
/// # Errors
/// There is such a value.
pub(crate) fn check(file: &Path, text: &str) -> Result<(), Box<SpecError>> {
    if let Some(span) = choice(text) {
        let (number, _) = line_of(text, span.start);
        let message = format!(
            "no kind of feedback is chosen: take the \"# \" off the lines of one of the blocks, of which the \
             first begins in line {number}"
        );
        return Err(Box::new(SpecError::new(file, text, span, message)));
    }
    let Some(span) = spans(text).into_iter().next() else { return Ok(()) };
    let (number, line) = line_of(text, span.start);
    let wanted = line.split_once(" # ").map_or("a value of yours", |(_, wanted)| wanted.trim());
    let message = format!("line {number} is to be filled in: {wanted}");
    Err(Box::new(SpecError::new(file, text, span, message)))
}

/// Numbers of the lines in which something is left to be filled in, from 1; or of the one in which blocks
/// begin of which one is to be chosen.
pub(crate) fn lines(text: &str) -> Vec<usize> {
    if let Some(span) = choice(text) {
        return vec![line_of(text, span.start).0];
    }
    let mut lines: Vec<usize> =
        spans(text).into_iter().map(|span| line_of(text, span.start).0).collect();
    lines.dedup();
    lines
}

/// The title of the first block within comments, if none is chosen.
fn choice(text: &str) -> Option<Range<usize>> {
    const RECORD: &str = "[[import.columns.records]]";
    if text.lines().any(|line| line.trim_start().starts_with(RECORD)) {
        return None;
    }
    let first = text.find(&format!("\n# {RECORD}"))?;
    let title = text[..first].rfind("\n## ")? + 1;
    let end = text[title..].find('\n').map_or(text.len(), |end| title + end);
    Some(title..end)
}

fn line_of(text: &str, at: usize) -> (usize, &str) {
    let number = text[..at].matches('\n').count();
    (number + 1, text.lines().nth(number).unwrap_or_default())
}

/// Where values are left open, in the order of the text; nothing if it is no TOML, which others say.
fn spans(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Ok(document) = DeTable::parse(text) {
        add_table(document.get_ref(), &mut found);
    }
    found.sort_by_key(|span| span.start);
    found
}

fn add_table(table: &DeTable<'_>, found: &mut Vec<Range<usize>>) {
    for value in table.values() {
        add(value.get_ref(), value.span(), found);
    }
}

fn add(value: &DeValue<'_>, span: Range<usize>, found: &mut Vec<Range<usize>>) {
    match value {
        DeValue::String(text) if text.as_ref() == FILL_IN => found.push(span),
        DeValue::Array(list) => {
            list.iter().for_each(|value| add(value.get_ref(), value.span(), found));
        }
        DeValue::Table(table) => add_table(table, found),
        _ => {}
    }
}
