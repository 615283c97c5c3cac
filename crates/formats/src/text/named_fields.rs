//! Fields of a row by names that are options, and fields that nobody asked for.

use crate::lists::unpacked;
use crate::said::is_nothing;
use crate::spoken::Spoken;
use crate::{Draft, ImportError, Row, truth};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The field, or none if it is absent or null.
pub(crate) fn optional<T: DeserializeOwned>(
    row: &Row,
    name: &str,
) -> Result<Option<T>, ImportError> {
    let Some(value) = row.fields.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    read(row, name, value).map(Some)
}

fn read<T: DeserializeOwned>(row: &Row, name: &str, value: &Value) -> Result<T, ImportError> {
    let parsed = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            inner if inner == "." => name.to_owned(),
            inner if inner.starts_with('[') => format!("{name}{inner}"),
            inner => format!("{name}.{inner}"),
        };
        row.place.unparsed(path, error.inner())
    });
    parsed.inspect(|_| row.is_read())
}

/// The list in a field, also one that is written as text, or none.
pub(crate) fn optional_list<T: DeserializeOwned>(
    row: &Row,
    name: &str,
) -> Result<Option<Vec<T>>, ImportError> {
    let Some(text) = row.fields.get(name).filter(|value| value.is_string()) else {
        return optional(row, name);
    };
    let list = unpacked(text).map_err(|message| ImportError::Parse {
        place: row.place.clone(),
        path: name.to_owned(),
        message,
    })?;
    row.tell(format!("list {name}"), list.asides());
    read(row, name, &list.value).map(Some)
}

/// The list in a field, also one that is written as text, which must be there.
pub(crate) fn required_list<T: DeserializeOwned>(
    row: &Row,
    name: &str,
) -> Result<Vec<T>, ImportError> {
    there(row, name, optional_list(row, name)?)
}

/// The field, which must be there.
pub(crate) fn required<T: DeserializeOwned>(row: &Row, name: &str) -> Result<T, ImportError> {
    there(row, name, optional(row, name)?)
}

fn there<T>(row: &Row, name: &str, value: Option<T>) -> Result<T, ImportError> {
    let there: Vec<&str> = row.fields.keys().map(String::as_str).collect();
    let missing = || match there.contains(&name) {
        true => row.place.wrong(name, "there", "a missing value (null, or NaN)"),
        false => row.place.wrong(name, "there", format!("only {}", there.join(", "))),
    };
    value.ok_or_else(missing)
}

/// The prompt in a field that must be there; null says as little as an empty text.
pub(crate) fn prompt(row: &Row, name: &str) -> Result<Spoken, ImportError> {
    match row.fields.get(name) {
        Some(Value::Null) => Ok(Spoken::Text(String::new())),
        _ => required(row, name),
    }
}

/// The system prompt in a field of its own, which is part of the question as a context is.
pub(crate) fn system(row: &Row) -> Option<&str> {
    let text = row.fields.get(SYSTEM)?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}

/// Where a row has its system prompt.
pub(crate) const SYSTEM: &str = "system";

/// Counts the fields that hold something and are not among `known`.
pub(crate) fn drop_others(draft: &mut Draft<'_>, row: &Row, known: &[&str]) {
    for (name, value) in &row.fields {
        if !known.contains(&name.as_str()) && !is_nothing(value) {
            draft.drop(&format!("field `{name}`"));
        }
    }
}

/// As [`truth`] reads it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Truth(#[serde(deserialize_with = "truth")] pub bool);
