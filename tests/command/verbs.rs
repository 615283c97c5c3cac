//! Each verb on sound input.

use crate::harness::{Desk, assert_refused, assert_success, text, tiny};

#[test]
fn check_reports_statements_and_what_is_left_out() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("checked", "[0]", ""));
    let output = desk.medley(&["check", experiment.to_str().unwrap()]).output().unwrap();
    assert_success(&output);
    // 500 prompts: 350 train, 50 validation, 100 test, 6 comparisons each.
    let said = text(&output);
    assert!(
        said.contains(
            "feedback comparisons: 2100 statements for training, 300 for validation, 600 for test"
        ),
        "{said}"
    );
}

/// What `medley plan` says of a tiny experiment under two seeds.
fn planned(more: &str) -> String {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("planned", "[0, 1]", more));
    let out = desk.path("out");
    let arguments = ["plan", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    text(&desk.medley(&arguments).output().unwrap())
}

#[test]
fn plan_lists_runs_and_their_state() {
    let said = planned("[ablation]\nfeedback = \"subsets\"");
    // Three subsets and the baselines, two seeds each.
    assert_eq!(said.lines().filter(|line| line.contains("to do")).count(), 8, "{said}");
    assert!(said.contains("comparisons + corrections"), "{said}");
    assert!(!said.contains("orders"), "{said}");
}

