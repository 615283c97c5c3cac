//! The text of one JSON value, and what Python writes that is no JSON.

use crate::place::shortened;
use crate::rows::json_value::Distinct;
use crate::rows::named::{FieldNames, Fields, Object};
use crate::{ImportError, Place};
use serde::de::DeserializeSeed;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// A row that was mended.
pub(crate) const MENDED: &str = "row with half a surrogate pair, read as U+FFFD";

/// A value, and whether halves of surrogate pairs in it were replaced.
pub(crate) fn value(text: &str) -> serde_json::Result<(Value, bool)> {
    read(text, |text| serde_json::from_str(text).map(|Distinct(value)| value))
}

/// The same of a row: fields under the names of the row before if they are the same, or a value that is
/// no object.
pub(crate) fn row(
    text: &str,
    names: &mut Arc<FieldNames>,
) -> serde_json::Result<(Result<Fields, Value>, bool)> {
    read(text, |text| {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = Object(names).deserialize(&mut reader)?;
        reader.end().map(|()| read)
    })
}

fn read<T>(
    text: &str,
    mut parse: impl FnMut(&str) -> serde_json::Result<T>,
) -> serde_json::Result<(T, bool)> {
    let text = &*with_all_digits(text);
    parse(text).map(|value| (value, false)).or_else(|error| {
        let mended = without_lone_surrogates(text);
        match mended == text {
            true => Err(error),
            false => parse(&mended).map(|value| (value, true)),
        }
    })
}

/// JSON whose whole numbers beyond 64 bits are texts of their digits: as numbers they would be rounded,
/// and three people with such names would be one.
fn with_all_digits(json: &str) -> Cow<'_, str> {
    const LONG: usize = 19;
    let is_long = |digits: &[u8]| digits.len() >= LONG;
    if !json.as_bytes().split(|byte| !byte.is_ascii_digit()).any(is_long) {
        return Cow::Borrowed(json);
    }
    let mut kept = String::with_capacity(json.len() + 2);
    let mut rest = json;
    while let Some(at) = rest.find(|it: char| it == '"' || it == '-' || it.is_ascii_digit()) {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = match rest.starts_with('"') {
            true => end_of_text(rest),
            false => {
                let is_of = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
                rest.find(|it| !is_of(it)).unwrap_or(rest.len())
            }
        };
        let (token, after) = rest.split_at(end);
        let digits = token.strip_prefix('-').unwrap_or(token);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_beyond = token.parse::<i64>().is_err() && token.parse::<u64>().is_err();
        match is_whole && !digits.starts_with('0') && is_beyond {
            true => kept.extend(["\"", token, "\""]),
            false => kept.push_str(token),
        }
        rest = after;
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Where a text in quotation marks ends, after its closing mark.
fn end_of_text(json: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

/// Why a text is no JSON, with the column, and the line if the text has several; `line` is that on
/// which it begins.
pub(crate) fn unparsed(
    place: &Place,
    line: u64,
    text: &str,
    error: &serde_json::Error,
) -> ImportError {
    let within = error.line().saturating_sub(1);
    let column = error.column();
    let path = match (within, place.unit) {
        (0, "line") => format!("column {column}"),
        _ => format!("line {}, column {column}", line + within as u64),
    };
    let message = message(text, error);
    ImportError::Parse { place: place.clone(), path, message }
}

/// Why a text is no JSON, with the column, and the line if the text has several.
pub(crate) fn why(text: &str, error: &serde_json::Error) -> String {
    let message = message(text, error);
    match (text.contains('\n'), error.line(), error.column()) {
        (true, line, column) => format!("{message}, at line {line}, column {column}"),
        (false, _, column) => format!("{message}, at column {column}"),
    }
}

fn message(text: &str, error: &serde_json::Error) -> String {
    // The parser's own place is within the text, and reads as one in the file.
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    match python(text, error.line().saturating_sub(1), error.column()) {
        Some("NaN") => "NaN is not JSON (Python writes it for a missing value)".to_owned(),
        Some(word) => format!("{word} is not JSON (Python writes it)"),
        None => shortened(message),
    }
}

/// The word at a place in a text, if Python writes it for a number.
fn python(text: &str, line: usize, column: usize) -> Option<&'static str> {
    let line = text.split('\n').nth(line)?;
    // The parser stops at the word, or behind its sign.
    (column.saturating_sub(2)..=column).find_map(|start| {
        let rest = line.get(start..)?;
        ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| rest.starts_with(word))
    })
}

/// JSON whose `\uXXXX` surrogates without a partner are replaced.
pub(crate) fn without_lone_surrogates(json: &str) -> String {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // The backslash and what it escapes.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    /// Field 22, after https://github.com/pandas-dev/pandas/issues/40992.
    #[test]
    fn whole_numbers_keep_all_their_digits() {
        let read = |text: &str| value(text).unwrap().0;
        let long = "340282366920938463463374607431768211456";
        assert_eq!(read(long), json!(long));
        assert_eq!(
            read(&format!("{{\"a\": [-{long}, 1]}}")),
            json!({ "a": [format!("-{long}"), 1] })
        );
        assert_eq!(read("18446744073709551615"), json!(18446744073709551615_u64));
        assert_eq!(read("[-9223372036854775808]"), json!([i64::MIN]));
        // Within a text, and in a number with a fraction or an exponent, digits are what they were.
        assert_eq!(read(&format!("\"a\\\" {long}\"")), json!(format!("a\" {long}")));
        assert_eq!(read("0.12345678901234567890123"), json!(0.12345678901234568));
        assert_eq!(read("1000000000000000000000e3"), json!(1e24));
        for broken in
            ["0123456789012345678901", "12345678901234567890123x", "\"1234567890123456789012"]
        {
            assert!(value(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn halves_of_pairs_are_replaced_and_pairs_are_not() {
        let check = |text: &str, expect: Value, mended: bool| {
            assert_eq!(value(text).unwrap(), (expect, mended), "{text}");
        };
        check(r#""\ud83d\ude42""#, json!("🙂"), false);
        check(r#""a\ud83d b""#, json!("a\u{fffd} b"), true);
        check(r#"["\ude42", "\ud83d\ud83d\ude42"]"#, json!(["\u{fffd}", "\u{fffd}🙂"]), true);
        check(r#""\\ud83d""#, json!("\\ud83d"), false);
        assert!(value(r#""\ud83d"#).is_err());
    }

    #[test]
    fn what_python_writes_is_named() {
        let check = |text: &str, expect: &str| {
            let place = Place::new(Path::new("f"), "line", 7);
            let error = value(text).unwrap_err();
            assert_eq!(
                unparsed(&place, 7, text, &error).to_string(),
                format!("f: line 7: at {expect}")
            );
        };
        let nan = "NaN is not JSON (Python writes it for a missing value)";
        check("{\"a\": NaN}", &format!("`column 7`: {nan}"));
        check("[1,NaN]", &format!("`column 4`: {nan}"));
        check("{\"a\": Infinity}", "`column 7`: Infinity is not JSON (Python writes it)");
        check("{\"a\": -Infinity}", "`column 8`: -Infinity is not JSON (Python writes it)");
        check("{\n\"a\": NaN}", &format!("`line 8, column 6`: {nan}"));
        check("{\"a\": nope}", "`column 8`: expected ident");
        check("{\"NaN\": x}", "`column 9`: expected value");
    }
}
