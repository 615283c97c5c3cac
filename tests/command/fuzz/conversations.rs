//! Conversations in every form, whole and broken: what an import makes of them is what an export writes.

use super::bytes::conversations::conversations;
use super::fuzz;
use proptest::prelude::*;
use serde_json::{Value, json};

fn said() -> BoxedStrategy<Value> {
    let pieces = [
        "",
        "Hi.",
        "é👍",
        "\n\n",
        "user: ",
        "assistant: ",
        "\"",
        "{",
        "tool_calls",
        "a b",
        "\n",
        " ",
    ];
    let text = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..4)
        .prop_map(|it| it.concat());
    let part =
        |text: String| json!([{ "type": "text", "text": text }, { "type": "text", "text": "!" }]);
    prop_oneof![
        8 => text.clone().prop_map(Value::from),
        2 => text.prop_map(part),
        1 => Just(Value::Null),
        1 => prop::sample::select(vec![json!(3), json!([]), json!({}), json!([{ "type": "image_url" }])]),
    ]
    .boxed()
}

/// A turn; now and then with a call of a tool, or a key that is misspelt.
fn turn() -> BoxedStrategy<Value> {
    let roles = ["user", "assistant", "assistant", "system", "tool", "critic", ""];
    let role = prop::sample::select(roles.to_vec());
    let more = prop::sample::select(vec![
        json!({}),
        json!({}),
        json!({}),
        json!({}),
        json!({ "tool_calls": [{ "id": "c", "function": { "name": "f", "arguments": "{\"a\": 1}" } }] }),
        json!({ "name": "x" }),
        json!({ "tool_calls": null }),
        json!({ "tool_calls": "x" }),
    ]);
    let keys = prop_oneof![
        12 => Just(("role", "content")), 4 => Just(("from", "value")), 1 => Just(("Role", "content")),
        1 => Just(("role", "value")),
    ];
    (role, said(), more, keys)
        .prop_map(|(role, said, more, (who, what))| {
            let mut turn = json!({ who: role, what: said });
            turn.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            turn
        })
        .boxed()
}

/// What Python prints for a value, as far as these hold it.
fn python(value: &Value) -> String {
    value.to_string().replace(":null", ": None").replace(":true", ": True")
}

fn conversation() -> BoxedStrategy<Value> {
    let turns = prop::collection::vec(turn(), 0..4).prop_map(Value::from);
    prop_oneof![
        4 => turns.clone(),
        1 => turns.clone().prop_map(|it| json!({ "messages": it })),
        1 => turns.clone().prop_map(|it| json!({ "conversations": it, "id": 1 })),
        1 => turns.clone().prop_map(|it| json!(it.to_string())),
        1 => turns.prop_map(|it| json!(python(&it))),
        1 => turn(),
        2 => said(),
    ]
    .boxed()
}

fn row() -> impl Strategy<Value = Value> {
    let shared = prop::collection::vec(turn(), 0..3);
    let whole = (shared, turn(), turn()).prop_map(|(shared, one, other)| {
        let with = |last: Value| json!(shared.iter().cloned().chain([last]).collect::<Vec<_>>());
        json!({ "chosen": with(one), "rejected": with(other) })
    });
    let apart = (prop::option::of(conversation()), conversation(), conversation());
    let apart = apart.prop_map(|(prompt, chosen, rejected)| match prompt {
        Some(prompt) => json!({ "prompt": prompt, "chosen": chosen, "rejected": rejected }),
        None => json!({ "chosen": chosen, "rejected": rejected }),
    });
    prop_oneof![whole, apart]
}

#[test]
fn conversations_are_written_as_they_are_read() {
    fuzz("conversations", 600, prop::collection::vec(row(), 1..3), |rows| {
        let text: String = rows.iter().map(|row| row.to_string() + "\n").collect();
        conversations(text.as_bytes());
        Ok(())
    });
}