#[test]
fn plan_says_what_sampled_orders_cost() {
    let said = planned(
        "[ablation]\nfeedback = { orders = 1 }\nmodes = { one = { joint = {} }, own = { separate = {} } }",
    );
    // One source alone, in one way, and both in two.
    let expected = "orders: 1 of 2 sources, with 2 mixes: 6 runs of them under 2 seeds\n";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn list_prints_every_extension_point_with_defaults() {
    let said = text(&Desk::new().medley(&["list"]).output().unwrap());
    for kind in [
        "comparison",
        "ranking",
        "rating",
        "approval",
        "demonstration",
        "correction",
        "critique",
        "description",
        "stop",
    ] {
        assert!(said.contains(&format!("adapter.{kind} ")), "{kind} is not in:\n{said}");
    }
    for line in [
        "backbone.linear",
        "backbone.mlp",
        "encoder.hashed-ngrams",
        "encoder.precomputed",
        "encoder.sentence",
        "label-noise = 0.0",
        "required: `path`",
        "required: `model`",
        "qa-feedback",
        "Exporters",
        "  trl-unpaired    approvals",
    ] {
        assert!(said.contains(line), "{line} is not in:\n{said}");
    }
    let silent = said.lines().find(|line| line.starts_with("  ") && line.trim_end() != *line);
    assert_eq!(silent, None, "no summary");
}

#[test]
fn the_formats_page_names_every_format_once() {
    let said = text(&Desk::new().medley(&["list"]).output().unwrap());
    let section = said.split("Importers\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let indented = section.lines().filter(|line| !line.starts_with("   "));
    let linked: Vec<&str> = indented.map(|line| line.split_whitespace().next().unwrap()).collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/FORMATS.md")).unwrap();
    let table = page.split("| format | reads |").nth(1).unwrap().split("\n\n").next().unwrap();
    let named = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(named.collect::<Vec<_>>(), linked);
    assert!(linked.len() > 25, "{linked:?}");
}

#[test]
fn import_writes_the_dataset_that_the_repository_carries() {
    let desk = Desk::new();
    let out = desk.path("imported");
    let source = "datasets/qa_feedback/source/dev_feedback.json.gz";
    let output =
        desk.medley(&["import", "qa-feedback", source, out.to_str().unwrap()]).output().unwrap();
    assert_success(&output);
    let carried =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/qa_feedback/dataset.toml");
    assert_eq!(std::fs::read(out.join("dataset.toml")).unwrap(), std::fs::read(carried).unwrap());
    let output =
        desk.medley(&["import", "qa-feedbak", source, out.to_str().unwrap()]).output().unwrap();
    assert_refused(&output, &["qa-feedbak", "qa-feedback"]);
}

#[test]
fn a_bad_row_stops_an_import_or_is_left_out_and_counted() {
    let desk = Desk::new();
    let row = |prompt: &str, more: &str| {
        format!("{{\"prompt\": \"{prompt}\", \"chosen\": \"{prompt}, yes\"{more}}}\n")
    };
    let no = ", \"rejected\": \"no\"";
    let rows = row("one", no) + &row("two", "") + &row("three", no);
    let file = desk.path("pairs.jsonl");
    std::fs::write(&file, rows).unwrap();
    let out = desk.path("imported");
    let import = |more: &[&str]| {
        let arguments = ["import", "trl-preference", file.to_str().unwrap(), out.to_str().unwrap()];
        desk.medley(&arguments).args(more).output().unwrap()
    };
    for stops in [&[][..], &["--on-bad-row", "error"]] {
        assert_refused(&import(stops), &["line 2", "rejected"]);
        assert!(!out.exists());
    }
    let output = import(&["--on-bad-row", "skip"]);
    assert_success(&output);
    let said = text(&output);
    assert!(said.contains("rejected"), "{said}");
    let card = std::fs::read_to_string(out.join("dataset.toml")).unwrap();
    assert!(card.contains("comparison"), "{card}");
    let dataset = medley::dataset::Dataset::open(&out).unwrap();
    assert_eq!(dataset.segments().len(), 4);
}

#[test]
fn export_writes_what_the_format_holds_and_counts_the_rest() {
    let desk = Desk::new();
    let file = desk.path("pairs.jsonl");
    let export_with = |format: &str, further: &[&str]| {
        let arguments = ["export", format, "datasets/qa_feedback", file.to_str().unwrap()];
        desk.medley(&[&arguments[..], further].concat()).output().unwrap()
    };
    let export = |format: &str| export_with(format, &["--force"]);
    let output = export_with("trl-preference", &[]);
    assert_success(&output);
    // 3,000 comparisons, of which 384 are ties.
    let said = text(&output);
    for line in ["2616  comparison", "384  comparison: a tie", "481  correction: the format has no"]
    {
        assert!(said.contains(line), "{line} is not in:\n{said}");
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().count(), 2616);
    // What is there is somebody's.
    let again = export_with("trl-preference", &[]);
    assert_refused(&again, &["there is a file already; `--force` replaces it"]);
    assert_success(&export("trl-preference"));
    assert_refused(&export("trl-preferense"), &["trl-preferense", "trl-preference"]);
    assert_refused(&export("crowd-kit-pairwise"), &["2616 comparison: no annotator is named"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn scores_do_not_depend_on_the_batch_size() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("scored", "[0]", ""));
    assert_success(&desk.run(&experiment, "out", &[]));
    let runs = desk.path("out/scored/runs");
    let run = std::fs::read_dir(runs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.join("model.toml").exists())
        .unwrap();
    let score = |batch: &str| {
        let arguments =
            ["score", run.to_str().unwrap(), "datasets/qa_feedback", "--batch-size", batch];
        let output = desk.medley(&arguments).output().unwrap();
        assert_success(&output);
        String::from_utf8(output.stdout).unwrap()
    };
    let whole = score("100000");
    assert_eq!(whole.lines().count(), 1 + 2981);
    for batch in ["1", "2", "3", "64"] {
        assert_eq!(whole, score(batch), "batch size {batch}");
    }

    // A foreign checkpoint is refused.
    let text = std::fs::read_to_string(run.join("model.toml")).unwrap();
    std::fs::write(run.join("model.toml"), text.replace("hidden = [8]", "hidden = [9]")).unwrap();
    std::fs::remove_file(run.join("done.json")).unwrap(); // which has the hash of model.toml
    let arguments = ["score", run.to_str().unwrap(), "datasets/qa_feedback"];
    assert_refused(&desk.medley(&arguments).output().unwrap(), &["model.safetensors"]);
    std::fs::write(run.join("model.toml"), text).unwrap();
    let arguments = ["score", run.to_str().unwrap(), "datasets/adroit_door"];
    let expected = ["encoder `hashed-ngrams` needs sentences", "`adroit-door` has Control steps"];
    assert_refused(&desk.medley(&arguments).output().unwrap(), &expected);
}
