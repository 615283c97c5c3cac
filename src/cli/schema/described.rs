//! What do the keys of a table mean? As the documentation of the structs says that they are read into.
//!
//! Doc comments are gone when a program runs, so they are kept in a file, which `tests/schema.rs` writes
//! from the sources and finds out of date.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A struct, and the documentation of its keys.
#[derive(Deserialize)]
struct Table {
    table: String,
    keys: BTreeMap<String, String>,
}

/// The documentation of all structs that are read from TOML.
pub(super) struct Described(Vec<Table>);

impl Described {
    pub(super) fn read() -> anyhow::Result<Self> {
        Ok(Self(serde_json::from_str(include_str!("descriptions.json"))?))
    }

    /// Adds what is written of the keys of the struct called `table`. Structs of several crates have the
    /// same name; it is the one with these keys.
    pub(super) fn describe(&self, table: &str, properties: &mut Map<String, Value>) {
        let has_all = |it: &&Table| properties.keys().all(|key| it.keys.contains_key(key));
        let named = || self.0.iter().filter(|it| it.table == table);
        let Some(found) = named().filter(has_all).min_by_key(|it| it.keys.len()) else { return };
        for (key, property) in properties {
            if let (Some(text), Some(property)) = (found.keys.get(key), property.as_object_mut()) {
                property.insert("description".to_owned(), json!(text));
            }
        }
    }
}
