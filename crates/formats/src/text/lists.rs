//! Lists that are written as text, as a cell of CSV holds them: JSON, or what Python writes.

use crate::{json_text, python_literal};
use serde_json::Value;
use std::borrow::Cow;

/// The list that a text is; any other value as it stands.
pub(crate) fn unpacked(value: &Value) -> Cow<'_, Value> {
    let text = value.as_str().map(str::trim).filter(|text| text.starts_with(['[', '(']));
    let list = text.and_then(|text| {
        let json = json_text::value(text).ok().map(|(value, _)| value);
        json.or_else(|| python_literal::parse(text).ok())
    });
    list.filter(Value::is_array).map_or(Cow::Borrowed(value), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_in_cells_are_lists_and_nothing_else_is() {
        let check =
            |text: &str, expect: Value| assert_eq!(*unpacked(&json!(text)), expect, "{text}");
        check(" [\"a\", 1]", json!(["a", 1]));
        check("['a', None]", json!(["a", null]));
        check("('a', True)", json!(["a", true]));
        for text in ["a, b", "[a", "{\"a\": 1}", "(1)", ""] {
            check(text, json!(text));
        }
        assert_eq!(*unpacked(&json!(["[1]"])), json!(["[1]"]));
    }
}
