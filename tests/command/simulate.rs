//! Simulated people answer, and what they say is a dataset like any other.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley_dataset::Dataset;
use std::fs;
use std::process::Output;

const SIMULATION: &str = r#"
[simulation]
episodes = 30
segments = { length = 10 }
world.grid = { preset = "trap" }
people.count = 4
people.distortions = [{ mistakes = { share = 0.1 } }]
sources.a = { questions = 50, adapter.comparison = {} }
"#;

fn simulate(desk: &Desk, toml: &str, out: &str, seed: &str) -> Output {
    fs::write(desk.path("people.toml"), toml).unwrap();
    let arguments = ["simulate", "people.toml", "--out", out, "--seed", seed];
    desk.medley(&arguments).current_dir(desk.path("")).output().unwrap()
}

#[test]
fn answers_are_written_once_and_follow_from_the_seed() {
    let desk = Desk::new();
    let first = simulate(&desk, SIMULATION, "one", "1");
    assert_success(&first);
    assert!(text(&first).contains("50  comparison of `a`"), "{}", text(&first));
    assert_success(&simulate(&desk, SIMULATION, "again", "1"));
    assert_success(&simulate(&desk, SIMULATION, "other", "2"));
    let card = |folder: &str| fs::read_to_string(desk.path(folder).join("dataset.toml")).unwrap();
    assert_eq!(card("one"), card("again"));
    assert_ne!(card("one"), card("other"));
    let data = Dataset::open(&desk.path("one")).unwrap();
    assert_eq!((data.count("comparison"), data.people().len()), (50, 4));
    let world = medley_annotator::world_of(&data).unwrap().unwrap();
    assert_eq!(world.typetag_name(), "grid");
    // What is there is not written into.
    let before = card("one");
    assert_refused(&simulate(&desk, SIMULATION, "one", "2"), &["one is there already"]);
    assert_eq!(card("one"), before);
}

#[test]
fn a_mistake_is_told_where_it_stands() {
    let desk = Desk::new();
    let refused = |from: &str, to: &str, expect: &[&str]| {
        let found = simulate(&desk, &SIMULATION.replace(from, to), "none", "0");
        assert_refused(&found, expect);
        assert!(!desk.path("none").exists());
    };
    refused(
        "share = 0.1",
        "share = 3",
        &["people.toml:7:", "`simulation.people.distortions.0.mistakes.share`", "from 0 to 1"],
    );
    refused("episodes = 30", "episode = 30", &["people.toml:3:1", "unknown field `episode`"]);
    refused("comparison = {}", "comparision = {}", &["people.toml:8:", "comparison"]);
    refused(
        "episodes = 30",
        "episodes = 0",
        &["people.toml:3:", "`simulation.episodes`: at least 1 is needed, found 0"],
    );
}

const MISSPECIFIED: &str = r#"
name = "otherwise"
seeds = [0, 1]
[dataset]
split = { by = "annotator", validation = 0.25, test = 0.25 }
encoder.steps = {}
[dataset.generator.simulation]
world.random-mdp = { states = 6, steps = 10 }
episodes = 12
segments = { length = 4, count = 40 }
people = { count = 8 }
sources.a = { questions = 60, adapter.comparison = {} }
sources.b = { questions = 60, adapter.approval = {} }
[reward-model]
returns = "sum"
backbone.linear = {}
[feedback]
a = { select = "a", adapter.comparison = {} }
b = { select = "b", adapter.approval = {} }
[inference]
laplace = {}
[ablation]
mixes = { a = ["a"], b = ["b"] }
[ablation.data]
first.simulation.people.distortions = [{ position-bias = { nats = 1 } }]
[evaluation]
agreement = false
truth = {}
measure = { bootstrap = { replicates = 10 } }
"#;

#[test]
fn what_is_learned_from_people_who_err_is_compared_by_the_true_reward_alone() {
    let desk = Desk::new();
    let experiment = desk.experiment(MISSPECIFIED);
    let planned = desk.medley(&["plan"]).arg(&experiment).output().unwrap();
    assert!(text(&planned).contains("seed 1  a, on first\n"), "{}", text(&planned));
    let done = desk.run(&experiment, "runs", &[]);
    assert_success(&done);
    let figures = desk.path("runs/otherwise/figures");
    for measure in ["normalized-value", "epic", "starc", "return-spearman"] {
        assert!(figures.join(format!("robustness-{measure}.png")).is_file(), "{measure}");
    }
    let summary = fs::read_to_string(figures.join("summary.md")).unwrap();
    let lost: Vec<&str> = summary.lines().filter(|line| line.starts_with("| first |")).collect();
    // A thumb is about one segment, which nothing stands before.
    assert_eq!(lost.len(), 4, "{summary}");
    assert!(lost.iter().all(|line| line.ends_with("| same |")), "{lost:?}");
    assert!(lost.iter().all(|line| !line.contains("| same | same |")), "{lost:?}");
    assert!(!summary.contains("data = "), "other tables are about the data of the file: {summary}");
}

#[test]
fn a_distortion_that_acts_nowhere_is_told_where_it_is_laid_over() {
    let desk = Desk::new();
    let acts_nowhere =
        MISSPECIFIED.replace("position-bias = { nats = 1 }", "delay = { steps = 2 }");
    let experiment = desk.experiment(&acts_nowhere);
    let refused = desk.medley(&["check"]).arg(&experiment).output().unwrap();
    assert_refused(&refused, &["`ablation.data.first.simulation", "delay"]);
}
