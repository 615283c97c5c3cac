//! `docs/default.toml` shows every key with the default that the code has, and what the pages show
//! can be pasted.
#![allow(clippy::unwrap_used)]

use medley::plan::ExperimentSpec;
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

    // Every key that the code writes stands in the file, so that none can be forgotten.
    for line in all_keys.lines().filter(|line| line.contains(" = ")) {
        let key = line.split(" = ").next().unwrap();
        let is_option_of_a_part = [
            "dimensions",
            "orders",
            "overlap",
            "length",
            "lowercase",
            "ties",
            "strength",
            "label-noise",
            "offset",
            "position-bias",
            "tie",
            "cutpoints",
            "rationality",
        ];
        if !is_option_of_a_part.contains(&key) {
            assert!(written.contains(key), "`{key}` is missing in {FILE}");
        }
    }
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
            if !text.contains("[dataset]") {
                continue; // an exact experiment, or the options of an import
            }
            let spec: ExperimentSpec = parse(&path, &text).unwrap();
            assert!(spec.name.starts_with(&name), "{}", path.display());
            checked += 1;
        }
    }
    assert!(checked >= 10, "{checked} experiments");
}
