//! Messages of a chat, as OpenAI's API has them, and how they become prompts and responses.
//!
//! A prompt of several turns is one text, "role: content" turns apart by blank lines, since a
//! dataset holds texts. [`parse_rendered`] goes back: a text that has this form is written as
//! messages again where a format asks for them. A turn whose content holds a blank line and then
//! a role comes back as two turns with the same rendering; the text is the same either way.

use crate::Draft;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Deserialize as Derive, Serialize};
use serde_json::{Map, Value};

/// One turn.
#[derive(Clone, Debug, PartialEq, Serialize, Derive)]
#[serde(try_from = "RawMessage")]
pub(crate) struct Message {
    /// Who speaks.
    pub role: String,
    /// What is said. Calls of tools stand behind it as JSON.
    pub content: String,
    /// Other fields that hold something.
    #[serde(skip)]
    pub others: Map<String, Value>,
}

#[derive(Derive)]
struct RawMessage {
    role: String,
    #[serde(default, deserialize_with = "present")]
    content: Option<Value>,
    #[serde(default)]
    tool_calls: Value,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl TryFrom<RawMessage> for Message {
    type Error = String;

    fn try_from(raw: RawMessage) -> Result<Self, String> {
        let RawMessage { role, content, tool_calls, mut others } = raw;
        others.retain(|_, value| !is_nothing(value));
        if content.is_none() && is_nothing(&tool_calls) {
            return Err("missing field `content`".to_owned());
        }
        let mut content = content_text(&content.unwrap_or_default())?;
        if !is_nothing(&tool_calls) {
            if !content.is_empty() {
                content.push('\n');
            }
            content += &serde_json::json!({ "tool_calls": tool_calls }).to_string();
        }
        Ok(Self { role, content, others })
    }
}

/// A null that is there is not an absent field.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn content_text(content: &Value) -> Result<String, String> {
    match content {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => parts.iter().map(part_text).collect(),
        other => Err(format!("content must be a text or a list of parts, found {other}")),
    }
}

fn part_text(part: &Value) -> Result<String, String> {
    let text = match part {
        Value::String(text) => Some(text),
        Value::Object(part) => match (part.get("type"), part.get("text")) {
            (Some(Value::String(kind)), Some(Value::String(text))) if kind == "text" => Some(text),
            _ => None,
        },
        _ => None,
    };
    let refused =
        || format!("part of content must be text, which is all that is kept, found {part}");
    text.cloned().ok_or_else(refused)
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

impl Message {
    /// A turn without other fields.
    pub fn new(role: &str, content: &str) -> Self {
        Self { role: role.to_owned(), content: content.to_owned(), others: Map::new() }
    }
}

/// The turns as one text: "role: content", apart by blank lines.
pub(crate) fn render(messages: &[Message]) -> String {
    crate::turns::render(messages.iter().map(|turn| (&*turn.role, &*turn.content)))
}

const ROLES: [&str; 6] = ["system", "developer", "user", "assistant", "tool", "function"];

/// The turns that [`render`] made this text of, if it has that form.
pub(crate) fn parse_rendered(text: &str) -> Option<Vec<Message>> {
    let mut starts = vec![(0, role_at(text)?)];
    for (place, _) in text.match_indices('\n') {
        let role = text[place..].strip_prefix("\n\n").and_then(role_at);
        starts.extend(role.map(|role| (place + 2, role)));
    }
    let ends = starts.iter().skip(1).map(|(start, _)| start - 2).chain([text.len()]);
    let turn = |((start, role), end): (&(usize, &'static str), usize)| {
        Message::new(role, &text[start + role.len() + 2..end])
    };
    Some(starts.iter().zip(ends).map(turn).collect())
}

fn role_at(text: &str) -> Option<&'static str> {
    let is_here =
        |role: &&&str| text.strip_prefix(**role).is_some_and(|rest| rest.starts_with(": "));
    ROLES.iter().find(is_here).copied()
}

/// A text, or the messages of a chat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spoken {
    /// A text.
    Text(String),
    /// Messages.
    Messages(Vec<Message>),
}

impl<'de> Deserialize<'de> for Spoken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::Text(text)),
            list @ Value::Array(_) => {
                serde_json::from_value(list).map(Self::Messages).map_err(D::Error::custom)
            }
            other => {
                let expected = "expected a text or a list of messages";
                Err(D::Error::custom(format!("{expected}, found {other}")))
            }
        }
    }
}

impl Spoken {
    /// The text as a prompt; none if it says nothing.
    pub fn prompt(&self) -> Option<String> {
        match self {
            Self::Text(text) => crate::filled(text),
            Self::Messages(messages) => crate::filled(&render(messages)),
        }
    }

    /// The text as a response: what the assistant said, without its role if it is one turn.
    pub fn response(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Messages(messages) => match messages.as_slice() {
                [only] if only.role == "assistant" => only.content.clone(),
                several => render(several),
            },
        }
    }

    /// Counts what messages hold beside role, content and calls of tools.
    pub fn drop_others(&self, draft: &mut Draft<'_>) {
        let Self::Messages(messages) = self else { return };
        for name in messages.iter().flat_map(|message| message.others.keys()) {
            draft.drop(&format!("field `{name}` of a message"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn messages(value: Value) -> Result<Vec<Message>, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn contents_are_texts_parts_or_calls() {
        let read = messages(json!([
            { "role": "system", "content": null, "name": "s", "tool_calls": null },
            { "role": "user", "content": [{ "type": "text", "text": "Hé" }, { "type": "text", "text": "y" }] },
            { "role": "assistant", "content": "Ok.", "tool_calls": [{ "id": 1 }] },
        ]))
        .unwrap();
        let expect = "system: \n\nuser: Héy\n\nassistant: Ok.\n{\"tool_calls\":[{\"id\":1}]}";
        assert_eq!(render(&read), expect);
        assert_eq!(read[0].others.keys().collect::<Vec<_>>(), ["name"]);
        let error = messages(json!([{ "role": "user", "content": [{ "type": "image_url" }] }]));
        assert!(error.unwrap_err().contains("must be text, which is all that is kept"));
        assert!(messages(json!([{ "from": "human" }])).unwrap_err().contains("field `role`"));
    }

    #[test]
    fn responses_of_one_turn_have_no_role() {
        let turn = |role| Spoken::Messages(vec![Message::new(role, "Yes.")]);
        assert_eq!(turn("assistant").response(), "Yes.");
        assert_eq!(turn("tool").response(), "tool: Yes.");
        assert_eq!(turn("user").prompt().unwrap(), "user: Yes.");
        assert_eq!(Spoken::Messages(Vec::new()).prompt(), None);
    }

    #[test]
    fn texts_of_another_form_are_no_messages() {
        for text in ["", "Why?", "user:no", "Human: a\n\nuser: b"] {
            assert_eq!(parse_rendered(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn rendered_messages_are_found_again(
            turns in prop::collection::vec((0..3_usize, "[a-z\n :]{0,9}"), 1..5)
        ) {
            let turns: Vec<Message> =
                turns.iter().map(|(role, text)| Message::new(ROLES[*role], text)).collect();
            let text = render(&turns);
            prop_assert_eq!(render(&parse_rendered(&text).unwrap()), text);
        }
    }
}
