//! Audit of 69e4138, the parts that were open: one test a finding, named after it.

use crate::bad_input::copy;
use crate::harness::{Desk, assert_refused, assert_success, results, text, tiny};
use std::path::Path;
use std::process::{Output, Stdio};

fn check(desk: &Desk, experiment: &str) -> Output {
    let experiment = desk.experiment(experiment);
    desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap()
}

/// Ten pairs of texts of 100,000 characters made `check` say "sound" and the kernel kill the run.
#[test]
fn audit_d5_attention_beyond_the_limit_is_refused_before_any_run() {
    let desk = Desk::new();
    let of = |mib: u64| {
        let limit = format!("execution.checkpoint-secs = 0.0\nexecution.attention-mib = {mib}");
        tiny("attentive", "[0]", "")
            .replace("execution.checkpoint-secs = 0.0", &limit)
            .replace("mlp = { hidden = [8] }", "transformer = { heads = 4, layers = 2 }")
    };
    let sound = check(&desk, &of(8192));
    assert_success(&sound);
    assert!(text(&sound).contains("attention: about "), "{}", text(&sound));
    let expected =
        ["experiment.toml:", "`reward-model.backbone`", "`execution.attention-mib` allows 1"];
    assert_refused(&check(&desk, &of(1)), &expected);
    let run = desk.run(&desk.path("experiment.toml"), "out", &[]);
    assert_refused(&run, &expected);
    let linear = check(&desk, &tiny("linear", "[0]", ""));
    assert!(!text(&linear).contains("attention"), "{}", text(&linear));
}

#[cfg(unix)]
#[test]
fn audit_d8_what_is_no_regular_file_is_refused_at_once() {
    let desk = Desk::new();
    let device = "expected a regular file, found a device";
    assert_refused(&desk.medley(&["check", "/dev/zero"]).output().unwrap(), &["/dev/zero", device]);
    let import = ["import", "/dev/zero.toml", "x", "y"];
    assert_refused(&desk.medley(&import).output().unwrap(), &["cannot read /dev/zero.toml"]);
    let large = desk.path("large.toml");
    std::fs::write(&large, vec![b'#'; (16 << 20) + 1]).unwrap();
    let large = desk.medley(&["check", large.to_str().unwrap()]).output().unwrap();
    assert_refused(&large, &["large.toml", "expected at most 16777216 bytes"]);
    for name in ["dataset.toml", "steps.parquet", "feedback/comparison.parquet"] {
        let data = desk.path(name.rsplit('/').next().unwrap());
        copy(Path::new("datasets/qa_feedback"), &data);
        std::fs::remove_file(data.join(name)).unwrap();
        std::os::unix::fs::symlink("/dev/zero", data.join(name)).unwrap();
        let doctor = desk.medley(&["doctor", data.to_str().unwrap()]).output().unwrap();
        assert_refused(&doctor, &[name, device]);
    }
}

