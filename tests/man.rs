//! The manual in `docs/man` is that of this version, and sets without a warning.
//!
//! `INSTA_UPDATE=always cargo test --test man` writes it anew.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let page = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(page).collect()
}

fn write_pages(folder: &Path) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_medley")).args(["man", "--out"]).arg(folder).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_committed_manual_is_current() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/man");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        write_pages(&kept);
    }
    let fresh = tempfile::tempdir().unwrap();
    write_pages(fresh.path());
    let (fresh, kept) = (pages(fresh.path()), pages(&kept));
    assert!(fresh.keys().eq(kept.keys()), "{:?} and {:?}", fresh.keys(), kept.keys());
    for (name, text) in &fresh {
        assert!(
            *text == kept[name],
            "docs/man/{name} is out of date: INSTA_UPDATE=always writes it"
        );
    }
    assert!(fresh["medley.1"].contains("medley\\-run(1)"), "{}", fresh["medley.1"]);
    assert!(fresh["medley.1"].contains("Exit codes"), "{}", fresh["medley.1"]);
}

#[test]
fn pages_set_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    write_pages(folder.path());
    for name in pages(folder.path()).keys() {
        let page = folder.path().join(name);
        let set = Command::new("groff").args(["-man", "-Tutf8", "-ww", "-z"]).arg(&page).output();
        let Ok(set) = set else { return }; // a machine without groff
        let said = String::from_utf8_lossy(&set.stderr).into_owned();
        assert!(set.status.success() && said.is_empty(), "{name}: {said}");
    }
}
