//! Pieces of text for a TOML file that a person reads, and for a shell.

use serde_json::Value;
use std::path::Path;

/// A value in one line of TOML.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(inline).collect();
            format!("[{}]", list.join(", "))
        }
        Value::Object(fields) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{} = {}", self::key(key), inline(value));
            let entries: Vec<String> = fields.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Null => quoted(""),
        other => other.to_string(),
    }
}

/// A key of TOML.
pub(super) fn key(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.chars().all(is_bare) { text.to_owned() } else { quoted(text) }
}

/// A basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text within a comment, in one line and not too long.
pub(super) fn shown(text: &str, longest: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().map(plain).take(longest).collect();
    if text.chars().count() > longest {
        short.push_str("...");
    }
    short
}

/// A path as a shell takes it.
pub(super) fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_come_back_from_toml() {
        for value in [
            json!({ "": "skip", "a b": 1, "x\"y\\": "\u{1}\u{7f}\n\t", "ü": [1.5, true] }),
            json!({ "constant": "first" }),
        ] {
            let written = format!("value = {}", inline(&value));
            let read: toml::Table = written.parse().unwrap();
            assert_eq!(serde_json::to_value(&read["value"]).unwrap(), value, "{written}");
        }
    }
}
