//! Cells that come as text or as JSON: numbers, truth values, missing values, people.
//!
//! To be named in `#[serde(deserialize_with = "...")]`, with `#[serde(default)]` where the field
//! may be absent.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

/// The text, unless it is only white space.
pub fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// A finite number, or text that is one.
///
/// # Errors
/// Anything else.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    optional_number(deserializer)?.ok_or_else(|| D::Error::custom("expected a number, found none"))
}

/// A finite number, text that is one, or none: null, an empty text, "N/A", "NA", "nan", "null",
/// "none", `<NA>`.
///
/// # Errors
/// Anything else.
pub fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = match &value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = text.trim();
            if is_missing(text) {
                return Ok(None);
            }
            text.parse().ok()
        }
        _ => None,
    };
    match number.filter(|number: &f64| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(D::Error::custom(format!("expected a number, found {value}"))),
    }
}

/// Whether a text is what pandas, R, Python and people write where a value is missing.
pub(crate) fn is_missing(text: &str) -> bool {
    const WORDS: [&str; 7] = ["", "n/a", "na", "nan", "null", "none", "<na>"];
    WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// true, false, 0, 1, or text that is one of these in any case.
///
/// # Errors
/// Anything else.
pub fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let expected = || D::Error::custom(format!("expected true or false, found {value}"));
    truth_of(&value).ok_or_else(expected)
}

/// The truth value that a cell is, as [`truth`] has it.
pub(crate) fn truth_of(value: &Value) -> Option<bool> {
    let text = match value {
        Value::String(text) => text.trim().to_ascii_lowercase(),
        other => other.to_string(),
    };
    match text.as_str() {
        "true" | "1" | "1.0" => Some(true),
        "false" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

/// Text, a number or truth value as text, or none: null or an empty text.
///
/// # Errors
/// A list or an object.
pub fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(filled(&text)),
        value @ (Value::Number(_) | Value::Bool(_)) => Ok(Some(value.to_string())),
        value => Err(D::Error::custom(format!("expected a text, found {value}"))),
    }
}

/// The name of a person, as every file writes it: 7, 7.0, "7" and " 7 " are one person. None, where the
/// text says that nobody is named: empty, or what [`optional_number`] takes for a missing value.
pub fn person(text: &str) -> Option<String> {
    let text = text.trim();
    if is_missing(text) {
        return None;
    }
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let whole = text.split_once('.').filter(|(whole, rest)| {
        is_digits(whole.strip_prefix('-').unwrap_or(whole)) && rest.bytes().all(|it| it == b'0')
    });
    Some(whole.map_or(text, |(whole, _)| whole).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Field 23, after https://github.com/pandas-dev/pandas/issues/25353.
    #[test]
    fn a_person_has_one_name_and_nobody_has_none() {
        for name in ["7", "7.0", " 7 ", "7.00"] {
            assert_eq!(person(name).as_deref(), Some("7"), "{name:?}");
        }
        for name in ["", " ", "nan", "NaN", "None", "null", "<NA>", "NA", "N/A"] {
            assert_eq!(person(name), None, "{name:?}");
        }
        for name in ["7.5", "v1.0.0", "a.0", "1e3", "Nan Li", "-", "007", "9007199254740993"] {
            assert_eq!(person(name).as_deref(), Some(name));
        }
        assert_eq!(person("-7.0").as_deref(), Some("-7"));
    }

    #[test]
    fn cells_are_read_from_text_and_json() {
        assert_eq!(number(json!("2.5")).unwrap(), 2.5);
        assert_eq!(number(json!(2)).unwrap(), 2.0);
        assert!(number(json!("two")).is_err());
        assert!(number(json!("inf")).is_err());
        assert!(number(json!("N/A")).is_err());
        for missing in ["N/A", "NA", " nan ", "<NA>", "None"] {
            assert_eq!(optional_number(json!(missing)).unwrap(), None, "{missing}");
        }
        assert_eq!(optional_number(json!(null)).unwrap(), None);
        assert!(truth(json!("True")).unwrap());
        assert!(!truth(json!(0)).unwrap());
        assert!(truth(json!("yes")).is_err());
        assert_eq!(optional_text(json!(" ")).unwrap(), None);
        assert_eq!(optional_text(json!(7)).unwrap(), Some("7".into()));
    }
}
