//! Broken input of every sort: a clear error or a stated decision, never a panic, nothing half-written.

use crate::harness::{Desk, assert_refused, assert_success, text, tiny};
use std::path::{Path, PathBuf};

/// A broken experiment file is refused, and the message holds every part of `expected`.
fn check(broken: &str, expected: &[&str]) {
    let desk = Desk::new();
    let experiment = desk.experiment(broken);
    let output = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
    assert_refused(&output, expected);
}

/// Whoever plans needs a reward of each step by itself, and a discount where there is no table.
#[test]
fn people_who_plan_are_told_what_they_need() {
    let sound = std::fs::read_to_string("experiments/smoke/learned-world.toml").unwrap();
    let cases: [(&str, &str, &[&str]); 3] = [
        (
            "backbone.linear = {}",
            "backbone.transformer = { width = 8, heads = 2, layers = 1 }",
            &[":84:11", "which `backbone.transformer` does not give, as it reads whole segments"],
        ),
        (
            "learned-world = { states = 50, steps = 500 }, discount = 0.98, values",
            "learned-world = {}, values",
            &[":80:11", "expected `discount` beside `learned-world`"],
        ),
        (
            "world.cart-pole = {}",
            "world.grid = { preset = \"trap\" }",
            &[
                "policy `boltzmann`",
                "expected `learned-world` of a world with discrete actions that is no table",
            ],
        ),
    ];
    for (right, wrong, expected) in cases {
        let broken =
            sound.replace(right, wrong).replace("laplace = { scale = \"evidence\" }", "map = {}");
        check(&broken, expected);
    }
}

#[test]
fn toml_mistakes_point_at_line_and_column() {
    let sound = tiny("x", "[0]", "");
    let cases: &[(&str, &str, &[&str])] = &[
        ("epochs = 3", "epoks = 3", &[":16:1", "unknown field `epoks`", "did you mean `epochs`?"]),
        (
            "adapter.comparison",
            "adapter.comparisen",
            &[":12:", "`comparisen`", "did you mean `comparison`?"],
        ),
        (
            "adapter.comparison = {}",
            "adapter.comparison = { label-nose = 0.1 }",
            &[":12:24", "`label-nose`", "did you mean `label-noise`?"],
        ),
        (
            "adapter.comparison = {}",
            "adapter.comparison = { ties = \"davids\" }",
            &["davids", "`davidson`"],
        ),
        (
            "adapter.comparison = {}",
            "adapter.comparison = {}\nadapter.correction = {}",
            &["exactly one name is expected", "`comparison` and `correction`"],
        ),
        ("epochs = 3", "epochs = \"three\"", &[":16:", "invalid type"]),
        ("epochs = 3", "epochs = 0", &["training.epochs", "at least 1"]),
        ("seeds = [0]", "seeds = []", &["seeds", "at least one"]),
        ("seeds = [0]", "seeds = [1, 1]", &["seeds", "twice"]),
        ("hidden = [8]", "hidden = [8, 0]", &["reward-model.backbone", "above 0", "[8, 0]"]),
        (
            "[training]",
            "[evaluation]\nbaselines = { odd = [\"colour\"] }\n[training]",
            &["no feature `colour`"],
        ),
        ("[training]", "[evaluation]\nmeasure = { bins = 0 }\n[training]", &["bins", "at least 2"]),
        (
            "[training]",
            "[evaluation]\ncalibration = { steps = 300 }\n[training]",
            &[":16:", "`steps` is gone", "leave out"],
        ),
        (
            "[training]",
            "[evaluation]\ncalibration = { iteration = 3 }\n[training]",
            &["unknown field `iteration`", "did you mean `iterations`?"],
        ),
        ("members = 2", "members = 0", &["members", "at least 1"]),
        ("name = \"x\"", "name = \"../x\"", &["name", "letters"]),
        ("name = \"x\"", "name = \"x", &[":2:"]),
        ("name = \"x\"", "device = \"gpu\"\nname = \"x\"", &["device `gpu`", "flex"]),
        ("path = \"datasets/qa_feedback\"", "path = \"datasets/nowhere\"", &["datasets/nowhere"]),
        ("dimensions = 16", "dimensions = 16, colour = 1", &["`colour`", "expected one of"]),
        (
            "[training]",
            "[evaluation]\nsources = [\"comparison\"]\n[training]",
            &["`comparison`", "did you mean `comparisons`?"],
        ),
    ];
    for (from, to, expected) in cases {
        let broken = sound.replace(from, to);
        assert_ne!(broken, sound, "`{from}` is not in the sound file");
        check(&broken, expected);
    }
}

