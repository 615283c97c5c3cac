//! One case a report: what was once wrong and must not come back. Each is named by the report.

use crate::bad_input::{copy, with_comparisons};
use crate::harness::{Desk, assert_refused, assert_success, results, text, tiny};
use std::path::{Path, PathBuf};

/// Folders of the runs in `out`; those of mixes have a model.
fn runs(out: &Path, has_model: bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out.join("runs")).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.join("model.toml").exists() == has_model).collect()
}

fn model(out: &Path) -> PathBuf {
    runs(out, true).remove(0)
}

/// Changes one byte of the last number of a safetensors file.
fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let last = bytes.len() - 2;
    bytes[last] ^= 0x55;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn audit_d2_weights_that_are_not_what_was_written_are_not_scored() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("flipped", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let run = model(&desk.path("out/flipped"));
    let score = || {
        let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback"];
        desk.medley(&arguments).output().unwrap()
    };
    assert_success(&score());
    flip(&run.join("model.safetensors"));
    assert_refused(&score(), &["model.safetensors", "expected blake3"]);
    // A model of before hashes were recorded is read, unless what it says is no number.
    let card = std::fs::read_to_string(run.join("model.toml")).unwrap();
    let (old, _) = card.split_once("[[parts]]").unwrap();
    std::fs::write(run.join("model.toml"), old).unwrap();
    assert_refused(&score(), &["model.toml", "not what the run wrote"]);
    std::fs::remove_file(run.join("done.json")).unwrap();
    assert_success(&score());
    let mut bytes = std::fs::read(run.join("model.safetensors")).unwrap();
    let from = bytes.len() - 4;
    bytes[from..].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(run.join("model.safetensors"), bytes).unwrap();
    assert_refused(&score(), &["weights must be finite, found NaN"]);
}

