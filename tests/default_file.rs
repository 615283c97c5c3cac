//! `docs/default.toml` shows every key with the default that the code has, and what the pages show
//! can be pasted.
#![allow(clippy::unwrap_used)]

use medley::exact::ExactSpec;
use medley::optimize::OptimizeSpec;
use medley::plan::ExperimentSpec;
use medley::study::StudySpec;
use medley::toml_file::parse;
use std::path::Path;

const FILE: &str = "docs/default.toml";

fn spec(text: &str) -> ExperimentSpec {
    parse(Path::new(FILE), text).unwrap()
}

#[test]
fn the_default_file_says_what_the_code_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let written = std::fs::read_to_string(root.join(FILE)).unwrap();
    let least = r#"
name = "my-experiment"
[dataset]
path = "datasets/qa_feedback"
encoder.hashed-ngrams = {}
[feedback.comparisons]
adapter.comparison = {}
"#;
    let all_keys = toml::to_string(&spec(least)).unwrap();
    assert_eq!(toml::to_string(&spec(&written)).unwrap(), all_keys);

    // Every key that the code writes is set in the file, so that none can be forgotten; but for
    // options that `medley list` prints.
    let set = keys(&written.parse().unwrap(), "");
    let elsewhere = ["dataset.encoder.", "feedback.comparisons.adapter."];
    let expected = keys(&all_keys.parse().unwrap(), "");
    assert!(expected.len() > 30, "{expected:?}");
    for key in expected {
        let is_elsewhere = elsewhere.iter().any(|table| key.starts_with(table));
        assert!(set.contains(&key) || is_elsewhere, "`{key}` is missing in {FILE}");
    }
}

/// Dotted keys of all values of a table; an empty table is one.
fn keys(table: &toml::Table, above: &str) -> Vec<String> {
    let under = |(key, value): (&String, &toml::Value)| match value {
        toml::Value::Table(inner) if !inner.is_empty() => keys(inner, &format!("{above}{key}.")),
        _ => vec![format!("{above}{key}")],
    };
    table.iter().flat_map(under).collect()
}

#[test]
fn experiments_shown_in_the_documentation_are_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, expected) in [("README.md", 2), ("docs/COMPARE.md", 3)] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let blocks = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let whole: Vec<&str> = blocks.filter(|block| block.starts_with("name = ")).collect();
        assert_eq!(whole.len(), expected, "experiments in {page}");
        whole.into_iter().for_each(|block| drop(spec(block)));
    }
}

#[test]
fn carried_experiments_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let mut checked = 0;
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("\n[study]") {
                let spec: StudySpec = parse(&path, &text).unwrap();
                assert_eq!(spec.check(), Ok(()), "{}", path.display());
                checked += 1;
                continue;
            }
            if text.contains("\nexact.") || text.contains("\n[exact]") {
                let spec: ExactSpec = parse(&path, &text).unwrap();
                assert_eq!(spec.check(), Ok(()), "{}", path.display());
                checked += 1;
                continue;
            }
            if text.contains("\n[ppo]") {
                let spec: OptimizeSpec = parse(&path, &text).unwrap();
                assert_eq!(spec.check(), Ok(()), "{}", path.display());
                checked += 1;
                continue;
            }
            if !text.contains("[dataset]") {
                continue; // the options of an import
            }
            let spec: ExperimentSpec = parse(&path, &text).unwrap();
            assert!(spec.name.starts_with(&name), "{}", path.display());
            checked += 1;
        }
    }
    assert!(checked >= 17, "{checked} experiments");
}
