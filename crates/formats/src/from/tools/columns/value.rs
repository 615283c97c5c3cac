//! What does the value of a cell mean: a text, a number, a key of `values`?

use super::cell::unpacked;
use crate::turns;
use serde_json::Value;
use std::collections::BTreeMap;

/// What `values` says for a value.
pub(super) fn translation<'v>(
    values: &'v BTreeMap<String, Value>,
    found: &Value,
) -> Option<&'v Value> {
    let key = key(found);
    if let Some(value) = values.get(&key).or_else(|| values.get(key.trim())) {
        return Some(value);
    }
    // "1", "1.0" and 1 are one answer.
    let number = number(found)?;
    let same = |text: &String| text.trim().parse::<f64>().is_ok_and(|known| known == number);
    values.iter().find(|(text, _)| same(text)).map(|(_, value)| value)
}

/// A value as `values` names it.
pub(super) fn key(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text, or a list of messages as one text.
pub(super) fn text(value: Value) -> Option<String> {
    match unpacked_messages(value) {
        Value::String(text) => Some(text),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Array(messages) => {
            let turn = |message: &Value| {
                let field = |name: &str| Some(message.get(name)?.as_str()?.to_owned());
                Some((field("role")?, field("content")?))
            };
            let turns: Vec<_> = messages.iter().map(turn).collect::<Option<_>>()?;
            Some(turns::render(turns.iter().map(|(role, content)| (&**role, &**content))))
        }
        _ => None,
    }
}

/// Messages that are written as text: only a list of objects with a role, since an answer may well
/// be a JSON list.
fn unpacked_messages(value: Value) -> Value {
    let unpacked = unpacked(value.clone());
    let messages = unpacked.as_array().is_some_and(|list| {
        !list.is_empty() && list.iter().all(|message| message.get("role").is_some())
    });
    if messages { unpacked } else { value }
}

/// A finite number, also one that is written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// A whole number from 0.
pub(super) fn count(number: f64) -> Option<u32> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(number as u32)
}
