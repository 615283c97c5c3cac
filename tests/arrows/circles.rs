//! No two files of a crate need each other, directly or through others.
//!
//! A path (`crate::Draft`, `super::place`, `use child::Name`) is an edge to the file that defines its
//! name: re-exports are followed, so that naming something by way of `lib.rs` is no edge to `lib.rs`.
//! Tests are left out, and so are re-exports and `mod` lines themselves: a file that only lists what
//! is in its folder needs nothing of it.

mod files;
mod tokens;

use files::Files;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Crates whose circles are still to be cut, and why they are there. A crate without circles must
/// leave the list.
const ALLOWED: &[(&str, &str)] = &[];

/// Name and root file of every crate of the workspace.
fn crates() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.push(root.to_owned());
    folders.sort();
    let roots = folders.iter().flat_map(|folder| {
        let name = if folder == root {
            "medley".into()
        } else {
            folder.file_name().unwrap().to_string_lossy()
        };
        ["lib.rs", "main.rs"].map(|file| (name.to_string(), folder.join("src").join(file)))
    });
    roots.filter(|(_, file)| file.exists()).collect()
}

#[test]
fn no_circles() {
    let (mut circles, mut names, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for (name, root) in crates() {
        let files = Files::read(&root);
        count += files.modules.len();
        if let Some(circle) = files.circle() {
            let folder = root.parent().unwrap();
            let file = |file: &&Path| file.strip_prefix(folder).unwrap().display().to_string();
            let walk: Vec<String> = circle.iter().map(file).collect();
            if !ALLOWED.iter().any(|(allowed, _)| *allowed == name) {
                circles.push(format!("{name}: {}", walk.join(" -> ")));
            }
            names.insert(name);
        }
    }
    assert!(count > 300, "only {count} files were found");
    assert!(circles.is_empty(), "files in a circle:\n{}", circles.join("\n"));
    for (name, reason) in ALLOWED {
        assert!(names.contains(*name), "{name} has no circle any more: strike `{reason}`");
    }
}

/// Writes files and says which circle they make.
fn circle_of(files: &[(&str, &str)]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let files = Files::read(&folder.path().join("lib.rs"));
    let name = |file: &Path| file.strip_prefix(folder.path()).unwrap().display().to_string();
    files.circle().map(|circle| circle.into_iter().map(name).collect())
}

#[test]
fn a_circle_through_re_exports_is_found_and_named() {
    let lib = "mod a;\nmod b;\npub use a::A;\npub use b::{c::C, B as Renamed};\n";
    let c = ("b/c.rs", "use crate::A;\npub struct C(A);");
    let b = ("b.rs", "pub(crate) mod c;\npub struct B;");
    let found = circle_of(&[("lib.rs", lib), ("a.rs", "use crate::C;\npub struct A;"), b, c]);
    assert_eq!(found.unwrap(), ["a.rs", "b/c.rs", "a.rs"]);
    let inline = ("a.rs", "pub struct A;\nfn f() -> u8 { crate::b::c::number() }");
    assert_eq!(circle_of(&[("lib.rs", lib), inline, b, c]).unwrap(), ["a.rs", "b/c.rs", "a.rs"]);
    let parent = ("b.rs", "pub(crate) mod c;\nuse c::C;\npub struct B(C);");
    let child = ("b/c.rs", "use super::B;\npub struct C(B);");
    let a = ("a.rs", "pub struct A;");
    assert_eq!(
        circle_of(&[("lib.rs", lib), a, parent, child]).unwrap(),
        ["b.rs", "b/c.rs", "b.rs"]
    );
}

#[test]
fn tests_comments_texts_and_lists_make_no_circle() {
    let lib = "mod a;\nmod b;\npub use a::A;\npub use b::{c::C, B};\n";
    let a = "//! crate::C\nuse crate::B;\n/// [`crate::C`]\npub struct A;\nconst T: &str = \"crate::C\";\n\
             const R: &str = r#\"\" crate::C\"#;\nconst Q: char = '\"';\nfn f<'a>(_: &'a B) {}\n\
             #[cfg(test)]\nmod tests {\n    use crate::C;\n    fn g() {}\n}\n";
    let b = "pub(crate) mod c;\npub(crate) use c::C;\npub struct B;\n";
    let c = "use crate::{A, B};\npub struct C(A, B);\n";
    assert_eq!(circle_of(&[("lib.rs", lib), ("a.rs", a), ("b.rs", b), ("b/c.rs", c)]), None);
}

#[test]
fn a_module_that_is_called_as_its_function_makes_no_circle() {
    let a = "mod f;\npub use f::f;\npub trait A {}\n";
    let f = "use super::A;\npub fn f(_: &dyn A) {}\n";
    assert_eq!(circle_of(&[("lib.rs", "mod a;\n"), ("a.rs", a), ("a/f.rs", f)]), None);
}