#[test]
fn exact_options_without_an_answer_are_refused_at_their_line() {
    let cases: &[(&str, &[&str])] = &[
        ("hidden-context = { points = 0 }", &["points`: a number from 3", "found 0"]),
        ("best-of-n = { samples = 40 }", &["samples`: a number from 2 to 20", "found 40"]),
        ("best-of-n = { correlation = 2.0 }", &["correlation`: a number from -1 to 1", "found 2"]),
        ("best-of-n = { correlation = nan }", &["correlation`: a number from -1", "found NaN"]),
        ("opposed-groups = { majorities = [1.5] }", &["majorities`: a number", "found 1.5"]),
        ("opposed-groups = { majorities = [] }", &["majorities`: at least one", "found none"]),
        ("opposed-groups = { seeds = [] }", &["opposed-groups.seeds`: at least one"]),
    ];
    for (exact, expected) in cases {
        let desk = Desk::new();
        let experiment = desk.experiment(&format!("name = \"known\"\nexact.{exact}\n"));
        let checked = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
        for output in [checked, desk.run(&experiment, "out", &[])] {
            assert_refused(&output, &["experiment.toml:2:", "`exact."]);
            assert_refused(&output, expected);
        }
        assert!(!desk.path("out").exists(), "{exact} left files");
    }
    check("name = \"../x\"\nexact.hidden-context = {}\n", &["experiment.toml:1:", "letters"]);
}

#[test]
fn a_missing_experiment_file_is_named() {
    let output = Desk::new().medley(&["run", "nowhere.toml"]).output().unwrap();
    assert_refused(&output, &["nowhere.toml"]);
}

/// A copy of a dataset of the repository that a test may damage.
fn damaged(desk: &Desk, damage: impl Fn(&Path)) -> PathBuf {
    let target = desk.path("data");
    copy(Path::new("datasets/qa_feedback"), &target);
    damage(&target);
    target
}

pub fn copy(from: &Path, to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap().path();
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).unwrap();
        }
    }
}

fn check_damage(damage: impl Fn(&Path), expected: &[&str]) {
    let desk = Desk::new();
    let data = damaged(&desk, damage);
    let spec = tiny("x", "[0]", "").replace("datasets/qa_feedback", data.to_str().unwrap());
    let experiment = desk.experiment(&spec);
    let output = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
    assert_refused(&output, expected);
}

#[test]
fn damaged_datasets_are_refused_by_file() {
    let truncate = |name: &'static str| {
        move |folder: &Path| {
            let path = folder.join(name);
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        }
    };
    check_damage(truncate("steps.parquet"), &["steps.parquet"]);
    check_damage(truncate("feedback/comparison.parquet"), &["comparison.parquet"]);
    check_damage(
        |folder| std::fs::remove_file(folder.join("groups.parquet")).unwrap(),
        &["groups.parquet"],
    );
    check_damage(
        |folder| std::fs::remove_file(folder.join("dataset.toml")).unwrap(),
        &["dataset.toml"],
    );
    let swap = |folder: &Path| {
        std::fs::copy(folder.join("groups.parquet"), folder.join("segments.parquet")).unwrap();
    };
    check_damage(swap, &["segments.parquet"]);
    let newer = |folder: &Path| {
        let path = folder.join("dataset.toml");
        let card = std::fs::read_to_string(&path).unwrap().replace("schema = 2", "schema = 99");
        std::fs::write(path, card).unwrap();
    };
    check_damage(newer, &["dataset.toml", "99"]);
}

/// Replaces the comparisons of a dataset by JSON lines.
pub fn with_comparisons(lines: &'static str) -> impl Fn(&Path) {
    move |folder: &Path| {
        std::fs::remove_file(folder.join("feedback/comparison.parquet")).unwrap();
        std::fs::write(folder.join("feedback/comparison.jsonl"), lines).unwrap();
        let path = folder.join("dataset.toml");
        let card = std::fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = card.lines().filter(|l| !l.contains("comparison.parquet")).collect();
        std::fs::write(path, kept.join("\n")).unwrap();
    }
}

