//! Which kitchens does `layouts.json` have?

use super::kitchen::Kitchen;
use crate::content::{self, Content, damaged, unfit};
use crate::{Import, ImportError};
use std::collections::BTreeMap;
use std::path::Path;

/// Kitchens by name.
pub(super) type Kitchens = BTreeMap<String, Kitchen>;

/// The grids of `layouts.json`.
pub(super) fn read_kitchens(import: &Import<'_>, file: &Path) -> Result<Kitchens, ImportError> {
    let (Content::JsonObjects(reader) | Content::JsonArray(reader)) =
        content::open(file, &import.reading())?
    else {
        return Err(unfit(file, "a JSON object of grids by name", "another kind of file"));
    };
    let grids: BTreeMap<String, Vec<String>> =
        serde_json::from_reader(reader).map_err(|error| match error.is_io() {
            true => damaged(file, &error.into()),
            false => unfit(file, "a JSON object of grids by name", &error.to_string()),
        })?;
    grids
        .into_iter()
        .map(|(name, rows)| match Kitchen::new(rows) {
            Ok(kitchen) => Ok((name, kitchen)),
            Err(found) => {
                let expected = format!("a grid of cells X, O, P, D, S, 1, 2 or blank in `{name}`");
                Err(unfit(file, &expected, &found))
            }
        })
        .collect()
}
