//! What do all records of a mapping share?

use super::table::Table;
use super::told::{Line, RecordGuess};

/// Prompt and context; where nothing was asked, what keeps records of one item together.
/// None, if each row is an item of its own.
pub(super) fn top(table: &Table<'_>, records: &[RecordGuess]) -> Vec<Line> {
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
    }
    lines
}
