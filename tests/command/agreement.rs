//! Who predicts whom, before and beside what is mixed; and rewards of their own.

use crate::harness::{Desk, assert_refused, assert_success, results, text, tiny};

/// The tiny experiment with a linear reward, fitted exactly.
fn exact(name: &str, more: &str) -> String {
    let text = tiny(name, "[0]", "")
        .replace("members = 2\nbackbone.mlp = { hidden = [8] }", "backbone.linear = {}");
    format!(
        "{text}[inference]\nlaplace = {{}}\n[evaluation]\nmeasure = {{ bootstrap = {{ replicates = 50 }} }}\n{more}"
    )
}

#[test]
fn a_run_says_who_predicts_whom() {
    let desk = Desk::new();
    let experiment = desk.experiment(&exact("agreeing", ""));
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    let said = text(&output);
    assert!(said.contains("3 runs done, 0 finished before, 0 failed"), "{said}");
    for part in ["## Who predicts whom", "| comparisons |", "| corrections |"] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    for file in ["figures/agreement.svg", "figures/agreement.png", "tables/agreement.parquet"] {
        assert!(desk.path("out/agreeing").join(file).exists(), "{file}");
    }
    // The same numbers come before anything is trained, and again.
    let check = |flag: &[&str]| {
        let arguments = [&["check", experiment.to_str().unwrap()], flag].concat();
        let output = desk.medley(&arguments).output().unwrap();
        assert_success(&output);
        text(&output)
    };
    let [before, again] = [0, 1].map(|_| check(&["--agreement"]));
    assert_eq!(before, again);
    let row = said
        .lines()
        .find(|line| line.starts_with("| comparisons | ") && line.contains(" ["))
        .unwrap();
    assert!(before.contains("## Who predicts whom"), "{before}");
    assert!(
        before.lines().any(|line| line == row) || said.contains(before.lines().last().unwrap()),
        "{before}"
    );
    assert!(!check(&[]).contains("Who predicts whom"));
}

#[test]
fn one_source_agrees_with_nobody() {
    let desk = Desk::new();
    let only = exact("lonely", "").replace("[feedback.corrections]\nadapter.correction = {}\n", "");
    let experiment = desk.experiment(&only);
    let output =
        desk.medley(&["check", "--agreement", experiment.to_str().unwrap()]).output().unwrap();
    assert_refused(&output, &["experiment.toml:", "agreement is between sources"]);
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    assert!(text(&output).contains("2 runs done, 0 finished before"), "{}", text(&output));
}

/// A source has the reward that it has alone, to the bit, and a model scores by it.
#[test]
fn separate_rewards_do_not_see_each_other() {
    let desk = Desk::new();
    let of = |mix: &str| {
        let mixing =
            format!("agreement = false\n[mixing]\nseparate = {{}}\n[ablation.mixes]\n{mix}");
        let output = desk.run(&desk.experiment(&exact("apart", &mixing)), "out", &[]);
        assert_success(&output);
    };
    of("both = [\"comparisons\", \"corrections\"]\nalone = [\"corrections\"]");
    let runs = desk.path("out/apart/runs");
    let folder = |label: &str| {
        let mut found = std::fs::read_dir(&runs).unwrap().map(|run| run.unwrap().path());
        let is_it = |run: &std::path::PathBuf| {
            let plan = std::fs::read_to_string(run.join("plan.toml")).unwrap();
            plan.contains(&format!("label = \"{label}\""))
        };
        found.find(is_it).unwrap()
    };
    let score = |label: &str, more: &[&str]| {
        let run = folder(label);
        let arguments = [&["score", run.to_str().unwrap(), "datasets/qa_feedback"], more].concat();
        desk.medley(&arguments).output().unwrap()
    };
    let own = score("both", &["--for", "corrections"]);
    assert_success(&own);
    assert_eq!(own.stdout, score("alone", &[]).stdout);
    assert_ne!(own.stdout, score("both", &["--for", "comparisons"]).stdout);
    assert_refused(
        &score("both", &["--for", "ratings"]),
        &["`ratings`", "comparisons, corrections"],
    );
    assert!(results(&desk.path("out")).len() > 10);
}
