//! What stands in a row where a value cannot be read?
//!
//! An object that says so: whoever asks for a number or a text gets an error that shows it, and a column
//! that nobody asks for stops no import.

use serde_json::{Value, json};

pub(crate) fn unreadable(what: impl Into<String>) -> Value {
    json!({ "unreadable": what.into() })
}
