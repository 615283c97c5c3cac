//! What every verb shares: `--json`, `--quiet`, and exit codes (`docs/CLI.md`).

use crate::harness::{Desk, assert_success, text, tiny};
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

/// Standard output as the one JSON value that it is.
fn value(output: &Output) -> Value {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    let read = serde_json::from_str(text);
    read.unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    })
}

fn said(desk: &Desk, arguments: &[&str]) -> Value {
    let output = desk.medley(&[arguments, &["--json"]].concat()).output().unwrap();
    assert_success(&output);
    value(&output)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn verbs_about_an_experiment_say_json() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("said", "[0]", ""));
    let (experiment, out) = (experiment.to_str().unwrap(), desk.path("out"));
    let out = ["--out", out.to_str().unwrap()];

    let checked = said(&desk, &["check", experiment]);
    assert_eq!(checked["kind"], "data");
    assert!(checked["sources"]["comparisons"]["train"].as_u64().unwrap() > 0, "{checked}");
    assert_eq!(checked["untested"], json!({}));

    let planned = said(&desk, &["plan", experiment, out[0], out[1]]);
    let runs = planned["runs"].as_array().unwrap();
    assert!(runs.iter().all(|run| run["state"] == "to-do" && run["seed"] == 0), "{planned}");

    let ran = said(&desk, &["run", experiment, out[0], out[1]]);
    let expected =
        json!({ "done": runs.len(), "finished_before": 0, "failed": 0, "not_started": 0 });
    assert_eq!(ran["runs"], expected);
    assert_eq!((&ran["failures"], &ran["interrupted"]), (&json!([]), &json!(false)));
    let files = ran["files"].as_array().unwrap();
    assert!(files.iter().all(|file| std::path::Path::new(file.as_str().unwrap()).exists()));
    assert!(ran["summary"].as_str().unwrap().contains("comparisons"));

    let status = said(&desk, &["status", experiment, out[0], out[1]]);
    assert!(status["runs"].as_array().unwrap().iter().all(|run| run["state"] == "finished"));
    let id = status["runs"][0]["run"].as_str().unwrap();
    assert!(!said(&desk, &["log", id, out[0], out[1]])["lines"].as_array().unwrap().is_empty());

    let plotted = said(&desk, &["plot", experiment, out[0], out[1]]);
    assert_eq!(plotted["unfinished_runs"], 0);
    assert!(!plotted["files"].as_array().unwrap().is_empty());

    let planned = said(&desk, &["plan", experiment, out[0], out[1]]);
    let mix = planned["runs"].as_array().unwrap().iter().find(|run| run["sources"] != json!([]));
    let mix = mix.unwrap();
    assert_eq!(mix["state"], "done");
    let run = desk.path("out/said/runs").join(mix["run"].as_str().unwrap());
    let scores = said(&desk, &["score", run.to_str().unwrap(), "datasets/qa_feedback"]);
    assert_eq!(keys(&scores["scores"][0]), ["segment", "return", "sd"]);
}

#[test]
fn verbs_about_data_say_json() {
    let desk = Desk::new();
    let path = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    let rows = "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n";
    std::fs::write(desk.path("pairs.jsonl"), rows).unwrap();

    let begun = said(&desk, &["init", &path("pairs.jsonl"), "--out", &path("begun")]);
    assert_eq!(begun["files"].as_array().unwrap().len(), 2);
    let imported = said(&desk, &["import", "trl-preference", &path("pairs.jsonl"), &path("data")]);
    assert_eq!(keys(&imported), ["folder", "kept", "dropped", "notes"]);
    assert_eq!(imported["folder"], path("data").as_str());
    let data = "datasets/qa_feedback";
    let exported = said(&desk, &["export", "trl-preference", data, &path("out.jsonl")]);
    assert_eq!(exported["files"], json!([path("out.jsonl")]));
    assert!(exported["written"]["comparison"].as_u64().unwrap() > 0, "{exported}");
    let merged = said(&desk, &["merge", &path("merged"), &path("data"), data]);
    assert_eq!(keys(&merged), keys(&imported));
    assert_eq!(said(&desk, &["completions", "bash"])["shell"], "bash");
    let listed = said(&desk, &["list", "backbone.mlp"]);
    assert_eq!(listed["entries"].as_array().unwrap().len(), 1);
    assert_eq!(listed["entries"][0]["name"], "backbone.mlp");
    assert!(said(&desk, &["list"])["devices"].as_array().unwrap().contains(&json!("flex")));
}

