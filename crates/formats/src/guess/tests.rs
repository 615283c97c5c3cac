//! Guesses for tables of a few rows, as `key = value` lines.

use super::*;
use crate::look;
use std::fs;

fn told(name: &str, content: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, content).unwrap();
    let guess = guess(&look(&file, &crate::Reading::default()).unwrap());
    let line = |line: &Line| format!("{} = {}", line.key, line.value);
    let record = |record: &RecordGuess| {
        let lines: Vec<String> = record.lines.iter().map(line).collect();
        format!("{}: {}", record.kind, lines.join(", "))
    };
    guess.top.iter().map(line).chain(guess.records.iter().map(record)).collect()
}

fn check(content: &str, expect: &[&str]) {
    assert_eq!(told("table", content), expect);
}

#[test]
fn a_winner_is_translated_by_the_names_of_the_sides() {
    let rows = "q,answer_a,answer_b,winner,who\nWhy?,So it is.,No way.,model_a,u1\nHow?,Like so.,Not so.,tie,u2\n";
    check(
        rows,
        &[
            "prompt = \"q\"",
            "comparison: first = \"answer_a\", second = \"answer_b\", preference = \"winner\", \
             values = {\"model_a\":\"first\",\"tie\":\"tie\"}, annotator = \"who\"",
        ],
    );
}

#[test]
fn scores_of_a_list_belong_to_the_people_beside_them() {
    let rows = "{\"q\": \"Why?\", \"answer\": \"So it is.\", \"scores\": [4, 5], \"raters\": [\"a\", \"b\"]}\n";
    check(
        rows,
        &[
            "prompt = \"q\"",
            "rating: segment = \"answer\", value = \"scores[*]\", low = 1, high = 5, levels = 5, \
             annotator = \"raters[*]\"",
        ],
    );
}

#[test]
fn the_last_turn_of_a_chat_is_judged() {
    let rows = "{\"messages\": [{\"role\": \"user\", \"content\": \"Why?\"}, {\"role\": \"assistant\", \
                \"content\": \"So.\"}], \"thumb\": \"up\"}\n";
    check(
        rows,
        &[
            "prompt = \"messages[:-1]\"",
            "approval: segment = \"messages[-1]\", approval = \"thumb\", values = {\"up\":1}",
        ],
    );
}

#[test]
fn the_better_answer_is_told_by_names() {
    let expect = |first: &str, second: &str| {
        format!(
            "comparison: first = \"{first}\", second = \"{second}\", preference = {{\"constant\":\"first\"}}"
        )
    };
    let rows =
        "{\"input\": \"Why?\", \"preferred_output\": \"So.\", \"non_preferred_output\": \"No.\"}\n";
    check(rows, &["prompt = \"input\"", &expect("preferred_output", "non_preferred_output")]);
    let rows = "{\"messages\": [{\"role\": \"user\", \"content\": \"Why?\"}, {\"role\": \"assistant\", \
                \"content\": \"So.\"}], \"rejected_response\": \"No.\"}\n";
    check(rows, &["prompt = \"messages[:-1]\"", &expect("messages[-1]", "rejected_response")]);
}

#[test]
fn right_neutral_and_wrong_are_no_thumbs() {
    let rows = "q,answer,label\nWhy?,So it is.,-1\nHow?,Like so.,0\nWho?,He did.,1\n";
    let told = told("table.csv", rows);
    assert!(told[1].starts_with("rating: "), "{told:?}");
}
