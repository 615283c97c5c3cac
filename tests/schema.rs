//! The schemas of TOML files take what Medley takes, refuse what it refuses, and say what keys mean.
//!
//! `INSTA_UPDATE=always cargo test --test schema` writes `docs/schema` and the descriptions anew.
#![allow(clippy::unwrap_used)]

#[path = "schema/scan.rs"]
mod scan;
#[path = "schema/valid.rs"]
mod valid;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use valid::flaw;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn printed(of: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_medley")).args(["schema", of]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn schema(of: &str) -> Value {
    serde_json::from_str(&printed(of)).unwrap()
}

/// What is wrong with a TOML file under a schema.
fn flaw_of(schema: &Value, text: &str) -> Option<String> {
    let table: toml::Table = text.parse().unwrap();
    flaw(schema, schema, &serde_json::to_value(table).unwrap(), "")
}

/// Compares a file with what it should hold, or writes it.
fn is_current(file: &str, expected: &str) {
    let path = root().join(file);
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "{file} is out of date: INSTA_UPDATE=always writes it anew");
}

#[test]
fn descriptions_are_those_of_the_sources() {
    is_current("src/cli/schema/descriptions.json", &scan::descriptions(root()));
}

#[test]
fn the_committed_schema_is_current() {
    is_current("docs/schema/experiment.json", &printed("experiment"));
}

fn tomls(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_toml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "toml");
    let within = folders.iter().flat_map(|folder| tomls(folder));
    files.into_iter().filter(is_toml).chain(within).collect()
}

/// Which schema a carried file is of.
fn kind(table: &toml::Table) -> &'static str {
    let kinds = ["exact", "study", "import", "simulation", "world"];
    kinds.into_iter().find(|kind| table.contains_key(*kind)).unwrap_or("experiment")
}

#[test]
fn every_carried_file_is_valid() {
    let kinds = ["experiment", "exact", "study", "import", "simulation", "world"];
    let schemas = kinds.map(|kind| (kind, schema(kind)));
    let mut files = tomls(&root().join("experiments"));
    files.push(root().join("docs/default.toml"));
    let mut counts = std::collections::BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let kind = kind(&text.parse().unwrap());
        let schema = &schemas.iter().find(|(name, _)| *name == kind).unwrap().1;
        assert_eq!(flaw_of(schema, &text), None, "{} as {kind}", file.display());
        *counts.entry(kind).or_insert(0) += 1;
    }
    assert!(counts["experiment"] > 60 && counts["exact"] > 5 && counts["study"] > 5, "{counts:?}");
    assert!(counts["import"] > 1, "{counts:?}");
}

#[test]
fn mistakes_are_refused() {
    let schema = schema("experiment");
    let written = std::fs::read_to_string(root().join("docs/default.toml")).unwrap();
    assert_eq!(flaw_of(&schema, &written), None);
    for (from, to, expected) in [
        ("seeds = [0]", "sedes = [0]", "`sedes`"),
        ("seeds = [0]", "seeds = \"all\"", "/seeds"),
        ("seeds = [0]", "seeds = [-1]", "/seeds"),
        ("name = \"my-experiment\"", "", "`name`"),
        ("epochs = 50", "epochs = 2.5", "/training/epochs"),
        ("epochs = 50", "epoch = 50", "`epoch`"),
        ("backbone.mlp", "backbone.mpl", "`mpl`"),
        ("hidden = [256, 256]", "hidden = 256", "/reward-model/backbone/mlp/hidden"),
        ("adapter.comparison = {}", "adapter.comparisons = {}", "`comparisons`"),
        ("schedule = \"constant\"", "schedule = \"sine\"", "/training/schedule"),
        ("standardize = false", "standardize = 0", "/dataset/standardize"),
        ("[mixing]\n", "[mixing]\njoint = {}\n", "/mixing"),
    ] {
        let text = written.replacen(from, to, 1);
        assert_ne!(text, written, "{from}");
        let found = flaw_of(&schema, &text).unwrap_or_else(|| panic!("{to} is taken"));
        assert!(found.contains(expected), "{to}: {found}");
    }
}

#[test]
fn every_key_of_the_default_file_has_a_description() {
    let schema = schema("experiment");
    let written = std::fs::read_to_string(root().join("docs/default.toml")).unwrap();
    let table: toml::Table = written.parse().unwrap();
    let mut told = 0;
    let value = serde_json::to_value(table).unwrap();
    described(&schema, &schema, &value, "", &mut told);
    assert!(told > 50, "{told} keys");
    let seeds = &schema["properties"]["seeds"];
    assert_eq!(seeds["description"], "One run for each mix and seed.");
    assert_eq!(seeds["default"], json!([0]));
}

/// Asks that every key of `value` that stands in a schema by its name has a description there.
fn described(whole: &Value, schema: &Value, value: &Value, place: &str, told: &mut usize) {
    if let Some(inner) = schema["allOf"].get(0) {
        return described(whole, valid::resolved(whole, inner), value, place, told);
    }
    let Some(table) = value.as_object() else { return };
    for (key, value) in table {
        let place = format!("{place}/{key}");
        match schema["properties"].get(key) {
            Some(property) => {
                assert!(property["description"].is_string(), "{place} has no description");
                *told += 1;
                described(whole, property, value, &place, told);
            }
            None => described(whole, &schema["additionalProperties"], value, &place, told),
        }
    }
}
