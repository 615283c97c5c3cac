//! Which value of a row is an attribute of a person, and as what?
//!
//! A whole number beyond 2^53 would be rounded to its neighbour, and two people would become equal:
//! it is refused as a number, and a text that says it stays a text. The group of a person is a text,
//! as that of a record is, so that a number there is a name.

use crate::filled;
use medley_dataset::PersonValue;
use serde_json::{Number, Value};

/// What a cell about a person has to be.
pub(crate) const EXPECTED: &str = "a text, or a number up to 2^53";

/// The column whose values are texts, whatever they look like.
pub(crate) const GROUP: &str = "group";

/// Numbers of this size and below are whole numbers of 64-bit floats, each of them.
const LARGEST_WHOLE: u64 = 1 << 53;

/// The value of an attribute as it is; none where it is unknown.
///
/// # Errors
/// It is neither a text nor a number, or a number that would be rounded.
pub(crate) fn attribute(name: &str, value: &Value) -> Result<Option<PersonValue>, &'static str> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(filled(text).map(PersonValue::Text)),
        Value::Number(number) => match exact(number) {
            Some(_) if name == GROUP => Ok(Some(PersonValue::Text(number.to_string()))),
            Some(number) => Ok(Some(PersonValue::Number(number))),
            None => Err(EXPECTED),
        },
        _ => Err(EXPECTED),
    }
}

/// The number that a cell is or says, unless it would be rounded.
pub(crate) fn exact_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => exact(number),
        Value::String(text) => {
            let text = text.trim();
            match text.parse::<i64>() {
                Ok(whole) => exact(&whole.into()),
                // Larger whole numbers come here too.
                Err(_) => text.parse().ok().filter(is_below_largest),
            }
        }
        _ => None,
    }
}

/// Whole numbers that 64 bits do not hold come as floats that are rounded already.
pub(crate) fn exact(number: &Number) -> Option<f64> {
    let whole = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    match whole {
        Some(size) => number.as_f64().filter(|_| size <= LARGEST_WHOLE),
        None => number.as_f64().filter(is_below_largest),
    }
}

/// False for NaN as well.
fn is_below_largest(number: &f64) -> bool {
    number.abs() < LARGEST_WHOLE as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_told_apart_or_are_none() {
        let check = |value: &str, expect: Option<f64>| {
            let number: Value = serde_json::from_str(value).unwrap();
            assert_eq!(exact_number(&number), expect, "{value}");
            assert_eq!(exact_number(&json!(value)), expect, "{value:?}");
        };
        check("9007199254740992", Some(9007199254740992.0));
        check("9007199254740993", None);
        check("-9007199254740993", None);
        check("18446744073709551615", None);
        check("99999999999999999999", None);
        check("1e300", None);
        check("0.30000000000000004", Some(0.30000000000000004));
        check("-0.5", Some(-0.5));
        for text in ["", "x", "nan", "inf", "0x10"] {
            assert_eq!(exact_number(&json!(text)), None, "{text:?}");
        }
        assert_eq!(exact_number(&json!(" 31 ")), Some(31.0));
    }

    #[test]
    fn a_group_is_a_text() {
        let text = |text: &str| Ok(Some(PersonValue::Text(text.into())));
        assert_eq!(attribute("group", &json!(1)), text("1"));
        assert_eq!(attribute("group", &json!("01")), text("01"));
        assert_eq!(attribute("age", &json!(1)), Ok(Some(PersonValue::Number(1.0))));
        assert_eq!(attribute("age", &json!(" ")), Ok(None));
        assert_eq!(attribute("age", &json!([1])), Err(EXPECTED));
        assert_eq!(attribute("id", &json!(9007199254740993_u64)), Err(EXPECTED));
    }
}
