//! A text, and the same text after somebody corrected it.

use super::table::{Table, best};
use super::told::RecordGuess;
use super::words::{AFTER, BEFORE, RESPONSE};

/// A correction, if one column is called the corrected one.
pub(super) fn records(table: &Table<'_>) -> Vec<RecordGuess> {
    let Some(after) = best(table.texts(), AFTER) else { return Vec::new() };
    let others = || table.texts().filter(|column| column.path != after.path);
    let before = best(others(), BEFORE).or_else(|| best(others(), RESPONSE));
    let Some(before) = before else { return Vec::new() };
    let title = format!("corrections of `{}` to `{}`", before.path, after.path);
    let mut record = RecordGuess::new("correction", title);
    record.text("original", &before.path, "");
    record.text("corrected", &after.path, "");
    table.add_who(&mut record, None);
    vec![record]
}
