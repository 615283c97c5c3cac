//! Tests, binary, docs and the crates of examples ask the same features of what they share. A crate that
//! all others stand on, asked by tests alone for one feature more, once made each of them a build of Burn
//! and Polars of its own: three whole builds in place of one.

use std::collections::BTreeSet;
use std::process::Command;

/// Crates outside the workspace with their versions and features, as `cargo tree` resolves them.
fn asked(manifest: &str, arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--format", "{p} [{f}]"])
        .args(["--manifest-path", &format!("{}/{manifest}", env!("CARGO_MANIFEST_DIR"))])
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let is_outside = |line: &&str| !line.is_empty() && !line.contains(" (/");
    told.lines().filter(is_outside).map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn tests_and_binary_share_one_build() {
    let tests = asked("Cargo.toml", &["--workspace", "--edges", "normal,build,dev"]);
    for (what, manifest, arguments) in [
        ("the binary", "Cargo.toml", &["--edges", "normal,build"][..]),
        ("docs", "Cargo.toml", &["--workspace", "--edges", "normal,build"]),
        ("examples", "examples/Cargo.toml", &["--workspace", "--edges", "normal,build,dev"]),
        (
            "binaries of examples",
            "examples/Cargo.toml",
            &["--workspace", "--edges", "normal,build"],
        ),
    ] {
        let found = asked(manifest, arguments);
        assert!(found.len() > 200, "{what}: {} crates", found.len());
        let other: Vec<&String> = found.difference(&tests).collect();
        assert!(
            other.is_empty(),
            "{what} asks for other features than tests do, and is another build: {other:?}; name what \
             is missing in `[dependencies]` of Cargo.toml, as `either`"
        );
    }
}
