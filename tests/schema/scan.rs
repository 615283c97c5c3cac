//! The documentation of every struct that is read from TOML, out of the sources.

use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// As `src/cli/schema/descriptions.json` has it: structs by name, each with its keys.
pub fn descriptions(root: &Path) -> String {
    let mut files = Vec::new();
    sources(&root.join("crates"), &mut files);
    files.push(root.join("src/cli/simulate.rs"));
    files.push(root.join("src/cli/import.rs"));
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let mut found: Vec<_> = texts.flat_map(|text| structs(&text)).collect();
    found.sort();
    found.dedup();
    let lines =
        found.iter().map(|(table, keys)| json!({ "table": table, "keys": keys }).to_string());
    format!("[\n{}\n]\n", lines.collect::<Vec<_>>().join(",\n"))
}

fn sources(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|ending| ending == "rs");
        match path.is_dir() {
            true => sources(&path, files),
            false if is_source => files.push(path),
            false => {}
        }
    }
}

type Struct = (String, BTreeMap<String, String>);

/// Structs that serde can read and that document their fields.
fn structs(text: &str) -> Vec<Struct> {
    let mut found = Vec::new();
    let mut attributes = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.starts_with("#[") || (!attributes.is_empty() && line.ends_with(")]")) {
            attributes += line;
        } else if let Some(name) = head(line) {
            let fields: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "}").collect();
            let is_read = attributes.contains("Deserialize") && !attributes.contains("transparent");
            let keys = keys(&fields, attributes.contains("kebab-case"));
            if is_read && !keys.is_empty() {
                found.push((name.to_owned(), keys));
            }
            attributes.clear();
        } else if !line.starts_with("///") {
            attributes.clear();
        }
    }
    found
}

/// The name of a struct that a line begins.
fn head(line: &str) -> Option<&str> {
    let line =
        line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub(super) ")).unwrap_or(line);
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.strip_prefix("struct ")?.strip_suffix(" {").filter(|name| !name.contains(' '))
}

fn keys(fields: &[&str], are_kebab: bool) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let (mut doc, mut rename) = (Vec::new(), None);
    for line in fields.iter().map(|line| line.trim()) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim());
        } else if let Some((_, behind)) = line.split_once("rename = \"") {
            rename = behind.split('"').next().map(str::to_owned);
        } else if let Some(name) = field(line) {
            let plain = name.trim_start_matches("r#");
            let key = if are_kebab { plain.replace('_', "-") } else { plain.to_owned() };
            keys.insert(rename.take().unwrap_or(key), doc.join(" ").replace('`', ""));
            doc.clear();
        }
    }
    keys
}

/// The name of a field that a line declares.
fn field(line: &str) -> Option<&str> {
    let line = line
        .split_once(") ")
        .filter(|(start, _)| start.starts_with("pub("))
        .map_or(line, |it| it.1);
    let (name, _) = line.strip_prefix("pub ").unwrap_or(line).split_once(": ")?;
    let is_name = name.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '#');
    is_name.then_some(name)
}
