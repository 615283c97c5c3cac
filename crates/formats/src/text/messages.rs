//! Conversations, in every form in which files hold them, and how they become prompts and responses.
//!
//! A conversation is a list of messages as OpenAI's API has them (`role`, `content`, also parts of content
//! and calls of tools), or as ShareGPT has them (`from`, `value`); an object that holds such a list under
//! `messages` or the like; one message; or the JSON or Python text of any of these in a cell. All importers
//! and mappings read it here.
//!
//! A prompt of several turns is one text, "role: content" turns apart by blank lines, since a
//! dataset holds texts. [`parse_rendered`] goes back: a text that has this form is written as
//! messages again where a format asks for them. A turn whose content holds a blank line and then
//! a role comes back as two turns with the same rendering; the text is the same either way.

use crate::{Draft, python_literal};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value, json};

/// One turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    /// Who speaks.
    pub role: String,
    /// What is said. Calls of tools stand behind it as JSON, in a line of their own.
    pub content: String,
    /// Other fields that hold something.
    pub others: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// As OpenAI's API has it.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (content, calls) = split_calls(&self.content);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", &self.role)?;
        map.serialize_entry("content", content)?;
        if let Some(calls) = calls {
            map.serialize_entry(CALLS, &calls)?;
        }
        map.end()
    }
}

/// The field of calls of tools.
const CALLS: &str = "tool_calls";

/// What is said, with calls of tools behind it.
fn with_calls(mut content: String, calls: &Value) -> String {
    if !is_nothing(calls) {
        if !content.is_empty() {
            content.push('\n');
        }
        content += &json!({ CALLS: calls }).to_string();
    }
    content
}

/// What is said, and the calls of tools behind it.
fn split_calls(content: &str) -> (&str, Option<Value>) {
    let (said, last) = content.rsplit_once('\n').unwrap_or(("", content));
    let calls = match serde_json::from_str(last) {
        Ok(Value::Object(mut only)) if only.len() == 1 => only.remove(CALLS),
        _ => None,
    };
    match calls.filter(|calls| with_calls(said.to_owned(), calls) == content) {
        Some(calls) => (said, Some(calls)),
        None => (content, None),
    }
}

/// Who speaks, as OpenAI's API calls them.
fn role_of(from: &str) -> &str {
    match from {
        "human" | "user" => "user",
        "gpt" | "assistant" | "chatgpt" | "model" | "bot" | "function_call" => "assistant",
        "observation" => "tool",
        other => other,
    }
}

fn content_text(content: Value) -> Result<String, String> {
    match content {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Array(parts) => parts.into_iter().map(part_text).collect(),
        other => Err(format!("content must be a text or a list of parts, found {other}")),
    }
}

fn part_text(part: Value) -> Result<String, String> {
    let refused = |part: &Value| {
        format!("part of content must be text, which is all that is kept, found {part}")
    };
    match part {
        Value::String(text) => Ok(text),
        Value::Object(mut part) => match part.get("type").and_then(Value::as_str) {
            Some("text" | "input_text" | "output_text") => match part.remove("text") {
                Some(Value::String(text)) => Ok(text),
                _ => Err(refused(&Value::Object(part))),
            },
            Some("tool_use") => Ok(Value::Object(part).to_string()),
            Some("tool_result") => content_text(part.remove("content").unwrap_or_default()),
            _ => Err(refused(&Value::Object(part))),
        },
        other => Err(refused(&other)),
    }
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

    /// A message of OpenAI's API or of ShareGPT.
    ///
    /// # Errors
    /// It is none, or its content is no text.
    fn read(value: Value) -> Result<Self, String> {
        let Value::Object(mut fields) = value else {
            return Err(format!("expected a message, found {value}"));
        };
        let (who, what) = match fields.contains_key("role") || !fields.contains_key("from") {
            true => ("role", "content"),
            false => ("from", "value"),
        };
        let role = match fields.remove(who) {
            Some(Value::String(role)) if who == "role" => role,
            Some(Value::String(from)) => role_of(&from).to_owned(),
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
        let calls = fields.remove(CALLS).unwrap_or_default();
        let content = match fields.remove(what) {
            Some(content) => content_text(content)?,
            None if is_nothing(&calls) => return Err(format!("missing field `{what}`")),
            None => String::new(),
        };
        fields.retain(|_, value| !is_nothing(value));
        Ok(Self { role, content: with_calls(content, &calls), others: fields })
    }

    fn is_one(value: &Value) -> bool {
        let has = |name: &str| value.get(name).is_some();
        (has("role") && (has("content") || has(CALLS))) || (has("from") && has("value"))
    }
}

/// Fields under which an object holds its messages.
const LISTS: [&str; 4] = ["messages", "conversations", "conversation", "turns"];

fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Message::is_one))
}

/// Whether this is a conversation in some form; a list or an object may be something else.
fn is_conversation(value: &Value) -> bool {
    let holds = |name: &&str| value.get(*name).is_some_and(is_list);
    is_list(value) || Message::is_one(value) || LISTS.iter().any(holds)
}

/// The conversation that a text is the JSON or the Python literal of.
fn in_text(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['[', '{']) {
        return None;
    }
    let value = serde_json::from_str(text).ok().or_else(|| python_literal::parse(text).ok())?;
    is_conversation(&value).then_some(value)
}

