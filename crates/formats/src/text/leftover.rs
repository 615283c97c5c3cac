//! Fields of an open format that no record holds, told once.

use crate::{Import, Row};
use std::collections::BTreeSet;

/// Names of the fields that were met and are not kept.
#[derive(Default)]
pub(crate) struct Leftover(BTreeSet<String>);

impl Leftover {
    /// Remembers the fields of a row that are not among `kept`.
    pub fn see(&mut self, row: &Row, kept: &[&str]) {
        for name in row.fields.keys() {
            if !kept.contains(&name.as_str()) && !self.0.contains(name) {
                self.0.insert(name.clone());
            }
        }
    }

    /// Tells of them in the report.
    pub fn note(self, import: &mut Import<'_>) {
        if !self.0.is_empty() {
            let names: Vec<&str> = self.0.iter().map(String::as_str).collect();
            let note = format!("fields that are not kept: {}", names.join(", "));
            import.report().notes.push(note);
        }
    }
}
