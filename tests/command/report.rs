//! `medley report` and `medley compare` on results as they lie on a disk.

use super::harness::{Desk, assert_refused, assert_success, text, tiny};
use std::fs;
use std::path::Path;
use std::process::Output;

fn report(desk: &Desk, experiment: &Path, more: &[&str]) -> Output {
    let out = desk.path("out");
    let mut command =
        desk.medley(&["report", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    command.args(more).output().unwrap()
}

#[test]
fn a_report_is_made_of_what_is_there() {
    let desk = Desk::new();
    let written = format!("# Which of two?\n#\n# A second line.\n{}", tiny("told", "[0, 1]", ""));
    let experiment = desk.experiment(&written);
    assert_refused(
        &report(&desk, &experiment, &[]),
        &["no run of this experiment is finished", "medley run"],
    );
    assert_success(&desk.run(&experiment, "out", &["--seeds", "1"]));
    let done = report(&desk, &experiment, &["--pdf"]);
    assert_success(&done);
    let folder = desk.path("out").join("told");
    let html = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(html.len() < 5_000_000 && !html.contains("src="));
    for said in [
        "Which of two?\n\nA second line.",
        "Of 4 runs of the plan, 2 are finished; 2 not there yet.",
        "<dt>Licence</dt><dd>Apache-2.0</dd>",
        "Wu et al., Fine-Grained Human Feedback",
        "by prompt, anew for each seed: 0.7 training, 0.1 validation, 0.2 test",
        "@misc{data-qa-feedback,",
        "the one mix, <q>comparisons + corrections</q>",
        "href=\"#run-",
    ] {
        assert!(html.contains(said), "{said}");
    }
    let bib = fs::read_to_string(folder.join("report/report.bib")).unwrap();
    assert!(
        bib.contains("eprint = {2306.01693}") && bib.contains("@article{bradley1952,"),
        "{bib}"
    );
    let csv = fs::read_to_string(folder.join("report/comparisons-accuracy.csv")).unwrap();
    assert!(csv.contains("\r\ncomparisons + corrections,"), "{csv}");
    let pdf = fs::read(folder.join("figures/quality.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let said = text(&done);
    assert!(said.contains("tables as CSV and LaTeX into") && !said.contains(".csv"), "{said}");
    // The same files twice: nothing in them is of the moment.
    assert_success(&report(&desk, &experiment, &[]));
    assert_eq!(fs::read_to_string(folder.join("report.html")).unwrap(), html);
}

#[test]
fn studies_and_exact_experiments_have_a_page() {
    let desk = Desk::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let study = desk.path("study.toml");
    fs::copy(root.join("experiments/smoke/study.toml"), &study).unwrap();
    assert_refused(&report(&desk, &study, &[]), &["has no results in", "medley run"]);
    assert_success(&desk.run(&study, "out", &[]));
    assert_success(&report(&desk, &study, &[]));
    let html = fs::read_to_string(desk.path("out/smoke-study/report.html")).unwrap();
    assert!(html.contains("Who gave the feedback") && html.contains("people.parquet"), "sections");
    assert!(html.contains("<svg") && html.contains("<desc"));
    fs::write(&study, fs::read_to_string(&study).unwrap().replace("steps = 10", "steps = 11"))
        .unwrap();
    assert_refused(&report(&desk, &study, &[]), &["are of another text of"]);
    let exact = root.join("experiments/exact/pets.toml");
    assert_refused(&report(&desk, &exact, &[]), &["there is no result"]);
    assert_success(&desk.run(&exact, "out", &[]));
    assert_success(&report(&desk, &exact, &[]));
    assert!(desk.path("out/pets/report/summary-pets.csv").exists());
}

#[test]
fn two_experiments_are_compared_by_pairs_or_not_at_all() {
    let desk = Desk::new();
    let of = |name: &str, seeds: &str, more: &str| {
        let file = desk.experiment(&tiny(name, seeds, more));
        let own = desk.path(&format!("{name}.toml"));
        fs::rename(file, &own).unwrap();
        assert_success(&desk.run(&own, "out", &[]));
        own
    };
    let one = of("one", "[0, 1, 2, 3, 4]", "");
    let other = of("other", "[0, 1, 2, 3, 4, 5]", "learning-rate = 0.01");
    let cut = of("cut", "[0, 1]", "[ablation]\nlabels = 40\nprotocol = \"equal-labels\"");
    let out = desk.path("out");
    let compare = |first: &Path, second: &Path, more: &[&str]| {
        let mut command =
            desk.medley(&["compare", first.to_str().unwrap(), second.to_str().unwrap()]);
        command.args(["--runs", out.to_str().unwrap()]).args(more).output().unwrap()
    };
    let into = desk.path("differences");
    let found = compare(&one, &other, &["--out", into.to_str().unwrap()]);
    assert_success(&found);
    let said = text(&found);
    assert!(
        said.contains("# other less one") && said.contains("for a new sample of such data"),
        "{said}"
    );
    assert!(said.contains("| comparisons + corrections | 5 |"), "{said}");
    assert!(said.contains("| one has no run of seed 5 | 0 |"), "{said}");
    for file in ["comparison.md", "differences.parquet", "pairs.parquet", "difference-accuracy.svg"]
    {
        assert!(into.join(file).exists(), "{file}");
    }
    // Folders in the place of files; few pairs.
    let few = compare(&out.join("one"), &out.join("cut"), &[]);
    assert_success(&few);
    assert!(text(&few).contains("none: too few pairs"), "{}", text(&few));
    drop(cut);
    // Another split is another test part.
    let moved = fs::read_to_string(&one).unwrap().replace("name = \"one\"", "name = \"moved\"");
    let moved = moved.replace(
        "[dataset]\n",
        "[dataset]\nsplit = { by = \"prompt\", validation = 0.1, test = 0.3 }\n",
    );
    let file = desk.path("moved.toml");
    fs::write(&file, moved).unwrap();
    assert_success(&desk.run(&file, "out", &["--seeds", "1"]));
    assert_refused(
        &compare(&one, &file, &[]),
        &["there is no pair of runs to compare", "the split differs"],
    );
    assert_refused(&compare(&one, &one, &[]), &["both sides are the same runs"]);
    assert_refused(&compare(&one, &desk.path("none"), &[]), &["cannot read", "none"]);
    assert_refused(
        &compare(&one, &one, &["--setting", "x = 1", "--against", "x = 2"]),
        &["has no setting `x = 1`: expected one of ``"],
    );
}
