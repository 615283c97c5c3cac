//! What verbs print, whole: a change of wording or layout is a change of a snapshot.
//!
//! `INSTA_UPDATE=always cargo test --test command printed` writes them anew.

use crate::harness::{Desk, assert_success, text, tiny};
use insta::assert_snapshot;

fn printed(desk: &Desk, arguments: &[&str]) -> String {
    let output = desk.medley(arguments).output().unwrap();
    assert_success(&output);
    text(&output)
}

#[test]
fn help() {
    let desk = Desk::new();
    assert_snapshot!("help", printed(&desk, &["--help"]));
    for verb in [
        "init",
        "check",
        "plan",
        "run",
        "plot",
        "report",
        "compare",
        "list",
        "import",
        "schema",
        "simulate",
        "people",
        "merge",
        "export",
        "doctor",
        "completions",
        "man",
        "optimize",
        "score",
    ] {
        assert_snapshot!(format!("help-{verb}"), printed(&desk, &[verb, "--help"]));
    }
}

#[test]
fn list() {
    assert_snapshot!("list", printed(&Desk::new(), &["list"]));
}

#[test]
fn check() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("checked", "[0, 1]", ""));
    assert_snapshot!("check", printed(&desk, &["check", experiment.to_str().unwrap()]));
}

#[test]
fn plan() {
    let desk = Desk::new();
    let ablation = "[ablation]\nfeedback = \"subsets\"";
    let experiment = desk.experiment(&tiny("planned", "[0, 1]", ablation));
    let out = desk.path("out");
    let arguments = ["plan", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    // Ids follow the content of the dataset and every option, which other tests are about.
    let planned = printed(&desk, &arguments);
    let told = |line: &str| match line.starts_with("8 runs") {
        true => format!("{line}\n"),
        false => format!("{}\n", &line[12..]),
    };
    let without_ids = planned.lines().map(told).collect::<String>();
    assert_snapshot!("plan", without_ids);
}
