//! Conversations: what an import makes of them is what an export writes.

use medley_dataset::Dataset;
use medley_formats::{ExportTrlPreference, Exporter, Importer, Reading, TrlPreference};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn import(file: &Path, into: PathBuf) -> Result<Dataset, String> {
    let importer: &dyn Importer = &TrlPreference::default();
    let read = importer.import_to(file, &into, &Reading::default());
    read.map_err(|error| error.to_string())?;
    Dataset::open(&into).map_err(|error| panic!("it does not open: {error}"))
}

/// What was written once is written the same after it was read.
pub fn conversations(rows: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("rows"), rows).unwrap();
    let dataset = match import(&place("rows"), place("one")) {
        Ok(dataset) => dataset,
        Err(said) => {
            assert!(said.starts_with(&place("rows").display().to_string()), "{}", said);
            assert!(!place("one").exists(), "something was left behind");
            return;
        }
    };
    let exporter: &dyn Exporter = &ExportTrlPreference::default();
    match exporter.write(&dataset, &place("once")).map_err(|error| error.to_string()) {
        Ok(_) => {}
        // Every row has a text that would come back as something else.
        Err(said) if said.contains("nothing that this format can hold") => return,
        Err(said) => panic!("{said}"),
    }
    let once = std::fs::read_to_string(place("once")).unwrap();
    if once.is_empty() {
        return;
    }
    let again = import(&place("once"), place("two"));
    let again = again.unwrap_or_else(|error| panic!("{error}\nwritten: {once}"));
    exporter.write(&again, &place("twice")).unwrap();
    let twice = std::fs::read_to_string(place("twice")).unwrap();
    assert_eq!(rendered(&twice), rendered(&once));
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
