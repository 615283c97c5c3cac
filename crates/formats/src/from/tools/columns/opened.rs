//! Cells that paths go into and that are written as text, read once for a row: for each element of a
//! list they would be read as often as the list is long.

use super::cell::Cell;
use crate::structured::{MENDED, Structured, structured};
use crate::{Aside, Row};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Columns that some path goes into and none takes whole.
pub(super) struct Opened(BTreeSet<String>);

impl Opened {
    pub fn new<'c>(cells: impl Iterator<Item = &'c Cell>) -> Self {
        let (mut into, mut whole) = (BTreeSet::new(), BTreeSet::new());
        for cell in cells {
            let Cell::Column { path, .. } = cell else { continue };
            // A column may have the whole name of a path.
            whole.insert(path.text.clone());
            into.extend(path.column_gone_into().map(str::to_owned));
        }
        Self(into.difference(&whole).cloned().collect())
    }

    /// The row with these columns as the lists and objects that their texts are. One that is damaged
    /// stands as it is, for the path that goes into it to tell.
    pub fn of<'r>(&self, row: &'r Row) -> Cow<'r, Row> {
        let names = self.0.iter();
        let found = names.filter_map(|name| Some((name, opened(row.fields.get(name)?)?)));
        let found: Vec<(&String, Structured)> = found.collect();
        if found.is_empty() {
            return Cow::Borrowed(row);
        }
        let mut row = row.clone();
        for (name, Structured { value, is_mended }) in found {
            if is_mended {
                row.tell(format!("cell {name}"), vec![Aside::Kept(MENDED.to_owned())]);
            }
            row.fields.insert(name.clone(), value);
        }
        Cow::Owned(row)
    }
}

/// The list or object that a text is, if it is one.
fn opened(value: &Value) -> Option<Structured> {
    let found = structured(value.as_str()?).ok()??;
    (found.value.is_array() || found.value.is_object()).then_some(found)
}
