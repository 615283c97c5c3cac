//! The JSON schema of what a type reads, with defaults, for editors.
//!
//! Built when it is asked for, from what the type asks serde for (`probe.rs`): it cannot be of another
//! version than the code, and holds what is linked from elsewhere. It is not derived: names of
//! implementations are known only to the binary, and a derive on every struct would cost each crate a
//! build dependency. It does not say which numbers are out of range, nor what hand-written readers
//! expect beyond a JSON type.
//!
//! Two keys are for whoever puts schemas together, who replaces them: `x-tags` lists the names that an
//! extension point has, and `x-table` is the Rust name of the struct that a table is read into.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod probe;
mod required;

use probe::{Head, Step, head};
use required::least;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The schema of what `T` reads, with the defaults that it writes.
pub fn schema<T: DeserializeOwned + Serialize>() -> Value {
    let mut schema = read::<T>();
    with_defaults::<T>(&mut schema, &[]);
    schema
}

/// The same of a type that is only read: without defaults.
pub fn schema_of_read<T: DeserializeOwned>() -> Value {
    read::<T>()
}

fn read<T: DeserializeOwned>() -> Value {
    Exploration::<T>::default().explore(&[])
}

/// The schema of the options of each implementation of an extension point, by name.
pub fn tags_schema<T: DeserializeOwned + Serialize>() -> Map<String, Value> {
    let Some(Head::Tags(names)) = head::<T>(&[]) else { return Map::new() };
    let of = |name: String| {
        let path = [Step::Key(name.clone())];
        let mut schema = Exploration::<T>::default().explore(&path);
        with_defaults::<T>(&mut schema, &path);
        (name, schema)
    };
    names.into_iter().map(of).collect()
}

/// What becomes of `inf` where TOML is brought to JSON, as Taplo does. Written, it cannot be: TOML has no null.
const INFINITE: &str = "null";

/// Types that hold themselves end here.
const DEEPEST: usize = 14;

struct Exploration<T>(std::marker::PhantomData<T>);

impl<T> Default for Exploration<T> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<T: DeserializeOwned> Exploration<T> {
    fn explore(&self, path: &[Step]) -> Value {
        if path.len() > DEEPEST {
            return json!({});
        }
        match head::<T>(path) {
            None | Some(Head::Unit) => json!({}),
            // Of none or of all types: nothing is known.
            Some(Head::Any(types)) if types.is_empty() || types.len() == 6 => json!({}),
            Some(Head::Any(mut types)) => {
                types.extend(types.contains(&"number").then_some(INFINITE));
                json!({ "type": types })
            }
            Some(Head::Bool) => json!({ "type": "boolean" }),
            Some(Head::Integer { least: None }) => json!({ "type": "integer" }),
            Some(Head::Integer { least: Some(least) }) => {
                json!({ "type": "integer", "minimum": least })
            }
            Some(Head::Number) => json!({ "type": ["number", INFINITE] }),
            Some(Head::Text) => json!({ "type": "string" }),
            Some(Head::List) => {
                json!({ "type": "array", "items": self.explore(&behind(path, Step::Item)) })
            }
            Some(Head::Items(count)) => {
                json!({ "type": "array", "minItems": count, "maxItems": count })
            }
            Some(Head::Map) => {
                let value = self.explore(&behind(path, Step::Key("x".to_owned())));
                json!({ "type": "object", "additionalProperties": value })
            }
            Some(Head::Tags(names)) => json!({ "x-tags": names }),
            Some(Head::Table { name, keys }) => self.table(path, name, keys),
            Some(Head::Choice(names)) => self.choice(path, names),
        }
    }

    fn table(&self, path: &[Step], name: &str, keys: &[&str]) -> Value {
        let value = |key: &&str| self.explore(&behind(path, Step::Key((*key).to_owned())));
        let properties: Map<String, Value> =
            keys.iter().map(|key| ((*key).to_owned(), value(key))).collect();
        let required: Vec<String> = least::<T>(path, &properties).0.keys().cloned().collect();
        let mut table = json!({
            "type": "object", "properties": properties, "additionalProperties": false, "x-table": name,
        });
        if !required.is_empty() {
            table["required"] = json!(required);
        }
        table
    }

    /// Names alone, and names with something behind them.
    fn choice(&self, path: &[Step], names: &[&'static str]) -> Value {
        let mut alone = Vec::new();
        let mut choices = Vec::new();
        for &name in names {
            let behind = behind(path, Step::Variant(name));
            match head::<T>(&behind) {
                Some(Head::Unit) => alone.push(name),
                _ => choices.push(json!({
                    "type": "object", "properties": { name: self.explore(&behind) },
                    "required": [name], "additionalProperties": false,
                })),
            }
        }
        if choices.is_empty() {
            return json!({ "enum": alone });
        }
        if !alone.is_empty() {
            choices.insert(0, json!({ "enum": alone }));
        }
        json!({ "anyOf": choices })
    }
}

fn behind(path: &[Step], step: Step) -> Vec<Step> {
    path.iter().cloned().chain([step]).collect()
}

/// Adds what is written when only what is required was given.
fn with_defaults<T: DeserializeOwned + Serialize>(schema: &mut Value, path: &[Step]) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let given = Value::Object(least::<T>(path, properties).0);
    let inner = path.iter().rev().fold(given, |inner, step| match step {
        Step::Key(key) => json!({ key: inner }),
        _ => inner,
    });
    let Ok(read) = serde_json::from_value::<T>(inner) else { return };
    let Ok(mut written) = serde_json::to_value(read) else { return };
    for step in path {
        if let Step::Key(key) = step {
            written = written[key.as_str()].take();
        }
    }
    add_defaults(schema, &written);
}

fn add_defaults(schema: &mut Value, written: &Value) {
    let required: Vec<Value> = schema["required"].as_array().cloned().unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (key, property) in properties {
        let Some(value) = written.get(key).filter(|value| !value.is_null()) else { continue };
        add_defaults(property, value);
        if !required.contains(&json!(key)) && property.get("properties").is_none() {
            property["default"] = value.clone();
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
