//! The same plan gives the same bits, whatever the number of threads.

use crate::harness::{Desk, assert_success, results, text, tiny};

#[test]
fn thread_count_changes_no_bit() {
    let desk = Desk::new();
    let experiment =
        desk.experiment(&tiny("threads", "[0, 1]", "[ablation]\nfeedback = \"subsets\""));
    for (out, jobs, threads) in [("one", "1", "1"), ("two", "2", "2"), ("many", "5", "7")] {
        let folder = desk.path(out);
        let arguments = [
            "run",
            experiment.to_str().unwrap(),
            "--out",
            folder.to_str().unwrap(),
            "--jobs",
            jobs,
        ];
        let output = desk.medley(&arguments).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert_success(&output);
    }
    assert_eq!(results(&desk.path("one")), results(&desk.path("two")));
    assert_eq!(results(&desk.path("one")), results(&desk.path("many")));
}

#[test]
fn finished_runs_are_skipped_and_changes_are_not() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("skipped", "[0]", ""));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("2 runs done, 0 finished before"));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("0 runs done, 2 finished before"));
    // Another seed adds runs; another learning rate makes those new that it is a part of, and
    // baselines have one of their own.
    let experiment = desk.experiment(&tiny("skipped", "[0, 1]", ""));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("2 runs done, 2 finished before"));
    let experiment = desk.experiment(&tiny("skipped", "[0, 1]", "learning-rate = 0.002"));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("2 runs done, 2 finished before"));
    let weighted = "learning-rate = 0.002\n[mixing]\nweighted = {}";
    let experiment = desk.experiment(&tiny("skipped", "[0, 1]", weighted));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("2 runs done, 2 finished before"));
    let baseline = "learning-rate = 0.002\n[evaluation]\nagreement = false\nbaseline = { learning-rate = 0.1 }";
    let experiment = desk.experiment(&tiny("skipped", "[0, 1]", baseline));
    assert!(text(&desk.run(&experiment, "out", &[])).contains("2 runs done, 2 finished before"));
}

#[test]
fn plotting_again_trains_nothing_and_draws_the_same() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("plotted", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let figures = desk.path("out/plotted/figures");
    let first = std::fs::read(figures.join("quality.svg")).unwrap();
    std::fs::remove_dir_all(&figures).unwrap();
    let out = desk.path("out");
    let arguments = ["plot", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    assert_success(&desk.medley(&arguments).output().unwrap());
    assert_eq!(first, std::fs::read(figures.join("quality.svg")).unwrap());
}
