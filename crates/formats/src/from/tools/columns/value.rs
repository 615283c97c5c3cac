//! What does the value of a cell mean: a text, a number, a key of `values`?

use crate::spoken::{Spoken, no_text};
use crate::{Aside, is_missing, truth_of};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What `values` says for a value.
pub(super) fn translation<'v>(
    values: &'v BTreeMap<String, Value>,
    found: &Value,
) -> Option<&'v Value> {
    let key = key(found);
    if let Some(value) = values.get(&*key).or_else(|| values.get(key.trim())) {
        return Some(value);
    }
    // "1", "1.0" and 1 are one answer.
    let number = number(found)?;
    let same = |text: &String| text.trim().parse::<f64>().is_ok_and(|known| known == number);
    values.iter().find(|(text, _)| same(text)).map(|(_, value)| value)
}

/// Whether a value is one of those that are wanted. Truth values are compared as such: pandas writes
/// `True` where JSON has `true`.
pub(super) fn is_among(wanted: &BTreeMap<String, Value>, found: &Value) -> bool {
    let is_same = |one: &Value| {
        let (one_truth, found_truth) = (truth_of(one), truth_of(found));
        (one.is_boolean() || found.is_boolean()) && one_truth.is_some() && one_truth == found_truth
    };
    translation(wanted, found).is_some() || wanted.values().any(is_same)
}

/// A value as `values` names it.
pub(super) fn key(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// A text, a number or truth value as text, or a conversation in any form; and what the report says of it.
pub(super) fn spoken(value: &Value) -> Result<(Spoken, Vec<Aside>), String> {
    match no_text(value) {
        Some(told) => Ok((Spoken::Text(value.to_string()), vec![told])),
        None => {
            let spoken = Spoken::read(value.clone())?;
            let asides = spoken.asides();
            Ok((spoken, asides))
        }
    }
}

/// A text, or a number or truth value as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether a cell that is no free text says that its value is missing, as `NA` does.
pub(super) fn says_missing(value: &Value) -> bool {
    value.as_str().is_some_and(is_missing)
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
