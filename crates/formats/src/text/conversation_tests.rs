//! Tests of conversations, from their messages to what is said and back.

use crate::messages::Message;
use crate::rendered::{parse_rendered, render};
use crate::role;
use crate::said::CALLS;
use crate::spoken::{Spoken, response_messages};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

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
    for text in [
        "[1, 2]",
        "[]",
        "{\"answer\": 4}",
        "[{\"role\": \"user\"}]",
        "[not JSON",
        "{\"role\": \"admin\", \"may\": [",
        "{\"from\": \"2024-01-02\", ",
        "[{'content': 'half a list",
        "['Red.', 'Blue.']",
    ] {
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

/// What pandas writes of a column of Parquet, and half a pair.
#[test]
fn conversations_in_cells_are_read_as_python_and_numpy_write_them() {
    let check = |text: &str, answer: &str| {
        let Ok(Spoken::Messages(messages)) = Spoken::read(json!(text)) else { panic!("{text}") };
        assert_eq!(
            messages[0],
            Message { is_mended: messages[0].is_mended, ..Message::new("user", "Hi?") }
        );
        assert_eq!((&*messages[1].role, &*messages[1].content), ("assistant", answer), "{text}");
        assert_eq!(messages[0].is_mended, answer.contains('\u{fffd}'));
    };
    check(
        "[{'role': 'user', 'content': 'Hi?'}\n {'role': 'assistant', 'content': 'Yes.'}]",
        "Yes.",
    );
    check(
        "[{'role': 'user', 'content': 'Hi?', 'score': nan}, {'role': 'assistant', 'content': 'Yes.'}]",
        "Yes.",
    );
    check(
        r#"[{"role":"user","content":"Hi?"},{"role":"assistant","content":"Yes \ud83d."}]"#,
        "Yes \u{fffd}.",
    );
}

#[test]
fn what_begins_like_a_conversation_and_is_none_is_refused() {
    let check = |text: &str, expect: &str| {
        let error = Spoken::read(json!(text)).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        assert!(Spoken::is_said_by(text));
    };
    let nan = "begins like a conversation and is none: NaN is not JSON";
    check("[{\"role\": \"user\", \"content\": \"Hi?\", \"score\": NaN}]", nan);
    check("[{\"role\": \"user\", \"content\": \"Hi", "EOF while parsing a string, at column 32");
    check(" [ {'from': 'gpt', 'value': 'Hi' ...", "a Python literal: expected `,` or `}`");
    check("{\"messages\": [{\"role\": \"User\", ", "begins like a conversation");
    check("[{'content': 'Hi?', 'role': 'user'}, ...]", "begins like a conversation");
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
    let expect = "system: \n\nuser: Hé\ny\n\nassistant: Ok.\n{\"tool_calls\":[{\"id\":1}]}";
    assert_eq!(render(&read), expect);
    assert_eq!(read[0].others.keys().collect::<Vec<_>>(), ["name"]);
    let error = messages(json!([{ "role": "user", "content": [{ "type": "image_url" }] }]));
    assert!(error.unwrap_err().contains("must be text, which is all that is kept"));
    assert!(messages(json!([{ "from": "human" }])).unwrap_err().contains("field `value`"));
}

/// https://platform.openai.com/docs/guides/function-calling, before and after November 2023, and
/// https://docs.claude.com/en/docs/build-with-claude/tool-use.
#[test]
fn calls_of_tools_are_kept_however_they_are_written() {
    let check = |message: Value, expect: &str, others: &[&str]| {
        let message = Message::read(message).unwrap();
        assert_eq!(message.content, expect);
        assert_eq!(message.others.keys().collect::<Vec<_>>(), others);
    };
    let call = json!({ "name": "roll", "arguments": "{\"sides\":6}" });
    let kept = "{\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"roll\",\"arguments\":\"{\\\"sides\\\":6}\"}}]}";
    check(json!({ "role": "assistant", "content": null, "function_call": call }), kept, &[]);
    check(json!({ "role": "assistant", "function_call": call }), kept, &[]);
    check(
        json!({ "role": "assistant", "content": "Ok.", "function_call": "auto" }),
        "Ok.",
        &["function_call"],
    );
    let used = json!({ "type": "tool_use", "id": "t", "name": "roll", "input": { "sides": 6 } });
    check(
        json!({ "role": "assistant", "content": [{ "type": "text", "text": "Ok." }, used] }),
        &format!("Ok.\n{}", kept.replace("[{", "[{\"id\":\"t\",")),
        &[],
    );
    let answer = json!({ "role": "tool", "tool_call_id": "c1", "name": "roll", "content": "4" });
    check(answer, "4\n{\"tool_call_id\":\"c1\",\"name\":\"roll\"}", &[]);
    check(json!({ "role": "user", "name": "Ann", "content": "4" }), "4", &["name"]);
    let result = json!({ "type": "tool_result", "tool_use_id": "t", "content": "4" });
    check(json!({ "role": "user", "content": [result] }), "4", &["tool_use_id"]);
}

#[test]
fn a_system_prompt_beside_messages_is_the_first_turn() {
    let check = |value: Value, expect: &str| {
        assert_eq!(Spoken::read(value).unwrap().prompt().unwrap(), expect);
    };
    let user = json!({ "role": "user", "content": "Hi?" });
    let expect = "system: Answer in French.\n\nuser: Hi?";
    check(json!({ "system": "Answer in French.", "messages": [user] }), expect);
    let parts = json!([{ "type": "text", "text": "Answer in French." }]);
    check(json!({ "system": parts, "messages": [user] }), expect);
    let system = json!({ "role": "system", "content": "Answer in French." });
    check(json!({ "system": "Answer in French.", "messages": [system, user] }), expect);
    check(json!({ "system": "", "messages": [user] }), "user: Hi?");
}

#[test]
fn responses_of_one_turn_have_no_role() {
    let turn = |role| Spoken::Messages(vec![Message::new(role, "Yes.")]);
    assert_eq!(turn("assistant").response(), "Yes.");
    for name in ["model", "Assistant", "gpt", "AI"] {
        let message = json!([{ "role": name, "content": "Yes." }]);
        assert_eq!(Spoken::read(message).unwrap().response(), "Yes.", "{name}");
    }
    assert_eq!(turn("tool").response(), "tool: Yes.");
    assert_eq!(turn("user").prompt().unwrap(), "user: Yes.");
    assert_eq!(Spoken::Messages(Vec::new()).prompt(), None);
    assert_eq!(Spoken::Messages(vec![Message::new("user", " ")]).prompt(), None);
}

#[test]
fn texts_of_another_form_are_no_messages() {
    for text in ["", "Why?", "user:no", "Human: a\n\nuser: b"] {
        assert_eq!(parse_rendered(text), None, "{text:?}");
    }
    let turns = vec![Message::new("user", "no"), Message::new("tool", "a\n\nb: c")];
    assert_eq!(parse_rendered("user: no\n\ntool: a\n\nb: c"), Some(turns));
}

/// A turn of any role, with calls of tools or the call that it answers, or without.
fn turn() -> impl Strategy<Value = Message> {
    let with = prop::option::of("[a-z{}\"\n]{1,6}");
    (0..role::ALL.len(), "[a-z\n :{}\"]{0,12}", with).prop_map(|(role, said, with)| {
        let role = role::ALL[role];
        let mut fields =
            Map::from_iter([("role".into(), json!(role)), ("content".into(), json!(said))]);
        match (role, with) {
            ("tool", Some(id)) => {
                fields.extend([("tool_call_id".into(), json!(id)), ("name".into(), json!("f"))])
            }
            ("function", Some(name)) => fields.extend([("name".into(), json!(name))]),
            (_, Some(with)) => fields.extend([(
                CALLS.into(),
                json!([{ "id": "c1", "function": { "name": "f", "arguments": with } }]),
            )]),
            (_, None) => {}
        }
        Message::read(Value::Object(fields)).unwrap()
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

    /// Where no content has a blank line and then a role.
    #[test]
    fn rendered_messages_are_found_again(
        turns in prop::collection::vec((0..role::ALL.len(), "[a-e\n :]{0,9}"), 1..5)
    ) {
        let turns: Vec<Message> =
            turns.iter().map(|(role, text)| Message::new(role::ALL[*role], text)).collect();
        prop_assert_eq!(parse_rendered(&render(&turns)), Some(turns));
    }

    /// Where some have, the text is the same.
    #[test]
    fn rendered_messages_have_the_same_text_again(text in "(user: |tool: )([a-z\n :]|\n\nuser: ){0,9}") {
        prop_assert_eq!(render(&parse_rendered(&text).unwrap()), text);
    }
}
