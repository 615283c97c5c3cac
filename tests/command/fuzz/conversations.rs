//! Conversations in every form, whole and broken: what an import makes of them is what an export writes.

use super::{Outcome, fuzz};
use medley_dataset::Dataset;
use medley_formats::{ExportTrlPreference, Exporter, Importer, Reading, TrlPreference};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

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

fn import(file: &Path, into: PathBuf) -> Result<Dataset, String> {
    let importer: &dyn Importer = &TrlPreference::default();
    let read = importer.import_to(file, &into, &Reading::default());
    read.map_err(|error| error.to_string())?;
    Dataset::open(&into).map_err(|error| panic!("it does not open: {error}"))
}

/// What was written once is written the same after it was read.
fn is_written_the_same(rows: Vec<Value>) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let text: String = rows.iter().map(|row| row.to_string() + "\n").collect();
    std::fs::write(place("rows"), text).unwrap();
    let dataset = match import(&place("rows"), place("one")) {
        Ok(dataset) => dataset,
        Err(said) => {
            prop_assert!(said.starts_with(&place("rows").display().to_string()), "{}", said);
            prop_assert!(!place("one").exists(), "something was left behind");
            return Ok(());
        }
    };
    let exporter: &dyn Exporter = &ExportTrlPreference::default();
    match exporter.write(&dataset, &place("once")).map_err(|error| error.to_string()) {
        Ok(_) => {}
        // Every row has a text that would come back as something else.
        Err(said) if said.contains("nothing that this format can hold") => return Ok(()),
        Err(said) => return Err(TestCaseError::fail(said)),
    }
    let once = std::fs::read_to_string(place("once")).unwrap();
    if once.is_empty() {
        return Ok(());
    }
    let again = import(&place("once"), place("two"));
    let again = again.map_err(|error| TestCaseError::fail(format!("{error}\nwritten: {once}")))?;
    exporter
        .write(&again, &place("twice"))
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let twice = std::fs::read_to_string(place("twice")).unwrap();
    prop_assert_eq!(rendered(&twice), rendered(&once));
    Ok(())
}

/// Turns of each line as the text that a dataset holds of them: where a turn has a blank line and then a
/// role in it, two ways of parting that text are one.
fn rendered(lines: &str) -> Vec<Value> {
    let text = |value: &Value| match value {
        Value::Array(turns) => {
            let turn = |turn: &Value| {
                let part = |key: &str| turn[key].as_str().unwrap_or_default().to_owned();
                let behind = ["tool_calls", "tool_call_id", "name"].into_iter();
                let behind =
                    behind.filter_map(|key| Some((key.to_owned(), turn.get(key)?.clone())));
                let behind: serde_json::Map<String, Value> = behind.collect();
                let mut said = vec![part("content")];
                said.extend((!behind.is_empty()).then(|| Value::from(behind).to_string()));
                said.retain(|piece| !piece.is_empty());
                format!("{}: {}", part("role"), said.join("\n"))
            };
            json!(turns.iter().map(turn).collect::<Vec<_>>().join("\n\n"))
        }
        other => other.clone(),
    };
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        Value::from_iter(row.as_object().unwrap().iter().map(|(key, it)| (key.clone(), text(it))))
    };
    lines.lines().map(row).collect()
}

#[test]
fn conversations_are_written_as_they_are_read() {
    fuzz("conversations", 600, prop::collection::vec(row(), 1..3), is_written_the_same);
}
