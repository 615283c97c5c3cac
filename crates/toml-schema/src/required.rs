//! Which keys of a table have no default?
//!
//! Serde tells of one at a time: the table is read without it, and then with some value of its type.

use super::probe::Step;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A table with all keys that are required and no other, as far as serde can be made to tell.
pub(super) struct Least(pub(super) Map<String, Value>);

/// The least table at the end of `path`, whose `keys` have these schemas.
pub(super) fn least<T: DeserializeOwned>(path: &[Step], keys: &Map<String, Value>) -> Least {
    let mut given = Map::new();
    while let Some(key) = missing::<T>(path, &given).filter(|key| is_new(key, keys, &given)) {
        let is_taken = |sample: &Value| {
            let mut with = given.clone();
            with.insert(key.clone(), sample.clone());
            match refusal::<T>(path, &with) {
                None => true,
                Some(message) => missing_key(&message).is_some_and(|other| other != key),
            }
        };
        let samples = samples(&keys[&key]);
        let chosen = samples.iter().find(|sample| is_taken(sample)).or(samples.first()).cloned();
        given.insert(key, chosen.unwrap_or_default());
    }
    Least(given)
}

fn is_new(key: &str, keys: &Map<String, Value>, given: &Map<String, Value>) -> bool {
    keys.contains_key(key) && !given.contains_key(key)
}

fn missing<T: DeserializeOwned>(path: &[Step], given: &Map<String, Value>) -> Option<String> {
    missing_key(&refusal::<T>(path, given)?).map(str::to_owned)
}

/// What is said of a table at the end of `path`; none if that, or what lies around it, is at fault.
fn refusal<T: DeserializeOwned>(path: &[Step], given: &Map<String, Value>) -> Option<String> {
    let whole = path.iter().rev().fold(Value::Object(given.clone()), |inner, step| match step {
        Step::Key(key) => json!({ key: inner }),
        Step::Variant(name) => json!({ *name: inner }),
        Step::Item => json!([inner]),
    });
    let error = serde_path_to_error::deserialize::<_, T>(whole).err()?;
    let is_within = error.path().iter().count() >= path.len();
    is_within.then(|| error.into_inner().to_string())
}

fn missing_key(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// Values that a schema allows, to try.
fn samples(schema: &Value) -> Vec<Value> {
    if let Some(names) = schema["x-tags"].as_array() {
        return names.iter().filter_map(Value::as_str).map(|name| json!({ name: {} })).collect();
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().flat_map(samples).collect();
    }
    if let Some(names) = schema["enum"].as_array() {
        return names.clone();
    }
    let of_type = |kind: &str| match kind {
        "boolean" => json!(true),
        "integer" | "number" => json!(1),
        "string" => json!("x"),
        "array" => json!([]),
        _ => {
            let needed =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let sample = |key: &str| samples(&schema["properties"][key]).into_iter().next();
            needed
                .filter_map(|key| Some((key.to_owned(), sample(key)?)))
                .collect::<Map<_, _>>()
                .into()
        }
    };
    match &schema["type"] {
        Value::String(kind) => vec![of_type(kind)],
        _ => ["string", "integer", "boolean", "array", "object"].map(of_type).to_vec(),
    }
}
