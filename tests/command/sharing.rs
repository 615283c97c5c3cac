//! Processes that work on one folder share its runs, and one that dies leaves none behind.

use crate::harness::{Desk, assert_success, results, text, tiny};
use std::process::{Child, Stdio};

fn spawn(desk: &Desk, experiment: &std::path::Path, out: &str) -> Child {
    let out = desk.path(out);
    let arguments =
        ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap(), "--jobs", "1"];
    desk.medley(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs done and finished before, as the last line of a run says.
fn tally(said: &str) -> (usize, usize) {
    let line = said.lines().find(|line| line.contains(" runs done, ")).unwrap();
    let numbers: Vec<usize> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

#[test]
fn two_processes_share_the_runs_of_a_folder() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("shared", "[0, 1, 2]", ""));
    assert_success(&desk.run(&experiment, "alone", &[]));
    let processes = [spawn(&desk, &experiment, "out"), spawn(&desk, &experiment, "out")];
    let mut done = 0;
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert_success(&output);
        let (now, before) = tally(&text(&output));
        assert_eq!(now + before, 6, "{}", text(&output));
        done += now;
    }
    assert_eq!(done, 6, "a run was done twice or not at all");
    assert_eq!(results(&desk.path("alone")), results(&desk.path("out")));
    // Claims are gone with the runs that they were of.
    for run in std::fs::read_dir(desk.path("out/shared/runs")).unwrap() {
        assert!(!run.unwrap().path().join("claim.json").exists());
    }
}

#[test]
fn a_process_takes_over_from_one_that_was_killed() {
    let desk = Desk::new();
    let text_of = tiny("taken", "[0]", "").replace("epochs = 3", "epochs = 60\npatience = 0");
    let experiment = desk.experiment(&text_of);
    let mut first = spawn(&desk, &experiment, "out");
    let runs = desk.path("out/taken/runs");
    let is_claimed = || {
        let mut entries = std::fs::read_dir(&runs).into_iter().flatten().flatten();
        entries.any(|run| run.path().join("claim.json").exists())
    };
    while !is_claimed() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let second = spawn(&desk, &experiment, "out");
    first.kill().unwrap();
    first.wait().unwrap();
    let output = second.wait_with_output().unwrap();
    assert_success(&output);
    let (done, before) = tally(&text(&output));
    assert_eq!(done + before, 2, "{}", text(&output));
    assert!(done >= 1, "{}", text(&output));
}
