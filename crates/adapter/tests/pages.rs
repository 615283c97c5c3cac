//! Every option of every kind is on its page.
#![allow(clippy::unwrap_used)]

use medley_adapter::Adapter;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Kinds of feedback with their pages, by name.
fn pages() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feedback");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let page = |path: PathBuf| {
        let kind = path.file_stem().unwrap().to_string_lossy().into_owned();
        (kind, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(page).collect()
}

/// Names in backticks in the first column of the table under a heading.
fn documented(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let first = section.lines().filter_map(|line| line.strip_prefix("| ")?.split('|').next());
    first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn every_option_is_on_the_page_of_its_kind() {
    let pages = pages();
    assert_eq!(pages.len(), 9);
    for (kind, page) in pages {
        let adapter: Box<dyn Adapter> = toml::from_str(&format!("{kind} = {{}}")).unwrap();
        let written = toml::Table::try_from(&adapter).unwrap();
        let options: BTreeSet<String> =
            written[&kind].as_table().unwrap().keys().cloned().collect();
        let mut documented = documented(&page, "Options");
        // Left out where it is none, so that a default does not show it.
        documented.remove("aspect");
        assert_eq!(documented, options, "docs/feedback/{kind}.md");
    }
}
