//! Conversations, in every form in which files hold them, as messages.
//!
//! A conversation is a list of messages as OpenAI's API has them (`role`, `content`, also parts of content
//! and calls of tools), or as ShareGPT has them (`from`, `value`); an object that holds such a list under
//! `messages` or the like; or one message. All importers and mappings read it here.

use crate::role;
use crate::said::{self, CALL, CALLS, Content, is_nothing};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value};

/// One turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    /// Who speaks.
    pub role: String,
    /// What is said. Calls of tools, and the name of the call that a tool answers, stand behind it as JSON,
    /// in a line of their own.
    pub content: String,
    /// Other fields that hold something.
    pub others: Map<String, Value>,
    /// Whether the cell of the conversation was mended; the first message says so.
    pub is_mended: bool,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// As OpenAI's API has it.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (content, behind) = said::split(&self.role, &self.content);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", &self.role)?;
        map.serialize_entry("content", content)?;
        for (name, value) in &behind {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Message {
    /// A turn without other fields.
    pub fn new(role: &str, content: &str) -> Self {
        Self {
            role: role.to_owned(),
            content: content.to_owned(),
            others: Map::new(),
            is_mended: false,
        }
    }

    /// A message of OpenAI's API or of ShareGPT.
    ///
    /// # Errors
    /// It is none, or its content is no text.
    pub fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut fields) = value else {
            return Err(format!("expected a message, found {value}"));
        };
        let (who, what) = match fields.contains_key("role") || !fields.contains_key("from") {
            true => ("role", "content"),
            false => ("from", "value"),
        };
        let role = match fields.remove(who) {
            Some(Value::String(name)) => role::of(&name),
            Some(other) => return Err(format!("`{who}` must be a text, found {other}")),
            None => {
                let found: Vec<&str> = fields.keys().map(String::as_str).collect();
                let found = if found.is_empty() { "nothing".into() } else { found.join(", ") };
                return Err(format!(
                    "missing field `role` of a message (with `content`; or `from` with `value`), found \
                     only {found}"
                ));
            }
        };
        let has_content = fields.contains_key(what);
        let Content { text, calls, lost } = said::read(fields.remove(what).unwrap_or_default())?;
        said::add_calls(&mut fields, calls);
        let behind = said::take_behind(&role, &mut fields);
        if !has_content && !behind.contains_key(CALLS) {
            return Err(format!("missing field `{what}`"));
        }
        fields.extend(lost);
        fields.retain(|_, value| !is_nothing(value));
        Ok(Self {
            content: said::with_behind(text, &behind),
            others: fields,
            ..Self::new(&role, "")
        })
    }

    /// Whether the same is said by the same. An id or a time that a turn has of its own makes it no other.
    pub fn says_same(&self, other: &Self) -> bool {
        self.role == other.role && self.content == other.content
    }

    fn is_one(value: &Value) -> bool {
        let has = |name: &str| value.get(name).is_some();
        (has("role") && (has("content") || has(CALLS) || has(CALL)))
            || (has("from") && has("value"))
    }
}

/// The role of a system prompt, and the field of one that stands beside the messages (Anthropic's API).
const SYSTEM: &str = "system";

/// Fields under which an object holds its messages.
pub(crate) const LISTS: [&str; 4] = ["messages", "conversations", "conversation", "turns"];

fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Message::is_one))
}

/// Whether this is a conversation in some form; a list or an object may be something else.
pub(crate) fn is_conversation(value: &Value) -> bool {
    let holds = |name: &&str| value.get(*name).is_some_and(is_list);
    is_list(value) || Message::is_one(value) || LISTS.iter().any(holds)
}

/// The messages of a list, of an object that holds a list, or of one message.
pub(crate) fn messages_of(value: Value) -> Result<Vec<Message>, String> {
    match value {
        Value::Array(list) => {
            let read = |(number, message): (usize, Value)| match Message::read(message) {
                Err(error) if number > 0 => Err(format!("{error}, in message {}", number + 1)),
                read => read,
            };
            list.into_iter().enumerate().map(read).collect()
        }
        Value::Object(mut fields) => {
            let is_held = |name: &&str| fields.get(*name).is_some_and(Value::is_array);
            let Some(name) = LISTS.into_iter().find(|name| is_held(name)) else {
                return Message::read(Value::Object(fields)).map(|only| vec![only]);
            };
            let mut messages = messages_of(fields.remove(name).unwrap_or_default())?;
            let system = match fields.get(SYSTEM) {
                Some(Value::String(_) | Value::Array(_)) => {
                    fields.remove(SYSTEM).unwrap_or_default()
                }
                _ => Value::Null,
            };
            let system = Message::new(SYSTEM, &said::read(system)?.text);
            let is_there = messages.first().is_some_and(|first| first.says_same(&system));
            if !system.content.trim().is_empty() && !is_there {
                messages.insert(0, system);
            }
            fields.retain(|_, value| !is_nothing(value));
            if let Some(first) = messages.first_mut() {
                first.others.extend(fields);
            }
            Ok(messages)
        }
        other => Err(format!("expected a list of messages, found {other}")),
    }
}
