//! Lists that are written as text, as a cell of CSV holds them: JSON, or what Python writes.

use crate::Aside;
use crate::structured::{MENDED, structured};
use serde_json::Value;
use std::borrow::Cow;

/// A value, or the list that it was the text of.
#[derive(Debug, PartialEq)]
pub(crate) struct Unpacked<'v> {
    pub value: Cow<'v, Value>,
    is_mended: bool,
}

impl Unpacked<'_> {
    /// What the report says of it.
    pub fn asides(&self) -> Vec<Aside> {
        self.is_mended.then(|| Aside::Kept(MENDED.to_owned())).into_iter().collect()
    }
}

/// The list that a text is; any other value as it stands.
///
/// # Errors
/// The text begins as a list or an object does and is none: why, and where.
pub(crate) fn unpacked(value: &Value) -> Result<Unpacked<'_>, String> {
    let found = value.as_str().map_or(Ok(None), structured)?;
    Ok(match found.filter(|found| found.value.is_array()) {
        Some(list) => Unpacked { value: Cow::Owned(list.value), is_mended: list.is_mended },
        None => Unpacked { value: Cow::Borrowed(value), is_mended: false },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_in_cells_are_lists_and_nothing_else_is() {
        let check = |text: &str, expect: Value| {
            assert_eq!(*unpacked(&json!(text)).unwrap().value, expect, "{text}");
        };
        check(" [\"a\", 1]", json!(["a", 1]));
        check("['a', None]", json!(["a", null]));
        check("('a', True)", json!(["a", true]));
        for text in ["a, b", "{\"a\": 1}", "(1)", ""] {
            check(text, json!(text));
        }
        assert_eq!(*unpacked(&json!(["[1]"])).unwrap().value, json!(["[1]"]));
        assert!(unpacked(&json!("[\"a")).unwrap_err().contains("EOF"));
        let told = |text: &str| unpacked(&json!(text)).unwrap().asides().len();
        assert_eq!((told("[\"\\ud83d\"]"), told("[\"a\"]")), (1, 0));
    }
}