#[test]
fn broken_records_are_refused_by_file_and_row() {
    let file = "comparison.jsonl";
    check_damage(with_comparisons("{\"first\": \"q000/p1\"\n"), &[file]);
    check_damage(
        with_comparisons(r#"{"first": "q000/p1", "second": "q000/p9", "preference": 1.0}"#),
        &["q000/p9"],
    );
    check_damage(
        with_comparisons(r#"{"first": "q000/p1", "second": "q000/p2", "preference": 1.5}"#),
        &["preference", "[0, 1]", "1.5"],
    );
    check_damage(with_comparisons(""), &["comparison"]);
    check_damage(
        with_comparisons(
            r#"{"first": "q000/p1", "second": "q000/p2", "preference": 0.5, "tie": 1.0}"#,
        ),
        &["comparisons"],
    );
}

#[test]
fn a_source_of_ties_alone_is_refused() {
    let mut lines = String::new();
    for prompt in 0..500 {
        lines += &format!(
            "{{\"first\": \"q{prompt:03}/p1\", \"second\": \"q{prompt:03}/p2\", \"preference\": 0.5, \"tie\": 1.0}}\n"
        );
    }
    check_damage(with_comparisons(lines.leak()), &["comparisons", "tie"]);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    // A limit on file sizes makes every larger write fail, as a full disk does.
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("full", "[0]", ""));
    let out = desk.path("out");
    let limited = |blocks: u32| {
        let script =
            format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run \"$1\" --out \"$2\"");
        std::process::Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_medley")])
            .args([&experiment, &out])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap()
    };
    let output = limited(1);
    let said = text(&output);
    assert!(!output.status.success() && !said.contains("panicked"), "{said}");
    assert!(said.contains("cannot write") || said.contains("File too large"), "{said}");
    // With room again the same command finishes, and no temporary file is left.
    assert_success(&desk.run(&experiment, "out", &[]));
    let mut open = vec![out];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap().path();
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            assert!(!name.ends_with(".tmp"), "{}", entry.display());
            if entry.is_dir() {
                open.push(entry);
            }
        }
    }
}

#[test]
fn a_failed_run_is_recorded_and_the_others_go_on() {
    let desk = Desk::new();
    let more = "learning-rate = 1e30\n[ablation.mixes]\nboth = [\"comparisons\", \"corrections\"]";
    let experiment = desk.experiment(&tiny("diverging", "[0]", more));
    let output = desk.run(&experiment, "out", &[]);
    assert_refused(&output, &["diverged", "1 runs done, 0 finished before, 1 failed"]);
    // "every run failed" stood beside a run that was finished before.
    let output = desk.run(&experiment, "out", &[]);
    let counts = "0 runs done, 1 finished before, 1 failed";
    assert_refused(&output, &[counts, "no run of a mix is finished"]);
}

#[test]
fn an_error_of_a_mapping_points_to_its_option() {
    let check = |text: &str, place: &str, expect: &str| {
        let desk = Desk::new();
        std::fs::write(desk.path("m.toml"), text).unwrap();
        std::fs::write(desk.path("d.csv"), "p,a,b,l\np,x,y,1\n").unwrap();
        let mut command = desk.medley(&["import", "m.toml", "d.csv", "ds"]);
        let output = command.current_dir(desk.path("")).output().unwrap();
        assert_refused(&output, &[&format!("error: m.toml:{place}: "), expect]);
    };
    let top = "[import.columns]\nprompt = \"p\"\n";
    let sound = "[[import.columns.records]]\nkind = \"approval\"\nsegment = \"a\"\napproval = 1\n";
    let head = "[[import.columns.records]]\nkind = \"comparison\"\nfirst = \"a\"\nsecond = \"b\"\n";
    let check_record = |fields: &str, place: &str, expect: &str| {
        check(&format!("{top}{sound}{head}{fields}"), place, expect);
    };
    check_record("preference = \"l\"\nanotator = \"b\"\n", "12:1", "unknown field `anotator`");
    check_record("preference = \"l\"\nvalues = { 1 = \"frist\" }\n", "12:1", "found \"frist\"");
    check_record("preference = { column = \"l\", split = 1 }\n", "11:30", "`split` to be a text");
    check_record("", "7:1", "comparison: either `preference`");
    check(&format!("{top}{sound}[[import.columns.records]]\nfirst = \"a\"\n"), "7:1", "a `kind`");
    check(&format!("{top}group = [1]\n{sound}"), "3:9", "expected the name of a column");
    let join = "[import.columns.join]\nfile = \"x.csv\"\non = 1\n";
    check(&format!("{top}{join}{sound}"), "3:17", "join: `on` must be the name of a column");
}
