//! Which runs an experiment consists of.

use super::{SOUND, runs, spec, with};
use insta::assert_snapshot;

/// One line a run, as `medley plan` has it, without what only a folder knows.
fn listed(text: &str) -> String {
    let line = |run: &crate::RunPlan| {
        let sources = run.subject.sources().join(" ");
        format!("seed {} {:?} [{sources}]\n", run.seed, run.subject.label())
    };
    runs(text).iter().map(line).collect()
}

#[test]
fn the_full_mix_alone() {
    assert_snapshot!(listed(SOUND), @r#"
    seed 0 "" []
    seed 1 "" []
    seed 0 "a + b + c" [a b c]
    seed 1 "a + b + c" [a b c]
    "#);
}

#[test]
fn subsets_by_size() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    let text = text.replace("protocol = \"fixed\"", "feedback = \"subsets\"");
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "a" [a]
    seed 4 "b" [b]
    seed 4 "c" [c]
    seed 4 "a + b" [a b]
    seed 4 "a + c" [a c]
    seed 4 "b + c" [b c]
    seed 4 "a + b + c" [a b c]
    "#);
}

#[test]
fn leave_one_out_and_the_full_mix() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    let text = text.replace("protocol = \"fixed\"", "feedback = \"leave-one-out\"");
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "b + c" [b c]
    seed 4 "a + c" [a c]
    seed 4 "a + b" [a b]
    seed 4 "a + b + c" [a b c]
    "#);
    // Of one source there is nothing to leave out.
    let one = "name = \"x\"\n[dataset]\npath = \"d\"\nencoder.hashed-ngrams = {}\n\
               [feedback.a]\nadapter.comparison = {}\n[ablation]\nfeedback = \"leave-one-out\"\n";
    assert_snapshot!(listed(one), @r#"
    seed 0 "" []
    seed 0 "a" [a]
    "#);
}

#[test]
fn named_mixes_take_the_place_of_a_family() {
    let mixes = "mixes = { \"c + a\" = [\"c\", \"a\", \"c\"], b = [\"b\"] }";
    let text = with("seeds = [0, 1]", "seeds = [4]").replace("protocol = \"fixed\"", mixes);
    assert_snapshot!(listed(&text), @r#"
    seed 4 "" []
    seed 4 "b" [b]
    seed 4 "c + a" [a c]
    "#);
}

#[test]
fn too_many_subsets_are_refused() {
    let sources: String =
        (0..11).map(|i| format!("[feedback.s{i:02}]\nadapter.comparison = {{}}\n")).collect();
    let text = with("[ablation]\nprotocol = \"fixed\"", "[ablation]\nfeedback = \"subsets\"");
    let text = text.replace("[mixing]", &format!("{sources}[mixing]"));
    let error = spec(&text).unwrap_err().to_string();
    assert!(error.ends_with("subsets of 14 sources are too many; at most 10"), "{error}");
}

#[test]
fn a_plan_is_kept_as_text() {
    let text = with("seeds = [0, 1]", "seeds = [4]");
    assert_snapshot!(runs(&text)[0].identity);
    assert_snapshot!(runs(&text)[1].identity);
}
