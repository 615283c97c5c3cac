//! Runs handed to workers: manifests, workers that meet, what is refused. Slurm itself is in `tests/slurm`.

use crate::harness::{Desk, assert_refused, assert_success, results, text, tiny};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Writes the manifest of what is missing, and where it is.
fn manifest(desk: &Desk, experiment: &Path, more: &[&str]) -> (Output, PathBuf) {
    let output = desk.run(experiment, "out", &[&["--on", "manifest"], more].concat());
    assert_success(&output);
    let said = text(&output);
    let path = said.lines().find_map(|line| line.strip_prefix("wrote ")).unwrap_or_default();
    let path = PathBuf::from(path);
    (output, path)
}

fn worker(desk: &Desk, manifest: &Path, index: usize) -> Command {
    let index = index.to_string();
    let mut command =
        desk.medley(&["worker", "--manifest", manifest.to_str().unwrap(), "--index", &index]);
    // Wherever a scheduler starts it.
    command.current_dir(std::env::temp_dir()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn workers_do_the_elements_of_a_manifest_to_the_bits_of_a_local_run() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("handed", "[0, 1, 2]", ""));
    assert_success(&desk.run(&experiment, "alone", &[]));
    let (output, path) = manifest(&desk, &experiment, &["--chunk", "2"]);
    let said = text(&output);
    assert!(said.contains("0 runs done, 0 queued, 0 under way, 6 missing\n"), "{said}");
    assert!(said.contains("elements 0 to 2: medley worker --manifest "), "{said}");
    for index in 0..3 {
        let output = worker(&desk, &path, index).output().unwrap();
        assert_success(&output);
        let said = text(&output);
        assert!(said.contains("2 runs done, 0 finished before, 0 failed\n"), "{said}");
    }
    let again = worker(&desk, &path, 1).output().unwrap();
    assert_success(&again);
    assert!(text(&again).contains("0 runs done, 2 finished before"), "{}", text(&again));
    let nothing = desk.run(&experiment, "out", &["--on", "manifest"]);
    assert!(text(&nothing).contains("nothing to hand over\n"), "{}", text(&nothing));
    assert_success(&desk.run(&experiment, "out", &[]));
    assert_eq!(results(&desk.path("alone")), results(&desk.path("out")));
}

#[test]
fn a_worker_that_is_started_twice_leaves_a_run_to_the_first_and_stops_when_asked() {
    let desk = Desk::new();
    let long = tiny("twice", "[0]", "").replace("epochs = 3", "epochs = 100000\npatience = 0");
    let (_, path) = manifest(&desk, &desk.experiment(&long), &[]);
    let first = worker(&desk, &path, 1).spawn().unwrap();
    wait_for(&desk, "claim.json");
    wait_for(&desk, "checkpoints");
    let second = worker(&desk, &path, 1).output().unwrap();
    let said = text(&second);
    assert_eq!(second.status.code(), Some(75), "{said}");
    assert!(said.contains("another process is at it"), "{said}");
    assert!(said.contains("0 failed, 1 left to other processes\n"), "{said}");
    for signal in ["-USR1", "-TERM"] {
        let asked = Command::new("kill").args([signal, &first.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(75), "{}", text(&first));
    assert!(text(&first).contains("goes on from the checkpoints"), "{}", text(&first));
    assert!(!found(&desk, "checkpoints").is_empty());
}

/// What a lease cannot exclude: one that was held up for longer than it lasts goes on beside its successor.
#[test]
fn two_that_are_at_one_run_write_the_same_bits_and_break_nothing() {
    let desk = Desk::new();
    let long = tiny("both", "[0]", "").replace("epochs = 3", "epochs = 150\npatience = 0");
    let experiment = desk.experiment(&long);
    assert_success(&desk.run(&experiment, "alone", &[]));
    let (_, path) = manifest(&desk, &experiment, &[]);
    let first = worker(&desk, &path, 1).spawn().unwrap();
    wait_for(&desk, "claim.json");
    // As if it had seemed dead: its claim stands no longer in the way of the second.
    found(&desk, "claim.json").iter().for_each(|claim| std::fs::remove_file(claim).unwrap());
    let second = worker(&desk, &path, 1).spawn().unwrap();
    let ended = |child: Child| {
        let output = child.wait_with_output().unwrap();
        assert_success(&output);
        let said = text(&output);
        assert!(said.contains("1 runs done, 0 finished before, 0 failed\n"), "{said}");
    };
    ended(first);
    ended(second);
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    let said = text(&output);
    assert!(said.contains("1 runs done, 1 finished before, 0 failed"), "{said}");
    assert_eq!(results(&desk.path("alone")), results(&desk.path("out")));
}

#[test]
fn manifests_that_are_not_what_was_written_are_refused() {
    let desk = Desk::new();
    let (_, path) = manifest(&desk, &desk.experiment(&tiny("sound", "[0]", "")), &[]);
    let sound = std::fs::read_to_string(&path).unwrap();
    let refused = |name: &str, text: &str, expected: &str| {
        let path = desk.path(name);
        std::fs::write(&path, text).unwrap();
        assert_refused(&worker(&desk, &path, 0).output().unwrap(), &[name, expected]);
    };
    refused("half.json", &sound[..sound.len() / 2], "the manifest is half-written");
    let other = sound.replace("epochs = 3", "epochs = 4");
    refused("other.json", &other, "the manifest is of another experiment than the text in it");
    refused("format.json", &sound.replace("\"schema\": 1", "\"schema\": 7"), "found format 7");
    let output = worker(&desk, &path, 2).output().unwrap();
    assert_refused(&output, &["there is no element 2: expected 0 to 1"]);
    let output = worker(&desk, &desk.path("gone.json"), 0).output().unwrap();
    assert_refused(&output, &["gone.json", "No such file"]);
}

#[test]
fn what_is_asked_of_slurm_needs_slurm() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("asked", "[0]", ""));
    let said = |more: &[&str]| desk.run(&experiment, "out", more);
    assert_refused(&said(&["--time", "10"]), &["`--time` is asked of Slurm", "`--on slurm`"]);
    assert_refused(&said(&["--dry-run"]), &["`--dry-run` is about a manifest"]);
    assert_refused(&said(&["--on", "slurm", "--time", "2"]), &["`time`", "which is 120 s"]);
    let wrong = said(&["--on", "pbs"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong).contains("expected `local`, `slurm` or `manifest`, found `pbs`"));
    // As on a machine without Slurm.
    let out = desk.path("out");
    let arguments =
        ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap(), "--on", "slurm"];
    let output = desk.medley(&arguments).env("PATH", "/nowhere").output().unwrap();
    assert_refused(&output, &["there is no `sbatch` on this machine"]);
    assert!(!out.exists(), "something was written");
    // Of the file, with its place.
    let text = tiny("asked", "[0]", "")
        .replace("execution.", "execution.slurm.mem = \"2 GB\"\nexecution.");
    let output = desk.run(&desk.experiment(&text), "out", &[]);
    assert_refused(&output, &["experiment.toml:4:", "`2 GB`"]);
}

/// Files and folders of that name in the folders of runs.
fn found(desk: &Desk, name: &str) -> Vec<PathBuf> {
    let experiments = std::fs::read_dir(desk.path("out")).into_iter().flatten().flatten();
    let runs =
        experiments.flat_map(|of| std::fs::read_dir(of.path().join("runs")).into_iter().flatten());
    runs.flatten().map(|run| run.path().join(name)).filter(|path| path.exists()).collect()
}

fn wait_for(desk: &Desk, name: &str) {
    for _ in 0..6000 {
        if !found(desk, name).is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no {name}");
}
