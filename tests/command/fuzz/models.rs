//! Saved models and checkpoints that are damaged: scores that are numbers, or an error that names what is
//! wrong; a run that goes on, or starts anew.

use super::bytes::models::{FILES, replace, score};
use super::edits::{edit, edited};
use super::{fuzz, peak_mib};
use crate::bad_input::copy;
use crate::harness::{Desk, assert_success, text, tiny};
use medley_dataset::Dataset;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const MARKS: &[&[u8]] = &[
    b"\"",
    b":",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"0",
    b"-",
    b"9999999999",
    b"F32",
    b"F64",
    b"BF16",
    b"shape",
    b"\x00\x00\x80\x7f",
    b"\x00\x00\xc0\x7f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x00",
    b"members",
    b"=",
];

/// The folder of a run that trained a model, of few segments and weights.
pub fn trained(desk: &Desk) -> PathBuf {
    let text = tiny("damaged", "[0]", "").replace("standardize", "# standardize");
    let experiment =
        desk.experiment(&text.replace("[reward-model]", "standardize = true\n[reward-model]"));
    assert_success(&desk.run(&experiment, "out", &[]));
    let runs = fs::read_dir(desk.path("out/damaged/runs")).unwrap();
    let mut with_model =
        runs.map(|run| run.unwrap().path()).filter(|run| run.join("model.toml").exists());
    with_model.next().unwrap()
}

/// A dataset to score that takes no time.
pub fn dataset(desk: &Desk) -> Dataset {
    let rows = desk.path("rows.jsonl");
    fs::write(&rows, "{\"prompt\": \"Why?\", \"chosen\": \"So it is.\", \"rejected\": \"No.\"}\n")
        .unwrap();
    let folder = desk.path("ds");
    let arguments = ["import", "trl-preference", rows.to_str().unwrap(), folder.to_str().unwrap()];
    assert_success(&desk.medley(&arguments).output().unwrap());
    Dataset::open(&folder).unwrap()
}

#[test]
fn damaged_models_give_numbers_or_an_error_that_says_why() {
    let desk = Desk::new();
    let (run, dataset) = (trained(&desk), dataset(&desk));
    let score = |folder: &Path| score(folder, &dataset);
    let sound = score(&run).unwrap();
    assert!(FILES.iter().all(|name| run.join(name).exists()));
    let inputs = (
        prop::sample::select(FILES.to_vec()),
        prop::collection::vec(edit(MARKS), 0..4),
        prop::bool::weighted(0.9),
    );
    fuzz("saved models", 800, inputs, |(name, edits, is_hashed)| {
        let folder = tempfile::tempdir().unwrap();
        let file = fs::read(run.join(name)).unwrap();
        let broken = edited(file.clone(), &edits);
        replace(&run, folder.path(), name, &broken, is_hashed);
        let is_same = broken == file;
        match score(folder.path()) {
            Ok(scores) => {
                let is_finite = scores.iter().all(|it| it.mean.is_finite() && it.sd.is_finite());
                prop_assert!(is_finite && scores.len() == sound.len(), "{:?}", scores);
                prop_assert!(!is_same || scores == sound);
                prop_assert!(is_hashed || is_same || name == "model.toml", "{} was believed", name);
            }
            Err(error) => {
                prop_assert!(!is_same, "{}", error);
                prop_assert!(error.to_string().len() > 10, "{}", error);
            }
        }
        Ok(())
    });
    if let Some(peak) = peak_mib() {
        assert!(peak < 1024, "{peak} MiB were needed");
    }
}

/// Folders below `folder` whose names begin so.
fn below(folder: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    folders
        .flat_map(|path| match path.file_name().unwrap().to_string_lossy().starts_with(name) {
            true => vec![path],
            false => below(&path, name),
        })
        .collect()
}

/// An experiment that was killed when it had a checkpoint; its results are in `out`.
fn interrupted(desk: &Desk) -> PathBuf {
    let experiment = desk.experiment(&tiny("resumed", "[0]", "min-steps = 300\n"));
    let out = desk.path("out");
    let arguments = ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let mut command = desk.medley(&arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while below(&out, "checkpoint-").is_empty() {
        assert_eq!(child.try_wait().unwrap(), None, "it was done before it was killed");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    experiment
}

#[test]
fn a_run_with_a_damaged_checkpoint_goes_on_or_starts_anew() {
    let desk = Desk::new();
    let experiment = interrupted(&desk);
    let files =
        ["state.json", "model.safetensors", "best-model.safetensors", "numbers.safetensors"];
    let inputs = (prop::sample::select(files.to_vec()), prop::collection::vec(edit(MARKS), 1..4));
    fuzz("checkpoints", 6, inputs, |(name, edits)| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        copy(&desk.path("out"), &out);
        for checkpoint in below(&out, "checkpoint-") {
            let sound = fs::read(checkpoint.join(name)).unwrap();
            let broken = edited(sound.clone(), &edits);
            let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
            let hashes = fs::read_to_string(checkpoint.join("hashes.json")).unwrap();
            fs::write(checkpoint.join(name), &broken).unwrap();
            let hashes = hashes.replace(&hash(&sound), &hash(&broken));
            fs::write(checkpoint.join("hashes.json"), hashes).unwrap();
        }
        let arguments = ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let output = desk.medley(&arguments).output().unwrap();
        let said = text(&output);
        prop_assert!(!said.contains("panicked"), "{}", said);
        prop_assert!(output.status.code().is_some_and(|code| code < 2), "{}", said);
        Ok(())
    });
}
