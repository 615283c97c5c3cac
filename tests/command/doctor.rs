//! `medley doctor` on the datasets of the repository and on broken ones.
//!
//! The expected counts come from a script in another language over the same Parquet files, which
//! shares no code with Medley; the intervals from 2,000 resamples of its own, hence the tolerance.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley::dataset::{Card, DatasetBuilder, Domain};
use medley::feedback::{Checked, Comparison};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Runs the doctor and reads what it found.
struct Visit {
    desk: Desk,
    said: String,
    report: Value,
}

impl Visit {
    fn to(dataset: &str) -> Self {
        let desk = Desk::new();
        let json = desk.path("findings.json");
        let arguments = ["doctor", dataset, "--json", json.to_str().unwrap()];
        let output = desk.medley(&arguments).output().unwrap();
        assert_success(&output);
        let report = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        Self { desk, said: text(&output), report }
    }

    #[track_caller]
    fn finding(&self, check: &str, subject: &str) -> &Value {
        let mut findings = self.report["findings"].as_array().unwrap().iter();
        let found = findings.find(|it| it["check"] == check && it["subject"] == subject);
        found.unwrap_or_else(|| panic!("{check} {subject} is not in {}", self.said))
    }

    #[track_caller]
    fn count(&self, check: &str, subject: &str, count: u64, of: u64, severity: &str) {
        let found = self.finding(check, subject);
        let counts = (found["count"].as_u64(), found["of"].as_u64());
        assert_eq!(counts, (Some(count), Some(of)), "{found}");
        assert_eq!(found["severity"], severity, "{found}");
    }

    #[track_caller]
    fn none(&self, check: &str) {
        let mut findings = self.report["findings"].as_array().unwrap().iter();
        assert!(findings.all(|it| it["check"] != check), "{check} is in {}", self.said);
    }

    #[track_caller]
    fn interval(&self, check: &str, subject: &str, low: f64, high: f64, clusters: u64) {
        let found = self.finding(check, subject);
        let end = |name: &str| found[name].as_f64().unwrap();
        let near = (end("low") - low).abs() < 0.01 && (end("high") - high).abs() < 0.01;
        assert!(near && found["clusters"] == clusters, "{found}");
    }
}

#[test]
fn qa_feedback_has_the_counts_of_an_independent_script() {
    let visit = Visit::to("datasets/qa_feedback");
    visit.count("records.source", "comparison/preference", 3000, 6232, "fine");
    visit.count("records.source", "critique/span", 1373, 6232, "fine");
    visit.count("annotators.unnamed", "", 6232, 6232, "warning");
    visit.count("segments.one-step", "", 213, 2981, "fine");
    visit.count("segments.unused", "", 0, 2981, "fine");
    visit.count("prompts.repeated", "", 0, 500, "fine");
    visit.count("prompts.near-duplicates", "", 0, 500, "fine");
    visit.count("comparison.identical-sides", "", 0, 3000, "fine");
    visit.count("comparison.duplicates", "no annotator named", 0, 3000, "fine");
    visit.count("comparison.contradictions", "no annotator named", 0, 0, "fine");
    visit.count("comparison.cycles", "", 0, 1449, "fine");
    visit.count("comparison.one-ranking", "preference", 3000, 3000, "warning");
    let note = visit.finding("comparison.one-ranking", "preference")["note"].as_str().unwrap();
    for part in ["500 times", "0 of 1449 decided", "362.25 with coin flips", "and 478 times"] {
        assert!(note.contains(part), "{note}");
    }
    visit.count("comparison.ties", "", 384, 3000, "fine");
    visit.count("comparison.side-bias", "", 1577, 2616, "warning");
    // 12 of the 500 prompts have only ties.
    visit.interval("comparison.side-bias", "", 0.578, 0.627, 488);
    visit.count("comparison.length", "words", 1327, 2579, "fine");
    visit.count("comparison.length", "steps", 926, 1833, "fine");
    visit.count("comparison.ceiling", "one answer per pair, decided", 0, 2616, "fine");
    visit.count("comparison.ceiling", "one reward per segment", 0, 3000, "fine");
    visit.count("critique.blank-span", "", 0, 1373, "fine");
    visit.count("critique.wordless", "", 0, 2215, "fine");
    visit.count("correction.unchanged", "", 0, 481, "fine");
    assert_eq!(visit.finding("agreement.alpha", "comparison, nominal")["value"], Value::Null);
    assert_eq!(visit.report["worst"], "warning");
    // Columns are as wide as the longest name.
    let said = visit.said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("comparison.side-bias 0.603 [0.5"), "{}", visit.said);

    // Warnings are no failure, unless asked for.
    let strict = ["doctor", "datasets/qa_feedback", "--strict"];
    assert_eq!(visit.desk.medley(&strict).output().unwrap().status.code(), Some(1));
}

/// Windows of a trial were compared by the game's score, all of them with each other, so that there is
/// no cycle. How many triples have no tie is known from the doctor alone.
#[test]
fn comparisons_by_score_are_rankings() {
    let visit = Visit::to("datasets/overcooked_hh");
    visit.count("comparison.one-ranking", "score-window", 2497, 2497, "warning");
    let note = visit.finding("comparison.one-ranking", "score-window")["note"].as_str().unwrap();
    for part in ["39 times", "0 of 1256 decided", "314 with coin flips", "and 39 times"] {
        assert!(note.contains(part), "{note}");
    }
}