#[test]
fn doctor_keeps_its_option_for_a_file() {
    let desk = Desk::new();
    let file = desk.path("found.json");
    let data = "datasets/qa_feedback";
    let output = desk.medley(&["doctor", data, "--json", file.to_str().unwrap()]).output().unwrap();
    let written: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("wrote "), "{}", text(&output));
    for arguments in [["doctor", data, "--json"].as_slice(), &["--json", "doctor", data]] {
        let mut printed = value(&desk.medley(arguments).output().unwrap());
        assert_eq!(printed["files"], json!([]));
        printed.as_object_mut().unwrap().remove("files");
        assert_eq!(printed, written, "{arguments:?}");
    }
}

#[test]
fn errors_are_json_with_the_same_exit_code_and_text() {
    let desk = Desk::new();
    let experiment = desk.experiment("name = \"wrong\"\nsedes = [0]\n");
    let arguments = ["check", experiment.to_str().unwrap()];
    let plain = desk.medley(&arguments).output().unwrap();
    let output = desk.medley(&[&["--json"], &arguments[..]].concat()).output().unwrap();
    assert_eq!((output.status.code(), plain.status.code()), (Some(1), Some(1)));
    assert_eq!(output.stderr, plain.stderr);
    let error = &value(&output)["error"];
    assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(1)));
    assert_eq!(error["file"], experiment.to_str().unwrap());
    assert_eq!(error["help"], "did you mean `seeds`?");
    assert!(error["message"].as_str().unwrap().starts_with("unknown field `sedes`"), "{error}");

    let output = desk.medley(&["check", "absent.toml", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(value(&output)["error"]["line"].is_null());
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    let desk = Desk::new();
    let output = desk.medley(&["check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(output.stdout.is_empty());
    let output = desk.medley(&["check", "a.toml", "--jsn", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = value(&output)["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "unexpected argument '--jsn' found");
    for asked in ["--help", "--version"] {
        assert_eq!(desk.medley(&[asked]).output().unwrap().status.code(), Some(0));
    }
}

#[test]
fn quiet_leaves_results_and_errors() {
    let desk = Desk::new();
    let experiment = desk.experiment(&tiny("quiet", "[0]", ""));
    let loud = desk.run(&experiment, "loud", &[]);
    let quiet = desk.run(&experiment, "quiet", &["--quiet"]);
    assert_success(&quiet);
    assert!(String::from_utf8_lossy(&loud.stderr).contains("done: "), "{}", text(&loud));
    assert_eq!(String::from_utf8_lossy(&quiet.stderr), "");
    let of = |output: &Output, folder: &str| {
        String::from_utf8_lossy(&output.stdout).replace(&format!("/{folder}/"), "/")
    };
    assert_eq!(of(&quiet, "quiet"), of(&loud, "loud"));
    let output = desk.medley(&["check", "absent.toml", "--quiet"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{}", text(&output));
}

#[test]
fn a_run_that_fails_is_exit_code_1_and_named() {
    let desk = Desk::new();
    let rate = "learning-rate = 1e30\nmin-steps = 1";
    let text = tiny("fails", "[0]", rate);
    let experiment = desk.experiment(&text);
    let output = desk.run(&experiment, "out", &["--json", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "{}", crate::harness::text(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("failed: "));
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_is_exit_code_130() {
    let desk = Desk::new();
    let text =
        tiny("interrupted", "[0]", "").replace("epochs = 3", "epochs = 100000\npatience = 0");
    let experiment = desk.experiment(&text);
    let out = desk.path("out");
    let arguments =
        ["run", experiment.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json", "--quiet"];
    let mut command = desk.medley(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while !out.join("interrupted/runs").exists() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", crate::harness::text(&output));
    let said = value(&output);
    assert_eq!((&said["interrupted"], &said["files"]), (&json!(true), &json!([])));
}
