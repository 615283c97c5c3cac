//! A run that is killed at any moment resumes to the same bits.

use crate::harness::{Desk, assert_success, results, tiny};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn killed_runs_resume_to_the_same_bits() {
    let desk = Desk::new();
    let more = "epochs = 12\npatience = 0";
    let experiment = desk.experiment(&tiny("killed", "[0]", "").replace("epochs = 3", more));
    assert_success(&desk.run(&experiment, "whole", &[]));

    let [first, longer] = [150, 60].map(Duration::from_millis);
    desk.run_killed(&experiment, "killed", first, longer);
    let out = desk.path("killed");
    assert_eq!(results(&desk.path("whole")), results(&out));
}

#[test]
fn a_checkpoint_is_resumed_and_not_done_again() {
    let desk = Desk::new();
    let text = tiny("resumed", "[0]", "").replace("epochs = 3", "epochs = 100000\npatience = 0");
    let experiment = desk.experiment(&text);
    let out = desk.path("out");
    let arguments = ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let mut furthest = 0;
    for _ in 0..2 {
        let mut child =
            desk.medley(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let patience = Instant::now() + Duration::from_secs(60);
        // A run that started from nothing would leave an earlier checkpoint than there was.
        let reached = loop {
            let epoch = newest_checkpoint(&out).unwrap_or(furthest);
            if epoch != furthest || Instant::now() > patience {
                break epoch;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(reached > furthest, "epoch {reached} after {furthest}");
        furthest = newest_checkpoint(&out).unwrap();
    }
}

fn newest_checkpoint(folder: &std::path::Path) -> Option<u64> {
    let mut newest = None;
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).ok()?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(epoch) = name.strip_prefix("checkpoint-") {
                newest = newest.max(epoch.parse().ok());
            } else if entry.path().is_dir() {
                open.push(entry.path());
            }
        }
    }
    newest
}
