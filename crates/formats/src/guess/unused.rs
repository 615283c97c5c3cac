//! Which columns does no line of a mapping name?

use super::told::{Line, RecordGuess};
use crate::Sight;
use serde_json::Value;

/// Paths of the columns that hold something and that no line names.
pub(super) fn unused(sight: &Sight, top: &[Line], records: &[RecordGuess]) -> Vec<String> {
    sight
        .columns
        .iter()
        .filter(|column| !named_by(top, records, &column.path) && column.filled > 0)
        .map(|column| column.path.clone())
        .collect()
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