/// The messages of a list, of an object that holds a list, or of one message.
fn messages_of(value: Value) -> Result<Vec<Message>, String> {
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
            fields.retain(|_, value| !is_nothing(value));
            if let Some(first) = messages.first_mut() {
                first.others.extend(fields);
            }
            Ok(messages)
        }
        other => Err(format!("expected a list of messages, found {other}")),
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

/// The messages that a response with this text was read from, as far as the text tells: read again, they
/// are the same text.
pub(crate) fn response_messages(text: &str) -> Vec<Message> {
    let is_same = |turns: &Vec<Message>| Spoken::Messages(turns.clone()).response() == text;
    let turns = parse_rendered(text).filter(is_same);
    turns.unwrap_or_else(|| vec![Message::new("assistant", text)])
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
            Value::String(text) => match in_text(&text) {
                Some(conversation) => messages_of(conversation).map(Self::Messages),
                None => Ok(Self::Text(text)),
            },
            list @ (Value::Array(_) | Value::Object(_)) => messages_of(list).map(Self::Messages),
            other => Err(format!("expected a text or a list of messages, found {other}")),
        }
    }

    /// Whether a text would be read as a conversation.
    pub fn is_said_by(text: &str) -> bool {
        in_text(text).is_some()
    }

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

    /// As [`Spoken::prompt`], of what is needed no more.
    pub fn into_prompt(self) -> Option<String> {
        match self {
            Self::Text(text) => (!text.trim().is_empty()).then_some(text),
            messages => messages.prompt(),
        }
    }

    /// As [`Spoken::response`], of what is needed no more.
    pub fn into_response(self) -> String {
        match self {
            Self::Text(text) => text,
            messages => messages.response(),
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

    /// Field 49, after https://github.com/hiyouga/LlamaFactory/issues/3495; field 2, after
    /// https://github.com/huggingface/autotrain-advanced/issues/707; field 4, after
    /// https://github.com/kakao/diatool-dpo/issues/2.
    #[test]
    fn every_form_of_a_conversation_is_the_same_conversation() {
        let expect = vec![Message::new("user", "Say 'bye'."), Message::new("assistant", "Why?")];
        let list = json!([
            { "role": "user", "content": "Say 'bye'." },
            { "role": "assistant", "content": [{ "type": "text", "text": "Why?" }] },
        ]);
        let shared = json!([
            { "from": "human", "value": "Say 'bye'." },
            { "from": "gpt", "value": "Why?" },
        ]);
        let python = r#" [{'role': 'user', 'content': "Say 'bye'."}, {'content': 'Why?', 'role': 'assistant', 'name': None}]"#;
        for form in [
            list.clone(),
            shared.clone(),
            json!({ "messages": list }),
            json!({ "conversations": shared, "tools": [] }),
            json!(list.to_string()),
            json!(shared.to_string()),
            json!(json!({ "messages": list }).to_string()),
            json!(python),
        ] {
            assert_eq!(Spoken::read(form.clone()), Ok(Spoken::Messages(expect.clone())), "{form}");
        }
        let one = json!({ "from": "gpt", "value": "Hi!" });
        assert_eq!(Spoken::read(one).unwrap().response(), "Hi!");
        // An answer may well be a list or an object.
        for text in ["[1, 2]", "[]", "{\"answer\": 4}", "[{\"role\": \"user\"}]", "[not JSON"] {
            assert_eq!(Spoken::read(json!(text)), Ok(Spoken::Text(text.to_owned())));
        }
        let refused = |value: Value| Spoken::read(value).unwrap_err();
        assert!(refused(json!(7)).contains("expected a text or a list of messages, found 7"));
        assert!(refused(json!(["a"])).contains("expected a message, found \"a\""));
        let second = refused(json!([{ "role": "user", "content": "a" }, { "content": "b" }]));
        assert!(second.contains("found only content, in message 2"), "{second}");
        // What an object says beside its messages is counted.
        let Spoken::Messages(messages) =
            Spoken::read(json!({ "messages": list, "tools": [1] })).unwrap()
        else {
            panic!("no messages");
        };
        assert_eq!(messages[0].others.keys().collect::<Vec<_>>(), ["tools"]);
    }

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
        assert!(messages(json!([{ "from": "human" }])).unwrap_err().contains("field `value`"));
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

    /// A turn of any role, with calls of tools or without.
    fn turn() -> impl Strategy<Value = Message> {
        let calls = prop::option::of("[a-z{}\"\n]{0,6}");
        (0..ROLES.len(), "[a-z\n :{}\"]{0,12}", calls).prop_map(|(role, said, calls)| {
            let calls = calls.map_or(
                Value::Null,
                |with| json!([{ "id": "c1", "function": { "name": "f", "arguments": with } }]),
            );
            Message::new(ROLES[role], &with_calls(said, &calls))
        })
    }

    proptest! {
        /// Field 5, after https://github.com/axolotl-ai-cloud/axolotl/issues/1645, and field 7, after
        /// https://developers.openai.com/api/docs/guides/direct-preference-optimization.
        #[test]
        fn responses_are_the_same_when_they_are_written_and_read_again(
            turns in prop::collection::vec(turn(), 1..5)
        ) {
            let response = Spoken::Messages(turns).response();
            let written = json!(response_messages(&response));
            prop_assert_eq!(Spoken::read(written).unwrap().response(), response);
        }

        #[test]
        fn messages_are_the_same_when_they_are_written_and_read_again(message in turn()) {
            let written = serde_json::to_value(&message).unwrap();
            prop_assert_eq!(Message::read(written).unwrap(), message);
        }

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