#[test]
fn audit_d2_a_finished_run_is_done_while_its_files_hash_as_recorded() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("hashed", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let before = results(&desk.path("out"));
    flip(&model(&desk.path("out/hashed")).join("model.safetensors"));
    let out = desk.path("out");
    let arguments = ["plan", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let planned = text(&desk.medley(&arguments).output().unwrap());
    assert!(planned.contains("  again  seed 0  comparisons + corrections"), "{planned}");
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    let said = text(&output);
    assert!(said.contains("model.safetensors is not what was written; it is done again"), "{said}");
    assert!(said.contains("1 runs done, 1 finished before, 0 failed"), "{said}");
    assert_eq!(results(&out), before);
}

/// Runs until there is a checkpoint, and kills.
fn killed(desk: &Desk, experiment: &Path) -> PathBuf {
    let out = desk.path("out");
    let arguments = ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let mut child = desk.medley(&arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
    let checkpoint = || {
        let runs = std::fs::read_dir(desk.path("out/stuck/runs")).ok()?;
        let of_fit = |run: std::fs::DirEntry| std::fs::read_dir(run.path().join("checkpoints/0"));
        let mut found = runs.flatten().filter_map(|run| of_fit(run).ok()).flatten();
        let is_one = |name: &str| name.starts_with("checkpoint-");
        found.find_map(|e| e.ok().filter(|e| is_one(&e.file_name().to_string_lossy())))
    };
    while checkpoint().is_none() {
        assert!(child.try_wait().unwrap().is_none(), "finished before a checkpoint was seen");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    checkpoint().unwrap().path()
}

#[test]
fn audit_d2_a_checkpoint_with_another_weight_is_not_believed() {
    let desk = Desk::new();
    let long = tiny("stuck", "[0]", "").replace("epochs = 3", "epochs = 40\npatience = 0");
    let experiment = desk.experiment(&long);
    assert_success(&desk.run(&experiment, "whole", &[]));
    flip(&killed(&desk, &experiment).join("model.safetensors"));
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    let said = text(&output);
    assert!(said.contains("a checkpoint is broken, so training starts anew"), "{said}");
    assert!(said.contains("model.safetensors"), "{said}");
    assert_eq!(results(&desk.path("whole")), results(&desk.path("out")));
}

#[test]
fn audit_d3_a_broken_checkpoint_blocks_nothing() {
    let desk = Desk::new();
    let long = tiny("stuck", "[0]", "").replace("epochs = 3", "epochs = 40\npatience = 0");
    let experiment = desk.experiment(&long);
    assert_success(&desk.run(&experiment, "whole", &[]));
    let checkpoint = killed(&desk, &experiment);
    let weights = checkpoint.join("best-model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    assert!(text(&output).contains("best-model.safetensors"), "{}", text(&output));
    assert_eq!(results(&desk.path("whole")), results(&desk.path("out")));
}

#[test]
fn audit_d4_cut_and_missing_tables_are_made_again() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("cut", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let before = results(&desk.path("out"));
    let run = model(&desk.path("out/cut"));
    let table = run.join("tables/measurements.parquet");
    let bytes = std::fs::read(&table).unwrap();
    std::fs::write(&table, &bytes[..100]).unwrap();
    std::fs::remove_dir_all(runs(&desk.path("out/cut"), false)[0].join("tables")).unwrap();
    let output = desk.run(&experiment, "out", &[]);
    assert_success(&output);
    assert!(
        text(&output).contains("2 runs done, 0 finished before, 0 failed"),
        "{}",
        text(&output)
    );
    assert_eq!(results(&desk.path("out")), before);
}

#[test]
fn audit_d12_a_model_of_a_later_version_is_refused() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("later", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let run = model(&desk.path("out/later"));
    let card = std::fs::read_to_string(run.join("model.toml")).unwrap();
    let ours = format!("medley = \"{}\"", env!("CARGO_PKG_VERSION"));
    std::fs::write(run.join("model.toml"), card.replace(&ours, "medley = \"9.9.9\"")).unwrap();
    let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback"];
    assert_refused(&desk.medley(&arguments).output().unwrap(), &["medley 9.9.9 wrote it"]);
}

#[test]
fn audit_d14_a_mistyped_folder_and_a_flag_are_named_and_leave_nothing() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("typo", "[0]", ""));
    let typo = desk.path("typo");
    let arguments = ["plot", experiment.to_str().unwrap(), "--out", typo.to_str().unwrap()];
    let output = desk.medley(&arguments).output().unwrap();
    assert_refused(&output, &["no run of this experiment is finished", "typo"]);
    assert!(!typo.exists());
    let none = desk.run(&experiment, "out", &["--seeds", "0"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none).contains("--seeds"), "{}", text(&none));
    let more = desk.run(&experiment, "out", &["--seeds", "9"]);
    assert_success(&more);
    assert!(text(&more).contains("--seeds 9: the file has 1"), "{}", text(&more));
}

fn check(text: &str) -> std::process::Output {
    let desk = Desk::new();
    let experiment = desk.experiment(text);
    desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap()
}

#[test]
fn review_1_a_mix_of_weight_zero_is_refused() {
    let more = "[mixing.weighted.weights]\ncomparisons = 0.0\n[ablation]\nfeedback = \"subsets\"";
    let output = check(&tiny("silent", "[0]", more));
    assert_refused(&output, &["experiment.toml:17:", "all weights of the mix comparisons are 0"]);
}

#[test]
fn review_2_a_source_with_plus_in_its_name_is_refused() {
    let sound = tiny("plus", "[0]", "");
    let output = check(&sound.replace("feedback.corrections", "feedback.\"a+b\""));
    assert_refused(&output, &["experiment.toml:13:", "without `+`, found `a+b`"]);
}

#[test]
fn review_4_a_second_tag_is_refused_wherever_one_is_taken() {
    let desk = Desk::new();
    let file = desk.path("export.toml");
    std::fs::write(&file, "[export.trl-preference]\n[export.trl-unpaired]\n").unwrap();
    let out = desk.path("out.jsonl");
    let arguments =
        ["export", file.to_str().unwrap(), "datasets/qa_feedback", out.to_str().unwrap()];
    let output = desk.medley(&arguments).output().unwrap();
    assert_refused(&output, &["exactly one name", "`trl-preference` and `trl-unpaired`"]);
    assert!(!out.exists());
    let sound = tiny("tags", "[0]", "");
    for (from, to) in [
        ("backbone.mlp", "backbone.linear = {}\nbackbone.mlp"),
        ("encoder.hashed", "encoder.steps = {}\nencoder.hashed"),
        ("adapter.comparison", "adapter.rating = {}\nadapter.comparison"),
    ] {
        assert!(sound.contains(from));
        assert_refused(&check(&sound.replace(from, to)), &["exactly one name is expected"]);
    }
    let mixing = "[mixing]\njoint = {}\nweighted = {}\n[training]";
    assert_refused(&check(&sound.replace("[training]", mixing)), &["exactly"]);
}

#[test]
fn review_5_check_binds_the_split_of_every_seed() {
    let desk = Desk::new();
    let data = desk.path("data");
    copy(Path::new("datasets/qa_feedback"), &data);
    // One comparison: some splits put its prompt into the training part, others do not.
    with_comparisons(r#"{"first": "q000/p1", "second": "q000/p2", "preference": 1.0}"#)(&data);
    let check = |seeds: &str| {
        let text = tiny("seeds", seeds, "").replace("datasets/qa_feedback", data.to_str().unwrap());
        let experiment = desk.experiment(&text);
        desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap()
    };
    let sound: Vec<bool> =
        (0..8).map(|seed| check(&format!("[{seed}]")).status.success()).collect();
    let good = sound.iter().position(|&sound| sound).unwrap();
    let bad = sound.iter().position(|&sound| !sound).unwrap();
    let both = check(&format!("[{good}, {bad}]"));
    assert_refused(&both, &[&format!("under the split of seed {bad}"), "comparisons"]);
}

#[test]
fn review_6_plotting_an_exact_experiment_computes_nothing() {
    let desk = Desk::new();
    let experiment = desk.experiment("name = \"known\"\n[exact.hidden-context]\npoints = 10\n");
    let out = desk.path("out");
    let plot = || {
        let arguments = ["plot", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
        desk.medley(&arguments).output().unwrap()
    };
    assert_refused(&plot(), &["there is no result in", "medley run"]);
    assert!(!out.exists());
    assert_success(&desk.run(&experiment, "out", &[]));
    let figure = desk.path("out/known/figures/hidden-context.svg");
    let first = std::fs::read(&figure).unwrap();
    std::fs::remove_file(&figure).unwrap();
    assert_success(&plot());
    assert_eq!(std::fs::read(&figure).unwrap(), first);
}

#[test]
fn review_7_options_out_of_range_are_refused_at_their_line() {
    let sound = tiny("ranges", "[0]", "[evaluation]\ncalibration = { iterations = 0 }");
    assert_refused(
        &check(&sound),
        &["experiment.toml:18:", "calibration.iterations", "at least 1"],
    );
    let seconds =
        tiny("ranges", "[0]", "").replace("checkpoint-secs = 0.0", "checkpoint-secs = nan");
    assert_refused(&check(&seconds), &["experiment.toml:4:", "execution.checkpoint-secs", "NaN"]);
}

#[test]
fn keys_that_have_moved_are_named_with_their_new_place() {
    let old = tiny("moved", "[0]", "checkpoint-secs = 5.0");
    assert_refused(&check(&old), &["experiment.toml:17:", "stands under `[execution]` now"]);
}

#[test]
fn runs_of_the_version_before_break_nothing() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("older", "[0]", ""));
    let old = desk.path("out/older/runs/0123456789ab/tables");
    std::fs::create_dir_all(&old).unwrap();
    std::fs::write(old.join("measurements.parquet"), "of another layout").unwrap();
    std::fs::write(desk.path("out/older/runs/0123456789ab/done.json"), "{}\n").unwrap();
    assert_success(&desk.run(&experiment, "out", &[]));
    assert!(old.exists());
}

#[test]
fn a_card_that_cannot_be_read_protects_what_stands_beside_it() {
    let desk = Desk::new();
    let mapping = "[import.columns]\nname = \"m\"\ngroup = \"id\"\n[[import.columns.records]]\n\
                   kind = \"approval\"\nsegment = \"text\"\napproval = 1\n";
    let (toml, data, hand) = (desk.path("m.toml"), desk.path("d.csv"), desk.path("hand"));
    std::fs::write(&toml, mapping).unwrap();
    std::fs::write(&data, "id,text\n1,Yes.\n").unwrap();
    std::fs::create_dir_all(hand.join("feedback")).unwrap();
    let mine = ["feedback/approval.jsonl", "people.jsonl"].map(|name| hand.join(name));
    mine.iter().for_each(|file| std::fs::write(file, "mine").unwrap());
    let import = || {
        let paths = [&toml, &data, &hand].map(|path| path.to_str().unwrap());
        desk.medley(&["import", paths[0], paths[1], paths[2]]).output().unwrap()
    };
    for (card, expect) in [("licnce = \"MIT\"", "`licnce`"), ("schema = 3", "version 3 is newer")] {
        std::fs::write(hand.join("dataset.toml"), card).unwrap();
        assert_refused(&import(), &["hand/dataset.toml: cannot read", "mend it", expect]);
        mine.iter().for_each(|file| assert_eq!(std::fs::read(file).unwrap(), b"mine"));
    }
    let sound = "name = \"m\"\nschema = 2\ndomain = \"text\"\ngroups = \"prompt\"\n";
    std::fs::remove_file(hand.join("dataset.toml")).unwrap();
    std::fs::write(hand.join(".dataset.toml.replaced"), sound).unwrap();
    assert_refused(&import(), &["hand/", ".jsonl: cannot remove it", "move it away first"]);
    mine.iter().for_each(|file| assert_eq!(std::fs::read(file).unwrap(), b"mine"));
    mine.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    assert_success(&import());
}

/// Returns discounted by 7 scored, and a hundred thousand million members took the process down.
#[test]
fn a_model_whose_card_was_changed_does_not_score() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("card", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let run = model(&desk.path("out/card"));
    let card = std::fs::read_to_string(run.join("model.toml")).unwrap();
    let score = |from: &str, to: &str| {
        assert!(card.contains(from), "{card}");
        std::fs::write(run.join("model.toml"), card.replace(from, to)).unwrap();
        let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback"];
        desk.medley(&arguments).output().unwrap()
    };
    let (mean, members) = ("returns = \"mean\"", "members = 2");
    let recorded = ["model.toml is broken", "not what the run wrote", "expected blake3"];
    assert_refused(&score(mean, "returns = \"sum\""), &recorded);
    assert_success(&score(mean, mean));
    std::fs::remove_file(run.join("done.json")).unwrap();
    let discount = ["model.toml:", "`reward-model.returns`", "(0, 1] is needed, found 7"];
    assert_refused(&score(mean, "returns = { discounted = 7.0 }"), &discount);
    assert_refused(&score(members, "members = 0"), &["`reward-model.members`", "at least 1"]);
    let many = ["`members = 100000000000`", "model.safetensors have [2] rows"];
    assert_refused(&score(members, "members = 100000000000"), &many);
    assert_success(&score(members, members));
}

/// Notes and scores in the folder of a run were hashed into done.json, so that a changed note made it
/// broken, and were deleted when it was done again.
#[test]
fn files_of_the_user_in_the_folder_of_a_run_are_left_alone() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("notes", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let run = model(&desk.path("out/notes"));
    let (notes, scores) = (run.join("notes.md"), run.join("scores.csv"));
    let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback", "--out"];
    assert_success(&desk.medley(&arguments).arg(&scores).output().unwrap());
    std::fs::write(&notes, "first").unwrap();
    std::fs::remove_file(run.join("plan.toml")).unwrap();
    let again = text(&desk.run(&experiment, "out", &[]));
    assert!(again.contains("plan.toml is missing; it is done again"), "{again}");
    assert!(again.contains("1 runs done, 1 finished before, 0 failed"), "{again}");
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "first");
    assert!(scores.exists());
    std::fs::write(&notes, "second").unwrap();
    std::fs::remove_file(&scores).unwrap();
    let kept = text(&desk.run(&experiment, "out", &[]));
    assert!(kept.contains("0 runs done, 2 finished before, 0 failed"), "{kept}");
}

/// With `patience = 0` every fit was listed as one that ended too early, though it was to end there.
#[test]
fn a_fit_that_nothing_was_to_stop_is_not_called_unfinished() {
    let desk = Desk::new();
    let to_the_end = tiny("to-the-end", "[0]", "patience = 0\nmin-steps = 10");
    let output = desk.run(&desk.experiment(&to_the_end), "out", &[]);
    assert_success(&output);
    assert!(!text(&output).contains("Ended at the limit of epochs"), "{}", text(&output));
    let cut = tiny("cut-off", "[0]", "min-steps = 10");
    let output = desk.run(&desk.experiment(&cut), "out", &[]);
    assert!(text(&output).contains("Ended at the limit of epochs"), "{}", text(&output));
}

/// "under the split of seed 0" stood before every one of these, and no place.
#[test]
fn what_the_data_refuse_is_shown_at_its_line() {
    let sound = tiny("places", "[0]", "");
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "[reward-model]",
            "split = { by = \"prompt\", validation = 0.6, test = 0.6 }\n[reward-model]",
            &["experiment.toml:8:", "`dataset.split`", "found validation = 0.6 and test = 0.6"],
        ),
        (
            "dimensions = 16, orders = [1]",
            "dimensions = 0, overlap = false",
            &[
                "experiment.toml:7:",
                "`dataset.encoder.hashed-ngrams.dimensions`",
                "at least 1 without other features, found 0",
            ],
        ),
        (
            "[training]",
            "[feedback.stars]\nadapter.rating = {}\n[training]",
            &["experiment.toml:15:", "feedback `stars`"],
        ),
        (
            "[training]",
            "[evaluation]\nbaselines = { odd = [\"colour\"] }\n[training]",
            &["experiment.toml:16:", "`evaluation.baselines.odd`", "no feature `colour`"],
        ),
        ("epochs = 3", "epochs = -3", &["experiment.toml:16:", "expected a whole number from 0"]),
    ];
    for (from, to, expected) in cases {
        assert!(sound.contains(from), "`{from}` is not in the sound file");
        let output = check(&sound.replace(from, to));
        assert_refused(&output, expected);
        assert!(!text(&output).contains("under the split"), "{}", text(&output));
    }
}

/// The link that somebody named was replaced by a plain file.
#[cfg(unix)]
#[test]
fn a_link_that_results_are_written_to_stays_a_link() {
    let desk = Desk::new();
    let (link, target) = (desk.path("link.json"), desk.path("target.json"));
    std::fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let arguments = ["doctor", "datasets/qa_feedback", "--json", link.to_str().unwrap()];
    desk.medley(&arguments).output().unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(std::fs::read_to_string(&target).unwrap().starts_with('{'));
}