#[test]
fn adroit_door_has_the_counts_of_an_independent_script() {
    let visit = Visit::to("datasets/adroit_door");
    visit.count("records.source", "comparison/preference", 2000, 2050, "fine");
    visit.count("records.source", "demonstration/ending", 25, 2050, "fine");
    visit.count("annotators.unnamed", "", 2050, 2050, "warning");
    visit.count("segments.one-step", "", 0, 2963, "fine");
    visit.count("segments.unused", "", 0, 2963, "fine");
    visit.count("comparison.identical-sides", "", 0, 2000, "fine");
    visit.count("comparison.duplicates", "no annotator named", 0, 2000, "fine");
    visit.count("comparison.cycles", "", 0, 1, "fine");
    visit.none("comparison.one-ranking");
    visit.count("comparison.ties", "", 152, 2000, "fine");
    visit.count("comparison.side-bias", "", 921, 1848, "fine");
    // Wide, since clips share 25 episodes.
    visit.interval("comparison.side-bias", "", 0.454, 0.543, 25);
    visit.count("comparison.length", "steps", 0, 0, "fine");
    visit.count("splits.groups", "", 0, 25, "fine");
}

/// Two prompts in given splits; `shared` makes their prompts the same.
fn with_splits(folder: &Path, shared: bool) {
    let mut builder = DatasetBuilder::new(Card::new("split", Domain::Text));
    let prompts = ["Why is it so?", if shared { "why is it so" } else { "How is it done?" }];
    for (group, prompt) in ["train/0", "test/0"].into_iter().zip(prompts) {
        builder.add_group(group, Some(prompt), None);
        builder.add_text(&format!("{group}/a"), group, "Because.");
        builder.add_text(&format!("{group}/b"), group, "No idea.");
    }
    let record = |group: &str, preference| {
        let [a, b] = ["a", "b"].map(|name| format!("{group}/{name}"));
        Checked::new(Comparison {
            provenance: medley::feedback::Provenance {
                annotator: Some("ann".into()),
                ..Default::default()
            },
            ..Comparison::new(a.as_str().into(), b.as_str().into(), preference)
        })
        .unwrap()
    };
    builder.insert(vec![record("train/0", 1.0), record("test/0", 0.0)]);
    builder.build().unwrap().write(folder).unwrap();
}

fn folder(desk: &Desk, name: &str, shared: bool) -> PathBuf {
    let folder = desk.path(name);
    with_splits(&folder, shared);
    folder
}

#[test]
fn a_leak_is_an_error() {
    let desk = Desk::new();
    let leaky = folder(&desk, "leaky", true);
    let output = desk.medley(&["doctor", leaky.to_str().unwrap()]).output().unwrap();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("splits.shared-prompts") && said.contains("train/0 and test/0"),
        "{said}"
    );
    let sound = folder(&desk, "sound", false);
    let output = desk.medley(&["doctor", sound.to_str().unwrap()]).output().unwrap();
    assert_success(&output);
}

#[test]
fn figures_are_drawn_or_their_absence_explained() {
    let desk = Desk::new();
    let out = desk.path("figures");
    let arguments = ["doctor", "datasets/qa_feedback", "--figures", out.to_str().unwrap()];
    let output = desk.medley(&arguments).output().unwrap();
    assert_success(&output);
    assert!(out.join("length.svg").exists() && out.join("length.png").exists());
    let said = text(&output);
    assert!(said.contains("not drawn: labels-per-annotator: no annotator is named"), "{said}");
}

#[test]
fn what_is_broken_is_said() {
    let desk = Desk::new();
    let none = desk.path("none");
    let output = desk.medley(&["doctor", none.to_str().unwrap()]).output().unwrap();
    assert_refused(&output, &["there is no folder", "/none"]);

    // A kind that breaks an invariant is a finding, and the rest is still examined.
    let broken = folder(&desk, "broken", false);
    let line =
        r#"{"segment": "train/0/a", "polarity": "negative", "first_char": 0, "end_char": 99}"#;
    std::fs::write(broken.join("feedback/critique.jsonl"), line).unwrap();
    let output = desk.medley(&["doctor", broken.to_str().unwrap()]).output().unwrap();
    let expected =
        ["records.unreadable  critique", "within the text of 8 characters", "comparison.ties"];
    assert_refused(&output, &expected);
}

/// Comparisons are read one by one; of a table with a wrong one, those before it do not count.
#[test]
fn a_kind_is_sound_as_a_whole_or_not_at_all() {
    let desk = Desk::new();
    let folder = desk.path("midway");
    let mut builder = DatasetBuilder::new(Card::new("midway", Domain::Text));
    builder.add_group("q", Some("Why?"), None);
    builder.add_text("a", "q", "Because.");
    builder.add_text("b", "q", "No idea.");
    builder.build().unwrap().write(&folder).unwrap();
    let feedback = folder.join("feedback");
    std::fs::create_dir_all(&feedback).unwrap();
    let answer = |preference: f64| {
        format!("{{\"first\": \"a\", \"second\": \"b\", \"preference\": {preference}}}\n")
    };
    std::fs::write(feedback.join("comparison.jsonl"), answer(1.0) + &answer(7.0)).unwrap();
    let thumb = r#"{"segment": "a", "approval": 1.0}"#;
    std::fs::write(feedback.join("approval.jsonl"), thumb).unwrap();
    let output = desk.medley(&["doctor", folder.to_str().unwrap()]).output().unwrap();
    let expected = [
        "midway: 1 records on 2 segments",
        "records.unreadable  comparison",
        "2 of 2 records",
        "found 7",
        "records.source  approval/(none)",
        "1 of 1 records",
    ];
    assert_refused(&output, &expected);
    assert!(!text(&output).contains("comparison.ties"), "{}", text(&output));
}
