//! What a message says: a text, parts, calls of tools and the call that a tool answers, as one text.
//!
//! A dataset holds texts. So what is beside the text of a message and part of the conversation stands behind
//! it, as JSON in a line of its own; [`split`] takes it apart again.

use serde_json::{Map, Value, json};

/// The field of calls of tools.
pub(crate) const CALLS: &str = "tool_calls";

/// The field of the one call of a message, as OpenAI's API had it before `tool_calls`.
pub(crate) const CALL: &str = "function_call";

/// Fields of the answer of a tool: which call it answers, and of which tool.
const ANSWERS: [&str; 2] = ["tool_call_id", "name"];

/// What stands under `content`.
#[derive(Default)]
pub(crate) struct Content {
    pub text: String,
    /// Calls among its parts, as OpenAI's API has them.
    pub calls: Vec<Value>,
    /// Fields of parts that are not kept.
    pub lost: Map<String, Value>,
}

/// What a text says, or a list of parts: their texts, a line each.
///
/// # Errors
/// It is neither, or a part is no text and no call, such as an image.
pub(crate) fn read(content: Value) -> Result<Content, String> {
    match content {
        Value::Null => Ok(Content::default()),
        Value::String(text) => Ok(Content { text, ..Content::default() }),
        Value::Array(parts) => {
            let mut read = Content::default();
            parts.into_iter().try_for_each(|part| read.add(part))?;
            Ok(read)
        }
        other => Err(format!("content must be a text or a list of parts, found {other}")),
    }
}

impl Content {
    fn add(&mut self, part: Value) -> Result<(), String> {
        let refused =
            || format!("part of content must be text, which is all that is kept, found {part}");
        let field = |name: &str| part.get(name).cloned();
        let text = match part.get("type").and_then(Value::as_str) {
            _ if part.is_string() => Some(part.clone()),
            Some("text" | "input_text" | "output_text") => field("text"),
            Some("tool_use") => {
                self.calls.push(used(&part).ok_or_else(refused)?);
                return Ok(());
            }
            Some("tool_result") => {
                let told = read(field("content").unwrap_or_default())?;
                self.lost.extend(told.lost);
                self.lost.extend(field("tool_use_id").map(|id| ("tool_use_id".to_owned(), id)));
                Some(Value::String(told.text))
            }
            _ => None,
        };
        let Some(Value::String(text)) = text else { return Err(refused()) };
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push('\n');
        }
        self.text += &text;
        Ok(())
    }
}

/// Whether a part is one that [`read`] takes.
pub(crate) fn is_text_or_call(part: &Value) -> bool {
    Content::default().add(part.clone()).is_ok()
}

/// A call of Anthropic's API as one of OpenAI's.
fn used(part: &Value) -> Option<Value> {
    let (id, name) = (part.get("id")?, part.get("name")?);
    let arguments = part.get("input")?.to_string();
    Some(
        json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } }),
    )
}

/// Adds calls of parts to those of a message, and the older field of a call.
pub(crate) fn add_calls(fields: &mut Map<String, Value>, mut calls: Vec<Value>) {
    if fields.get(CALL).is_some_and(Value::is_object) {
        let call = fields.remove(CALL).unwrap_or_default();
        calls.push(json!({ "type": "function", "function": call }));
    }
    match fields.get_mut(CALLS) {
        _ if calls.is_empty() => {}
        Some(Value::Array(known)) => known.extend(calls),
        _ => drop(fields.insert(CALLS.to_owned(), Value::Array(calls))),
    }
}

/// Takes the fields out of a message of this role that stand behind its text.
pub(crate) fn take_behind(role: &str, fields: &mut Map<String, Value>) -> Map<String, Value> {
    let is_tool = ["tool", "function"].contains(&role);
    let names = [CALLS].into_iter().chain(ANSWERS.into_iter().filter(|_| is_tool));
    let taken = names.filter_map(|name| fields.remove_entry(name));
    taken.filter(|(_, value)| !is_nothing(value)).collect()
}

/// What is said, with fields behind it.
pub(crate) fn with_behind(mut text: String, behind: &Map<String, Value>) -> String {
    if !behind.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &json!(behind).to_string();
    }
    text
}

/// What is said, and the fields behind it.
pub(crate) fn split<'t>(role: &str, content: &'t str) -> (&'t str, Map<String, Value>) {
    let (said, last) = content.rsplit_once('\n').unwrap_or(("", content));
    if last.starts_with('{')
        && let Ok(Value::Object(mut fields)) = serde_json::from_str(last)
    {
        let behind = take_behind(role, &mut fields);
        if fields.is_empty() && with_behind(said.to_owned(), &behind) == content {
            return (said, behind);
        }
    }
    (content, Map::new())
}

/// Null, or an empty text, list or object.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
