//! Lists and objects that are written as text, as JSON or as Python has them: one reader for all cells.

use crate::place::shortened;
use crate::{json_text, python_literal};
use serde_json::Value;

/// A list or an object.
#[derive(Debug, PartialEq)]
pub(crate) struct Structured {
    pub value: Value,
    /// Whether halves of surrogate pairs in it were replaced.
    pub is_mended: bool,
}

/// What a report says of such a value.
pub(crate) const MENDED: &str = "field with half a surrogate pair, read as U+FFFD";

/// The list or object that a text is; none if it is another text.
///
/// # Errors
/// It begins with a bracket or brace and is neither JSON nor a Python literal: why, and where.
pub(crate) fn structured(text: &str) -> Result<Option<Structured>, String> {
    let text = text.trim();
    let is_json_like = text.starts_with(['[', '{']);
    if !is_json_like && !["(", "array("].iter().any(|start| text.starts_with(start)) {
        return Ok(None);
    }
    let error = match json_text::value(text) {
        Ok((value, is_mended)) => return Ok(Some(Structured { value, is_mended })),
        Err(error) => error,
    };
    let literal = match python_literal::parse(text) {
        Ok(value) => return Ok(Some(Structured { value, is_mended: false })),
        Err(literal) => literal,
    };
    if let Some(value) = mended_literal(text) {
        return Ok(Some(Structured { value, is_mended: true }));
    }
    let is_of_python =
        text.trim_start_matches(|it: char| "[{( \t\r\n".contains(it)).starts_with('\'');
    match (is_json_like, is_of_python) {
        (false, _) => Ok(None),
        (true, true) => Err(shortened(&literal)),
        (true, false) => Err(json_text::why(text, &error)),
    }
}

fn mended_literal(text: &str) -> Option<Value> {
    let mended = text.contains("\\u").then(|| json_text::without_lone_surrogates(text))?;
    (mended != text).then(|| python_literal::parse(&mended).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_and_python_are_lists_and_objects() {
        let check = |text: &str, value: Value, is_mended: bool| {
            assert_eq!(structured(text), Ok(Some(Structured { value, is_mended })), "{text}");
        };
        check(" {\"a\": [1]}\n", json!({ "a": [1] }), false);
        check("{'a': (1, None)}", json!({ "a": [1, null] }), false);
        check("('a', 'b')", json!(["a", "b"]), false);
        check("array(['a'], dtype=object)", json!(["a"]), false);
        let long = "340282366920938463463374607431768211456";
        check(&format!("{{\"a\": {long}}}"), json!({ "a": long }), false);
        check(&format!("{{'a': {long}}}"), json!({ "a": long }), false);
        check("[\"\\ud83d\"]", json!(["\u{fffd}"]), true);
        check("['\\ud83d']", json!(["\u{fffd}"]), true);
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "Yes.", "(a) is right", "array(x)", "7", "\"a\"", "'a'"] {
            assert_eq!(structured(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn damage_is_told_with_its_place() {
        let check = |text: &str, expect: &str| assert_eq!(structured(text).unwrap_err(), expect);
        let nan = "NaN is not JSON (Python writes it for a missing value), at column 17";
        check("{\"a\": \"b\", \"c\": NaN}", nan);
        check("{\"a\": 1", "EOF while parsing an object, at column 7");
        check("[1,\n2", "EOF while parsing a list, at line 2, column 1");
        check("['a", "a Python literal: expected a closing ' at byte 3");
        check("{'a': inf}", "a Python literal: expected a value at byte 6, found the name `inf`");
    }
}
