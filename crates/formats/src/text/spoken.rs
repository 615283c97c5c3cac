//! A prompt or a response as a file has it: a text, or a conversation, which may be written as text.

use crate::messages::{LISTS, Message, is_conversation, messages_of};
use crate::rendered::{parse_rendered, render};
use crate::structured::{MENDED, Structured, structured};
use crate::{Aside, Draft, role};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

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
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Spoken {
    /// A text, or a conversation in any form.
    ///
    /// # Errors
    /// It is neither.
    pub fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => match in_text(&text)? {
                Some(Structured { value, is_mended }) => {
                    let mut messages = messages_of(value)?;
                    messages.iter_mut().take(1).for_each(|first| first.is_mended = is_mended);
                    Ok(Self::Messages(messages))
                }
                None => Ok(Self::Text(text)),
            },
            list @ (Value::Array(_) | Value::Object(_)) => messages_of(list).map(Self::Messages),
            other => Err(format!("expected a text or a list of messages, found {other}")),
        }
    }

    /// Whether a text would be read as a conversation, or refused as a broken one.
    pub fn is_said_by(text: &str) -> bool {
        !matches!(in_text(text), Ok(None))
    }

    /// The text as a prompt; none if it says nothing.
    pub fn prompt(&self) -> Option<String> {
        match self {
            Self::Text(text) => crate::filled(text),
            Self::Messages(messages) => {
                let says = messages.iter().any(|turn| !turn.content.trim().is_empty());
                says.then(|| render(messages))
            }
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

    /// Counts what messages hold beside role, content and calls of tools, and what was mended.
    pub fn tell(&self, draft: &mut Draft<'_>) {
        self.asides().iter().for_each(|aside| draft.tell(aside));
    }

    /// What the report says of it.
    pub fn asides(&self) -> Vec<Aside> {
        let Self::Messages(messages) = self else { return Vec::new() };
        let mended = messages.iter().filter(|message| message.is_mended);
        let kept = mended.map(|_| Aside::Kept(MENDED.to_owned()));
        let others = messages.iter().flat_map(|message| message.others.keys());
        let dropped = others.map(|name| Aside::Dropped(format!("field `{name}` of a message")));
        kept.chain(dropped).collect()
    }
}

/// What the report says of a text that the file has as a truth value or a number.
pub(crate) fn no_text(value: &Value) -> Option<Aside> {
    match value {
        Value::Bool(truth) => {
            Some(Aside::Kept(format!("text that is the truth value `{truth}` in the file")))
        }
        Value::Number(_) => Some(Aside::Kept("text that is a number in the file".to_owned())),
        _ => None,
    }
}

/// The messages that a response with this text was read from, as far as the text tells: read again, they
/// are the same text.
pub(crate) fn response_messages(text: &str) -> Vec<Message> {
    let is_same = |turns: &Vec<Message>| Spoken::Messages(turns.clone()).response() == text;
    let turns = parse_rendered(text).filter(is_same);
    turns.unwrap_or_else(|| vec![Message::new("assistant", text)])
}

/// The conversation that a text is the JSON or the Python literal of; none if it is another text, which
/// may well be a list or an object.
///
/// # Errors
/// It begins as conversations do, and does not go on so: as a text it would be an answer with all its
/// brackets and roles.
fn in_text(text: &str) -> Result<Option<Structured>, String> {
    match structured(text) {
        Ok(found) => Ok(found.filter(|found| is_conversation(&found.value))),
        Err(why) if begins_like_one(text) => {
            Err(format!("a text that begins like a conversation and is none: {why}"))
        }
        Err(_) => Ok(None),
    }
}

/// Whether a text begins as a conversation that is written as text: `[{"role": "user"`,
/// `{'messages': [{'from': 'gpt'`.
fn begins_like_one(text: &str) -> bool {
    let text = text.trim_start();
    let list = text.strip_prefix('[').map(str::trim_start);
    let Some((key, value)) = first_key(list.unwrap_or(text)) else { return false };
    match key {
        "role" | "from" => quoted(value).is_some_and(|(name, _)| role::known(name).is_some()),
        "content" => list.is_some() && ["'role'", "\"role\""].iter().any(|it| value.contains(it)),
        _ => LISTS.contains(&key) && begins_like_one(value),
    }
}

/// The first key of an object that is written as text, and its value with what follows.
fn first_key(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = quoted(text.strip_prefix('{')?.trim_start())?;
    Some((key, rest.trim_start().strip_prefix(':')?.trim_start()))
}

/// A text in marks, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mark = text.chars().next().filter(|mark| ['"', '\''].contains(mark))?;
    text[1..].split_once(mark)
}
