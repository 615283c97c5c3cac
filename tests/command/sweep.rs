//! An experiment at many points: each run once, each mix at the point with the best held-out feedback, and how
//! the runs stand while that goes on.

use crate::harness::{Desk, assert_refused, assert_success, results, text, tiny};
use medley::report::{Chosen, read_aggregates, read_runs, read_sweep};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

/// Two rates and two widths.
const GRID: &str = "[sweep.grid]\n\"training.learning-rate\" = [0.001, 0.01]\n\
                    \"reward-model.backbone.mlp.hidden\" = [[4], [8]]";

fn verb(desk: &Desk, verb: &str, experiment: &Path) -> String {
    let out = desk.path("out");
    let arguments = [verb, experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = desk.medley(&arguments).output().unwrap();
    assert_success(&output);
    text(&output)
}

#[test]
fn every_point_is_run_once_and_each_mix_compared_at_its_best() {
    let desk = Desk::new();
    let swept = desk.experiment(&tiny("swept", "[0, 1]", GRID));
    let planned = verb(&desk, "plan", &swept);
    // Two seeds of baselines, and of the mix at each point.
    assert_eq!(
        planned.lines().filter(|line| line.contains("to do")).count(),
        2 + 2 * 4,
        "{planned}"
    );
    let estimated = desk
        .medley(&["plan", swept.to_str().unwrap(), "--estimate", "--out", "none"])
        .output()
        .unwrap();
    assert_success(&estimated);
    let told = text(&estimated);
    assert!(
        told.contains("estimate: 10 runs to do, at most ") && told.contains(" MiB with"),
        "{told}"
    );
    assert!(told.contains("by an epoch of 8 of them on this machine"), "{told}");
    let checked = desk.medley(&["check", swept.to_str().unwrap()]).output().unwrap();
    assert_success(&checked);
    let counts =
        "10 runs at 4 points of reward-model.backbone.mlp.hidden, training.learning-rate on flex";
    assert!(text(&checked).contains(counts), "{}", text(&checked));
    let before = verb(&desk, "status", &swept);
    assert!(before.contains("0 finished, 0 running, 0 lost, 0 failed, 10 to do"), "{before}");
    assert!(before.contains("time left: unknown until a run of a mix is finished"), "{before}");

    let said = verb(&desk, "run", &swept);
    assert!(said.contains("10 runs done, 0 finished before, 0 failed"), "{said}");
    assert!(said.contains("## Sweep"), "{said}");
    let after = verb(&desk, "status", &swept);
    assert!(after.contains("10 finished, 0 running, 0 lost, 0 failed, 0 to do"), "{after}");

    let tables = desk.path("out/swept/tables");
    let points = read_sweep(&tables.join("sweep.parquet")).unwrap();
    let chosen: Vec<_> = points.iter().filter(|point| point.chosen == Chosen::Yes).collect();
    let held_out = points.iter().map(|point| point.held_out.unwrap());
    assert_eq!((points.len(), chosen.len()), (4, 1));
    assert_eq!(chosen[0].held_out, held_out.max_by(f64::total_cmp));
    // Tables have every point, and aggregates too; what is summed up is the chosen one.
    let settings: BTreeSet<String> = points.iter().map(|point| point.setting.clone()).collect();
    let runs = read_runs(&tables.join("runs.parquet")).unwrap();
    assert_eq!(runs.into_iter().map(|run| run.setting).collect::<BTreeSet<_>>(), settings);
    let aggregates = read_aggregates(&desk.path("out/swept/figures/aggregates.parquet")).unwrap();
    let everywhere: BTreeSet<String> = aggregates.into_iter().map(|row| row.setting).collect();
    assert_eq!(everywhere.len(), 5, "four points, and baselines at all of them");

    // A point is the experiment with its values in their place: the same runs, and the same numbers.
    let more =
        tiny("swept", "[0, 1]", "learning-rate = 0.01").replace("hidden = [8]", "hidden = [4]");
    let alone = desk.experiment(&more.replace("name = \"swept\"", "name = \"alone\""));
    let out = desk.path("out");
    let arguments = ["run", alone.to_str().unwrap(), "--out", out.to_str().unwrap()];
    assert_success(&desk.medley(&arguments).output().unwrap());
    // Tables name the experiment and the point, and weights do not.
    let weights = |name: &str| {
        let mut files = results(&desk.path("out").join(name).join("runs"));
        files.retain(|(file, _)| file.ends_with(".safetensors"));
        files
    };
    let (swept, alone) = (weights("swept"), weights("alone"));
    assert!(alone.len() == 2 && alone.iter().all(|file| swept.contains(file)), "{alone:?}");
}

#[test]
fn a_failed_run_is_a_row_or_the_end_as_was_asked() {
    let desk = Desk::new();
    let grid =
        "[sweep.grid]\n\"training.learning-rate\" = [1e30, 0.01]\n[evaluation]\nagreement = false";
    let experiment = desk.experiment(&tiny("failing", "[0, 1]", grid));
    let stopped = desk.run(&experiment, "out", &["--jobs", "1", "--fail-fast"]);
    assert_refused(&stopped, &["training diverged", "1 failed, 3 not started"]);
    let status = verb(&desk, "status", &experiment);
    assert!(status.contains("2 finished, 0 running, 0 lost, 1 failed, 3 to do"), "{status}");
    assert!(
        status.contains("seed 0, comparisons + corrections, training.learning-rate = 1000000"),
        "{status}"
    );
    let went_on = desk.run(&experiment, "out", &["--jobs", "1"]);
    assert_refused(&went_on, &["2 runs done, 2 finished before, 2 failed"]);
    let summary = std::fs::read_to_string(desk.path("out/failing/figures/summary.md")).unwrap();
    assert!(summary.contains("**2 failed**"), "{summary}");
}

#[test]
fn what_happened_to_a_run_is_told_and_a_killed_one_is_lost() {
    let desk = Desk::new();
    let text_of = tiny("told", "[0]", "").replace("epochs = 3", "epochs = 400\npatience = 0");
    let experiment = desk.experiment(&text_of);
    let out = desk.path("out");
    let arguments =
        ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap(), "--jobs", "1"];
    let mut process =
        desk.medley(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let checkpoint = |run: &Path| run.join("checkpoints").exists();
    let runs = || {
        let entries = std::fs::read_dir(desk.path("out/told/runs")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    while !runs().iter().any(|run| checkpoint(run)) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let during = verb(&desk, "status", &experiment);
    assert!(during.contains("1 running"), "{during}");
    assert!(during.contains(&format!("process {} on ", process.id())), "{during}");
    process.kill().unwrap();
    process.wait().unwrap();
    let after = verb(&desk, "status", &experiment);
    assert!(after.contains("0 running, 1 lost"), "{after}");

    let run = runs().into_iter().find(|run| checkpoint(run)).unwrap();
    let id = run.file_name().unwrap().to_str().unwrap().to_owned();
    let log =
        |run: &str| desk.medley(&["log", run, "--out", out.to_str().unwrap()]).output().unwrap();
    let told = log(&id[..6]);
    assert_success(&told);
    assert!(text(&told).contains("a fit starts: at most 400 epochs"), "{}", text(&told));
    assert_eq!(text(&told), text(&log(run.to_str().unwrap())));
    assert_refused(&log("zzz"), &["expected the id of a run or its folder, found `zzz`"]);
    assert_refused(&log(""), &["runs begin with ``"]);
}

#[test]
fn a_sweep_that_cannot_be_is_refused_at_its_line() {
    let desk = Desk::new();
    let refused = |grid: &str, expected: &[&str]| {
        let experiment = desk.experiment(&tiny("refused", "[0]", grid));
        for verb in ["check", "plan", "run", "status"] {
            let output = desk.medley(&[verb, experiment.to_str().unwrap()]).output().unwrap();
            assert_refused(&output, expected);
        }
    };
    refused(
        "[sweep.grid]\n\"training.learning-rat\" = [0.1]",
        &["experiment.toml:18:", "unknown field `learning-rat`", "did you mean `learning-rate`?"],
    );
    refused(
        "[sweep.grid]\n\"training.epochs\" = { from = 1, to = 1000, points = 1000, whole = true }\n\
         \"training.batch-size\" = { from = 1, to = 1000, points = 1000, whole = true }",
        &["1000000 points of 2 runs each are 2000000 runs, and a plan has at most 20000"],
    );
}
