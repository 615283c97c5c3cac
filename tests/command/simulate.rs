//! Simulated people answer, and what they say is a dataset like any other.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley_dataset::Dataset;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

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

/// Files of a dataset folder, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let in_folder = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten();
    let entries = in_folder(folder.to_owned()).chain(in_folder(folder.join("feedback")));
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let named = |path: PathBuf| {
        let name = path.strip_prefix(folder).unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    paths.map(named).collect()
}

/// Killed while people answer, and while what they said is written.
#[test]
fn a_killed_simulation_leaves_nothing_that_is_believed() {
    let desk = Desk::new();
    let many = SIMULATION
        .replace("episodes = 30", "episodes = 600")
        .replace("questions = 50", "questions = 30_000");
    assert_success(&simulate(&desk, &many, "whole", "1"));
    let whole = files(&desk.path("whole"));
    assert!(whole.len() > 5, "{:?}", whole.keys());
    let out = desk.path("killed");
    let stages = || -> Vec<PathBuf> {
        let entries = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().path());
        let is_stage =
            |path: &PathBuf| path.file_name().unwrap().as_encoded_bytes().starts_with(b".medley-");
        entries.filter(is_stage).collect()
    };
    let mut kills = BTreeMap::new();
    // Milliseconds after it began, or a file that is being written in the stage.
    let moments = [(1, ""), (40, ""), (120, ""), (0, "dataset"), (0, "dataset/groups.parquet")];
    let moments =
        moments.into_iter().chain([(0, "dataset/segments.parquet"), (0, "dataset/dataset.toml")]);
    for (milliseconds, file) in moments {
        let others = stages();
        let arguments = ["simulate", "people.toml", "--out", "killed", "--seed", "1"];
        let mut command = desk.medley(&arguments);
        let command = command.current_dir(desk.path("")).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        let is_written =
            || stages().iter().any(|it| !others.contains(it) && it.join(file).exists());
        let is_time = || match file {
            "" => begun.elapsed() >= Duration::from_millis(milliseconds),
            _ => is_written(),
        };
        while child.try_wait().unwrap().is_none() {
            if is_time() {
                child.kill().unwrap(); // SIGKILL
                *kills.entry(file.is_empty()).or_insert(0) += 1;
                break;
            }
            std::thread::yield_now();
        }
        child.wait().unwrap();
        // Either nothing is there or all of it, which a later run does not write into.
        if out.exists() {
            assert!(files(&out) == whole, "half a dataset after {milliseconds} ms or {file:?}");
            assert_refused(&simulate(&desk, &many, "killed", "1"), &["killed is there already"]);
            fs::remove_dir_all(&out).unwrap();
        }
    }
    assert!(kills.len() == 2 && kills.values().all(|&count| count >= 2), "{kills:?}");
    assert_success(&simulate(&desk, &many, "killed", "1"));
    assert!(files(&out) == whole, "other bits after a kill");
    assert_eq!(stages(), Vec::<PathBuf>::new());
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