#[test]
fn audit_d9_the_next_import_and_the_next_run_sweep() {
    let desk = Desk::new();
    let import = || {
        let (table, target) = (desk.path("in"), desk.path("ds"));
        let arguments = ["import", "tables", table.to_str().unwrap(), target.to_str().unwrap()];
        assert_success(&desk.medley(&arguments).output().unwrap());
    };
    copy(Path::new("tests/field/67-no-test-part/in"), &desk.path("in"));
    // As a killed import leaves it: with its lock, which nobody holds any more.
    let (left, users) = (desk.path(".medley-abcdef"), desk.path(".medley-users"));
    [&left, &users].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    std::fs::write(left.join(".in-progress"), "").unwrap();
    std::fs::write(left.join("steps.parquet"), "half").unwrap();
    import();
    import();
    assert!(!left.exists() && users.exists());
    assert!(!desk.path("ds/.in-progress").exists());

    let experiment = desk.experiment(&tiny("swept", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let half = desk.path("out/swept/tables/.runs.parquet.12.0.partial");
    std::fs::write(&half, "half").unwrap();
    assert_success(&desk.run(&experiment, "out", &[]));
    assert!(!half.exists());
}

/// A new version finds nothing done, and nothing said why.
#[test]
fn audit_d12_runs_of_another_version_are_named() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("older", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let runs = desk.path("out/older/runs");
    let plan = || {
        let out = desk.path("out");
        let arguments = ["plan", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
        text(&desk.medley(&arguments).output().unwrap())
    };
    assert!(!plan().contains("the version is part"), "{}", plan());
    for entry in std::fs::read_dir(&runs).unwrap() {
        let path = entry.unwrap().path();
        let written = std::fs::read_to_string(path.join("plan.toml")).unwrap();
        let ours = format!("medley = \"{}\"", env!("CARGO_PKG_VERSION"));
        std::fs::write(path.join("plan.toml"), written.replace(&ours, "medley = \"0.0.9\""))
            .unwrap();
        std::fs::rename(
            &path,
            runs.join(format!("0{}", &path.file_name().unwrap().to_str().unwrap()[1..])),
        )
        .unwrap();
    }
    let said = plan();
    assert!(
        said.contains("2 runs of medley 0.0.9: the version is part of what a run is"),
        "{said}"
    );
}

#[test]
fn audit_d13_a_card_lists_files_of_its_folder_only() {
    for name in ["../secret", "/etc/passwd", "feedback/../../x"] {
        let desk = Desk::new();
        copy(Path::new("datasets/tricot"), &desk.path("ds"));
        let card = desk.path("ds/dataset.toml");
        let written = std::fs::read_to_string(&card).unwrap();
        let listed = format!("[files]\n\"{name}\" = \"00\"");
        std::fs::write(&card, written.replace("[files]", &listed)).unwrap();
        let folder = desk.path("ds");
        let doctor = desk.medley(&["doctor", folder.to_str().unwrap()]).output().unwrap();
        assert_refused(&doctor, &["dataset.toml", "expected paths within its folder", name]);
    }
}

#[test]
fn audit_c2_6_a_part_without_groups_names_its_share_and_one_that_works() {
    let desk = Desk::new();
    let split = "path = \"datasets/qa_feedback\"\nsplit = { by = \"prompt\", validation = 0.0001, test = 0.2 }";
    let small = tiny("small", "[0]", "").replace("path = \"datasets/qa_feedback\"", split);
    assert_refused(
        &check(&desk, &small),
        &[
            "experiment.toml:7:",
            "`dataset.split.validation`: the validation part would be empty: 0.0001 of 500 groups",
            "the smallest share that works is 0.001",
        ],
    );
    assert_success(&check(&desk, &small.replace("validation = 0.0001", "validation = 0.001")));
}

#[test]
fn audit_c2_8_a_mistyped_format_is_told_what_was_meant() {
    let desk = Desk::new();
    let said = |arguments: &[&str]| desk.medley(arguments).output().unwrap();
    let import = said(&["import", "colums", "x", "y"]);
    assert_refused(&import, &["unknown format `colums` (did you mean `columns`?)"]);
    let export = said(&["export", "trl-prefrence", "x", "y"]);
    assert_refused(&export, &["unknown format `trl-prefrence` (did you mean `trl-preference`?)"]);
    assert!(!text(&said(&["import", "zzzzzzzz", "x", "y"])).contains("did you mean"));
}

#[test]
fn audit_c2_9_a_section_or_one_entry_can_be_listed() {
    let desk = Desk::new();
    let listed = |name: &str| {
        let output = desk.medley(&["list", name]).output().unwrap();
        assert_success(&output);
        text(&output)
    };
    let importers = listed("importers");
    assert!(importers.starts_with("Importers\n") && importers.contains("\n  columns    "));
    assert!(!importers.contains("adapter."), "{importers}");
    for name in ["adapter.rating", "rating"] {
        let one = listed(name);
        assert!(one.starts_with("Adapters\n  adapter.rating    "), "{one}");
        assert!(one.contains("model = \"cumulative-logit\"") && !one.contains("ranking"), "{one}");
    }
    assert_eq!(listed("trl-preference").matches("trl-preference").count(), 2, "read and written");
    assert!(listed("devices").contains("flex"));
    let unknown = desk.medley(&["list", "adapter.ratin"]).output().unwrap();
    assert_refused(
        &unknown,
        &["nothing is called `adapter.ratin`: did you mean `adapter.rating`?"],
    );
}

#[test]
fn audit_c2_10_a_mistake_in_toml_is_told_once() {
    let desk = Desk::new();
    let output = check(&desk, &tiny("x", "[0]", "").replace("epochs = 3", "epoch = 3"));
    assert_refused(&output, &["error: ", "experiment.toml:16:", "did you mean `epochs`?"]);
    let said = text(&output);
    assert_eq!(said.matches("unknown field `epoch`").count(), 1, "{said}");
    assert!(said.contains("epoch = 3"), "the line of the file: {said}");
}

#[test]
fn audit_c2_11_without_a_terminal_there_is_a_line_for_each_run() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("told", "[0]", ""));
    let output = desk.run(&experiment, "out", &["--jobs", "1"]);
    assert_success(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("done: baselines, seed 0 (1 of 2)\n"), "{said}");
    assert!(said.contains("done: comparisons + corrections, seed 0 (2 of 2)\n"), "{said}");
}

/// Ctrl-C ended at once and without a word.
#[cfg(unix)]
#[test]
fn audit_c2_11_an_interrupted_run_stops_at_a_checkpoint_and_says_how_to_go_on() {
    let desk = Desk::new();
    let long = tiny("stopped", "[0]", "")
        .replace("epochs = 3", "epochs = 60\npatience = 0")
        .replace("checkpoint-secs = 0.0", "checkpoint-secs = 1000.0");
    let experiment = desk.experiment(&long);
    assert_success(&desk.run(&experiment, "whole", &[]));
    let out = desk.path("out");
    let arguments =
        ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap(), "--jobs", "1"];
    let child =
        desk.medley(&arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // The folder of checkpoints is made when the fit starts.
    let started = || {
        let runs = std::fs::read_dir(out.join("stopped/runs")).into_iter().flatten().flatten();
        runs.map(|run| run.path().join("checkpoints/0")).find(|folder| folder.exists())
    };
    while started().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("the same command resumes"), "{said}");
    let checkpoint = std::fs::read_dir(started().unwrap()).unwrap().next();
    assert!(checkpoint.is_some(), "a checkpoint in spite of the long interval: {said}");
    let resumed = desk.run(&experiment, "out", &[]);
    assert_success(&resumed);
    assert_eq!(results(&desk.path("whole")), results(&desk.path("out")));
}
