//! What both forms of the table become, and how wrong rows are named.

use super::trial::BROKEN;
use super::*;
use crate::fixture::{self, import, import_with};
use crate::{BadRows, Reading};
use medley_encoder::{Encoder, StoredSteps};
use medley_feedback::Comparison;

#[test]
fn both_forms_give_the_same_dataset() {
    let json = import("overcooked");
    let literals = fixture::path("overcooked").with_file_name("overcooked-literals");
    let literals = fixture::importer("overcooked").import(&literals, &Reading::default()).unwrap();
    assert_eq!(json.dataset.hash(), literals.dataset.hash());
    assert_eq!(json.report, literals.report);
}

#[test]
fn trials_windows_and_actions_by_hand() {
    let told = import("overcooked");
    let (dataset, kept) = (told.dataset, told.report.kept);
    // 85 loops have 4 windows of 20 and actions at 0, 40 and 80; 20 loops have one of each.
    assert_eq!(kept["step that was played"], 190);
    assert_eq!(kept["step that was not played"], 2 * 5 * (3 + 3 + 1));
    assert_eq!(kept["demonstration/trial"], 3);
    assert_eq!(kept["demonstration/ending"], 2);
    assert_eq!(kept["demonstration/action"], 2 * (3 + 3 + 1));
    assert_eq!(kept["comparison/score-window"], 6 + 6);
    assert_eq!(kept["comparison/score-trial"], 1);
    let (groups, segments) = (dataset.groups(), dataset.segments());
    assert_eq!(groups.prompt(2), Some("random0"));
    let window = |id: &str| segments.steps(segments.index(&id.into()).unwrap());
    assert_eq!(window("t00"), 0..85);
    assert_eq!(window("t00/w0005"), 5..25);
    assert_eq!(window("t00/w0065"), 65..85);
    let demonstrations = dataset.records::<Demonstration>().unwrap();
    let ending = &demonstrations[1];
    assert_eq!(ending.segment.0, "t00/w0065");
    let earlier: Vec<&str> = ending.alternatives.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(earlier, ["t00/w0005", "t00/w0025", "t00/w0045"]);
    let provenance = &demonstrations[0].provenance;
    assert_eq!(provenance.annotator, Some("1".into()));
    assert_eq!(provenance.group.as_deref(), Some("run-1"));
    assert_eq!(provenance.seconds, Some(12.75));
}

#[test]
fn the_trial_that_served_wins() {
    let dataset = import("overcooked").dataset;
    let comparisons = dataset.records::<Comparison>().unwrap();
    let trials: Vec<_> = comparisons
        .iter()
        .filter(|c| c.provenance.source.as_deref() == Some("score-trial"))
        .collect();
    assert_eq!((trials[0].first.0.as_str(), trials[0].second.0.as_str()), ("t01", "t00"));
    assert_eq!(trials[0].distribution(), [0.0, 0.0, 1.0]);
    let rewards = dataset.segments().true_rewards().unwrap();
    assert_eq!(rewards.iter().sum::<f64>(), 5.0);
    assert_eq!(rewards[81], 5.0);
}

#[test]
fn actions_that_were_not_taken_differ_in_the_action_alone() {
    let dataset = import("overcooked").dataset;
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let demonstrations = dataset.records::<Demonstration>().unwrap();
    let of_action = |it: &&medley_feedback::Checked<Demonstration>| {
        it.provenance.source.as_deref() == Some("action")
    };
    for shown in demonstrations.iter().filter(of_action) {
        let row = |id| features.segment(dataset.segments().index(id).unwrap());
        assert_eq!(shown.alternatives.len(), 5);
        for other in &shown.alternatives {
            let (taken, other) = (row(&shown.segment), row(other));
            let pairs = taken.iter().zip(&*other).zip(&features.names);
            let changed = pairs.filter(|((one, other), _)| one != other);
            for (_, name) in changed {
                assert!(name.contains("-acts-") || name.contains("-interacts-"), "{name}");
            }
        }
    }
}

#[test]
fn a_trial_with_a_bad_row_is_left_out_whole() {
    let source = fixture::path("overcooked");
    let folder = tempfile::tempdir().unwrap();
    for name in ["clean_train_trials.jsonl", "layouts.json"] {
        let text = std::fs::read_to_string(source.join(name)).unwrap();
        let text = text.replacen("\"cur_gameloop\":50", "\"cur_gameloop\":\"x\"", 1);
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let reading = Reading { bad_rows: BadRows::Skip, ..Reading::default() };
    let told = fixture::importer("overcooked").import(folder.path(), &reading).unwrap();
    assert_eq!(told.report.dropped["row that is not of the format"], 35);
    assert_eq!(told.report.dropped[BROKEN], 1);
    let groups = told.dataset.groups();
    assert_eq!((groups.len(), groups.id(0)), (2, "t01"));
}

#[test]
fn broken_sources_are_explained() {
    let check = |from: &str, to: &str, expect: &str| {
        let error = import_with("overcooked", from, to).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(
        "\"reward\":5.0",
        "\"reward\":0.0",
        "line 82: `reward` must be 5, 5 for each soup that is served, found 0",
    );
    check(
        "\"score\":5.0",
        "\"score\":10.0",
        "line 82: `score` must be 5, the sum of all rewards so far, found 10",
    );
    check(
        "\"cur_gameloop\":7,",
        "\"cur_gameloop\":9,",
        "line 8: `cur_gameloop` must be 7, the next loop, found 9",
    );
    check("\"trial\":1", "\"trial\":0", "line 86: `trial` must be at least 1");
    check("\"cramped_room\",\"cur", "\"x\",\"cur", "`layout_name` must be one of layouts.json");
    check("[0,0]]", "[0,2]]", "at `joint_action`: `[1]`: expected [0, 0], a step of one cell");
    check("\"order_list\":[\"onion\"]", "\"order_list\":[]", "`state.order_list` must be");
    check("\"run\"", "\"ran\"", "unknown field `ran`");
    check("XXPXX", "XXXXX", "`cramped_room`, found no pot");
    check(
        "\"orientation\":[0,-1]",
        "\"orientation\":[1,1]",
        "`state.players[0].orientation` must be a direction within the kitchen, found [1, 1]",
    );
}
