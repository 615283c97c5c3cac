//! Whose preferences: from a dataset folder to a report, by the verb and by a file.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley::report::{read_choices, read_people, read_served};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_dataset_tells_whose_preferences_it_holds() {
    let desk = Desk::new();
    let dataset = root().join("datasets/paired_people/first_names");
    let out = desk.path("runs");
    let arguments = |more: &[&str]| {
        let mut all = vec!["people", dataset.to_str().unwrap(), "--out", out.to_str().unwrap()];
        all.extend(more);
        desk.medley(&all).output().unwrap()
    };
    let first = arguments(&["--groups", "gender"]);
    assert_success(&first);
    let said = text(&first);
    for part in ["192 people", "## Noise, values, or both", "| gender: male |", "## Disclosure"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let folder = out.join("people-first_names");
    let rows = read_people(&folder.join("people.parquet")).unwrap();
    let nll = |model: &str| {
        let row = rows.iter().find(|row| {
            row.model == model && row.metric == "negative-log-likelihood" && row.column.is_none()
        });
        row.unwrap().value.unwrap()
    };
    assert!(nll("hierarchical") + 0.1 < nll("noise") && nll("noise") < nll("pooled"));
    let chances: f64 = read_choices(&folder.join("choices.parquet"))
        .unwrap()
        .iter()
        .filter(|row| row.rule == "maximal-lottery" && row.column.is_none())
        .filter_map(|row| row.chance)
        .sum();
    assert!((chances - 1.0).abs() < 1e-9);
    assert!(!read_served(&folder.join("served.parquet")).unwrap().is_empty());
    for figure in ["rules-by-gender", "persons"] {
        assert!(folder.join(format!("figures/{figure}.png")).exists(), "{figure}");
    }
    // What it wrote is a file that gives the same again.
    assert_success(&desk.run(&folder.join("study.toml"), "again", &[]));
    assert_eq!(read_people(&desk.path("again/people-first_names/people.parquet")).unwrap(), rows);
    assert_refused(
        &arguments(&["--groups", "land"]),
        &["expected a column of people", "found `land`"],
    );
}

#[test]
fn a_dataset_of_strangers_is_refused() {
    let desk = Desk::new();
    let dataset = root().join("datasets/hh_rlhf");
    let refused = desk.medley(&["people", dataset.to_str().unwrap()]).output().unwrap();
    assert_refused(&refused, &["expected feedback that names people (`annotator`)", "found none"]);
}

/// A file as it is, without what the desk adds to experiments.
fn study_file(desk: &Desk, text: &str) -> PathBuf {
    let path = desk.path("study.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn newest(folder: &Path) -> PathBuf {
    let runs = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    runs.filter(|run| run.join("model.toml").exists()).max().unwrap()
}

/// People have weights on the last hidden layer of a network that was trained on the same steps.
#[test]
fn a_network_says_what_people_weigh() {
    let desk = Desk::new();
    let dataset = root().join("datasets/bank_conjoint");
    let experiment = desk.experiment(&format!(
        r#"
name = "cards"
[dataset]
path = "{}"
split = {{ by = "annotator", validation = 0.1, test = 0.2 }}
encoder.steps = {{}}
[reward-model]
backbone.mlp = {{ hidden = [16] }}
[feedback.choices]
adapter.comparison = {{ ties = "soft-label", offset = false }}
[training]
epochs = 2
min-steps = 200
[evaluation]
agreement = false
measure = {{ bootstrap = {{ replicates = 20 }} }}
baseline = {{ epochs = 1, min-steps = 1 }}
"#,
        dataset.display()
    ));
    assert_success(&desk.run(&experiment, "runs", &[]));
    let model = newest(&desk.path("runs/cards/runs"));
    let study = |more: &str| {
        let text = format!(
            r#"
name = "on-a-network"
[study]
dataset = "{}"
model = "{}"
groups = ["gender"]
{more}
[feedback.choices]
adapter.comparison = {{ ties = "soft-label", offset = false }}
[people]
pooled.pooled = {{}}
hierarchical.hierarchical = {{ steps = 10 }}
"#,
            dataset.display(),
            model.display()
        );
        study_file(&desk, &text)
    };
    let file = study("");
    assert_success(&desk.run(&file, "runs", &[]));
    let rows = read_people(&desk.path("runs/on-a-network/people.parquet")).unwrap();
    assert!(rows.iter().any(|row| row.metric == "mean of hidden-15"));
    let nll = |model: &str| {
        let row = rows.iter().find(|row| {
            row.model == model && row.metric == "negative-log-likelihood" && row.column.is_none()
        });
        row.unwrap().value.unwrap()
    };
    assert!(
        nll("hierarchical") + 0.02 < nll("pooled"),
        "{} {}",
        nll("hierarchical"),
        nll("pooled")
    );
    let both = study("encoder.steps = {}");
    assert_refused(&desk.run(&both, "runs", &[]), &["expected one of `encoder` and `model`"]);
}

#[test]
fn a_mistake_in_a_study_is_shown_at_its_line() {
    let desk = Desk::new();
    let dataset = root().join("datasets/paired_people/first_names");
    let file = |more: &str| {
        let text = format!(
            "name = \"wrong\"\n[study]\ndataset = \"{}\"\n{more}\n[feedback.said]\nadapter.comparison = {{ offset = false }}\n",
            dataset.display()
        );
        study_file(&desk, &text)
    };
    let check = |more: &str, expect: &[&str]| {
        let file = file(more);
        let checked = desk.medley(&["check", file.to_str().unwrap()]).output().unwrap();
        assert_refused(&checked, expect);
    };
    check("split.statement = { every = 1 }", &[":4:", "`study.split.statement.every`: at least 2"]);
    check("covariates = [\"land\"]", &[":4:", "expected a column of people", "found `land`"]);
    check("[aggregation]\nrules.borda.borda = {}", &["what a person counts for has to be said"]);
    let fine = desk.medley(&["check", file("").to_str().unwrap()]).output().unwrap();
    assert_success(&fine);
    assert!(text(&fine).contains("OK: 192 people, 6 items, 2880 statements"));
}
