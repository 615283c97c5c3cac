//! Reports of others about data and runs, tried here: `tests/field` has their inputs. Each test names
//! the report. What nothing can be learned from, or nothing can be judged on, is said at once; nobody's
//! results are replaced; and every question is one question.

use crate::bad_input::copy;
use crate::harness::{Desk, assert_refused, assert_success, text};
use std::path::Path;
use std::process::Output;

/// A folder of its own with the input of a case.
struct Case(Desk);

impl Case {
    fn new(name: &str) -> Self {
        let desk = Desk::new();
        copy(&Path::new("tests/field").join(name), &desk.path("case"));
        Self(desk)
    }

    /// `medley` with these arguments, in the folder.
    fn medley(&self, arguments: &str) -> Output {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        self.0.medley(&arguments).current_dir(self.0.path("case")).output().unwrap()
    }

    /// The same, which has to succeed; what it says.
    fn said(&self, arguments: &str) -> String {
        let output = self.medley(arguments);
        assert_success(&output);
        text(&output)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.path("case").join(file)).unwrap()
    }
}

fn line<'t>(said: &'t str, check: &str) -> &'t str {
    let found = said.lines().find(|line| line.trim_start().starts_with(check));
    found.unwrap_or_else(|| panic!("no `{check}` in:\n{said}"))
}

/// <https://github.com/hiyouga/LlamaFactory/issues/6509>
#[test]
fn field_11_instruction_and_input_are_one_question() {
    let case = Case::new("11-instruction-with-input");
    case.said("import mapping.toml data.json ds");
    let doctor = case.said("doctor ds");
    assert!(line(&doctor, "comparison.duplicates").contains("0 of 30"), "{doctor}");
    assert!(line(&doctor, "comparison.contradictions").contains("0 of 0"), "{doctor}");
    assert!(line(&doctor, "comparison.ceiling").contains("0 of 30"), "{doctor}");
    assert!(line(&doctor, "prompts.repeated").contains("0 of 30"), "{doctor}");
    let check = case.said("check exp.toml");
    let parts = "21 statements for training, 3 for validation, 6 for test";
    assert!(check.contains(parts), "{check}");
}

/// <https://github.com/modelscope/ms-swift/issues/4535>
#[test]
fn field_13_what_nobody_asked_together_is_not_one_prompt() {
    let case = Case::new("13-thumbs-without-prompt");
    let imported = case.said("import trl-unpaired data.jsonl ds");
    assert!(imported.contains("40  group") && imported.contains("40  segment"), "{imported}");
    let check = case.said("check exp.toml");
    let parts = "28 statements for training, 4 for validation, 8 for test";
    assert!(check.contains(parts), "{check}");
}

/// <https://github.com/huggingface/trl/pull/1724>
#[test]
fn field_26_thumbs_that_are_all_up_are_refused() {
    let case = Case::new("26-thumbs-all-up");
    case.said("import trl-unpaired data.jsonl ds");
    for verb in ["check", "run"] {
        let output = case.medley(&format!("{verb} exp.toml"));
        assert_refused(&output, &["exp.toml:", "all 21 approvals to learn from are up"]);
    }
    assert!(!case.0.path("case/runs/thumbs/figures").exists());
}

/// <https://github.com/TelecomsXChangeAPi/OpenTextShield/pull/195>
#[test]
fn field_65_two_forms_of_one_prompt_are_near_duplicates() {
    let case = Case::new("65-same-prompt-in-two-forms");
    case.said("import trl-preference data.jsonl ds");
    let doctor = case.said("doctor ds");
    assert!(line(&doctor, "prompts.near-duplicates").contains("1 of 2"), "{doctor}");
}

/// <https://github.com/hydra-ecosystem/hydra/issues/2103>
#[test]
fn field_66_two_experiments_of_one_name_keep_their_results() {
    let case = Case::new("66-two-experiments-one-name");
    case.said("import tables in ds");
    case.said("run one.toml");
    let summary = case.read("runs/same/figures/summary.md");
    for verb in ["run", "plot"] {
        let output = case.medley(&format!("{verb} two.toml"));
        assert_refused(
            &output,
            &["two.toml:1:", "`name`", "holds the tables and figures", "one.toml"],
        );
    }
    assert_eq!(case.read("runs/same/figures/summary.md"), summary);
    // The same experiment from another place is the same.
    std::fs::rename(case.0.path("case/one.toml"), case.0.path("case/moved.toml")).unwrap();
    case.said("run moved.toml");
    // And whoever means it can say so.
    std::fs::remove_file(case.0.path("case/runs/same/experiment.json")).unwrap();
    case.said("run two.toml");
    assert_ne!(case.read("runs/same/figures/summary.md"), summary);
}

/// <https://github.com/huggingface/trl/pull/566>
#[test]
fn field_67_nothing_to_judge_is_said_before_anything_is_trained() {
    let case = Case::new("67-no-test-part");
    case.said("import tables in ds");
    for verb in ["check", "run"] {
        let output = case.medley(&format!("{verb} exp.toml"));
        assert_refused(&output, &["exp.toml:5:", "needs a statement in the test part"]);
        assert!(!text(&output).contains("failed"), "{}", text(&output));
    }
    assert!(!case.0.path("case/runs/notest").exists());
}

/// <https://github.com/safetensors/safetensors/issues/782>
#[cfg(unix)]
#[test]
fn field_69_files_have_the_mode_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let case = Case::new("69-weights-only-the-owner-reads");
    let masked = |umask: &str, verb: &str| {
        let script = format!("umask {umask}; exec \"$0\" {verb}");
        let mut command = std::process::Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_medley")]);
        assert_success(&command.current_dir(case.0.path("case")).output().unwrap());
    };
    masked("027", "import tables in ds");
    masked("027", "run exp.toml");
    let mut open = vec![case.0.path("case/ds"), case.0.path("case/runs")];
    let mut weights = 0;
    while let Some(path) = open.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        let expect = if path.is_dir() { 0o750 } else { 0o640 };
        assert_eq!(mode, expect, "{}", path.display());
        weights += usize::from(path.extension().is_some_and(|end| end == "safetensors"));
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(weights > 0);
}

/// A dataset is looked for in the working directory: where it is instead is said.
#[test]
fn a_dataset_that_is_elsewhere_is_found() {
    let case = Case::new("67-no-test-part");
    case.said("import tables in ds");
    let above = |arguments: &[&str]| {
        let folder = case.0.path("case");
        let mut command = case.0.medley(arguments);
        command.current_dir(folder.parent().unwrap()).output().unwrap()
    };
    let output = above(&["check", "case/exp.toml"]);
    let here = case.0.path("case");
    let here = here.canonicalize().unwrap();
    assert_refused(
        &output,
        &[
            "case/exp.toml:4:",
            "there is no folder `ds` in",
            &format!("there is one in {}: run the command there", here.display()),
        ],
    );
    assert_refused(&above(&["doctor", "ds"]), &["there is no folder `ds` in"]);
    let output = above(&["check", "exp.toml"]);
    assert_refused(&output, &["cannot read exp.toml", "looked for in"]);
}
