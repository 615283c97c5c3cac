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
