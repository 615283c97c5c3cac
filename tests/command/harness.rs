//! Runs the binary in a folder of its own on the repository's data.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an experiment file. One that says nothing of mixing has one reward for all, and one that
    /// says nothing of evaluation does without the runs that measure agreement; both stand behind, so
    /// that lines stay where they are.
    pub fn experiment(&self, text: &str) -> PathBuf {
        let path = self.path("experiment.toml");
        let silent = |of| text.contains("[feedback.") && !text.contains(of);
        let says_how = ["mixing", "mixes", "modes"].into_iter().all(silent);
        let joint = if says_how { "\n[mixing]\njoint = {}\n" } else { "" };
        let more = if silent("evaluation") { "\n[evaluation]\nagreement = false\n" } else { "" };
        std::fs::write(&path, format!("{text}{joint}{more}")).unwrap();
        path
    }

    /// A command that runs in the repository's root.
    pub fn medley(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medley"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
        command
    }

    /// `medley run` on `experiment`, results in `out`.
    pub fn run(&self, experiment: &Path, out: &str, more: &[&str]) -> Output {
        let out = self.path(out);
        let mut command =
            self.medley(&["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        command.args(more).output().unwrap()
    }

    /// The same, killed after ever longer times until a run gets through: the first after `first`, each
    /// other `longer` later. Each leaves whatever it had.
    pub fn run_killed(&self, experiment: &Path, out: &str, first: Duration, longer: Duration) {
        let out = self.path(out);
        let arguments = ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let mut kills = 0;
        loop {
            let mut command = self.medley(&arguments);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(first + longer * kills);
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success());
                break;
            }
            child.kill().unwrap(); // SIGKILL
            child.wait().unwrap();
            kills += 1;
            assert!(kills < 200, "the run never gets anywhere: it does not resume");
        }
        assert!(kills >= 2, "killed {kills} times: too quick to test anything");
    }
}

/// A tiny experiment: two sources, small network, few epochs.
pub fn tiny(name: &str, seeds: &str, more: &str) -> String {
    format!(
        r#"
name = "{name}"
seeds = {seeds}
execution.checkpoint-secs = 0.0
[dataset]
path = "datasets/qa_feedback"
encoder.hashed-ngrams = {{ dimensions = 16, orders = [1] }}
[reward-model]
members = 2
backbone.mlp = {{ hidden = [8] }}
[feedback.comparisons]
adapter.comparison = {{}}
[feedback.corrections]
adapter.correction = {{}}
[training]
epochs = 3
{more}
"#
    )
}

pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

pub fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", text(output));
}

/// The command fails with exit code 1, says `expected`, and does not panic.
pub fn assert_refused(output: &Output, expected: &[&str]) {
    let said = text(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for part in expected {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
}

/// Hash of every file that results consist of, by path relative to `folder`.
pub fn results(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                open.push(entry);
            } else if is_result(&entry) {
                let name = entry.strip_prefix(folder).unwrap().display().to_string();
                let hash = blake3::hash(&std::fs::read(&entry).unwrap());
                found.push((name, hash.to_hex()[..12].to_owned()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 3, "no results in {}", folder.display());
    found
}

/// Weights and measurements; `runs.parquet` holds wall-clock seconds, which never repeat.
fn is_result(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.ends_with(".safetensors") || (name.ends_with(".parquet") && name != "runs.parquet")
}
