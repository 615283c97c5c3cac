//! Which importers say the model that wrote an answer, and keep answers without a word if asked to?

use crate::fixture::{import, importer, path};
use crate::{EmptyTexts, Imported, Reading};

/// Labels of the column `model` of a fixture, and segments that have one.
fn models(imported: &Imported) -> (Vec<String>, usize) {
    let metadata = imported.dataset.segments().metadata();
    let Some(column) = metadata.column("model") else { return (Vec::new(), 0) };
    (column.labels().unwrap_or_default().to_vec(), column.known())
}

#[test]
fn the_model_of_an_answer_is_kept() {
    let check = |format: &str, expect: &[&str]| {
        let imported = import(format);
        let (labels, known) = models(&imported);
        assert_eq!(labels, expect, "{format}");
        let answers = imported.dataset.segments().len();
        assert!(known <= answers && (known > 0) != expect.is_empty(), "{format}: {known}");
    };
    check("arena", &["claude-1", "gpt-4", "llama-2", "vicuna-13b"]);
    check("hh-rlhf", &[]);
    check("multipref", &["allenai/tulu-2-70b", "gpt-4-turbo-2024-04-09"]);
    check("nectar", &["flan", "gpt-3.5-turbo", "gpt-4", "gpt-4-0314", "llama-2-7b-chat"]);
    check("prism", &["m1", "m2", "m3"]);
    check("summarize-from-feedback", &["lead-3", "ref", "sup1", "sup4_ppo_rm3_kl10"]);
    check("ultrafeedback", &["alpaca-7b", "falcon-40b-instruct", "gpt-4", "mpt-30b-chat"]);
}

#[test]
fn answers_without_a_word_are_kept_if_asked_for() {
    let check = |format: &str, reason: &str| {
        let reading = Reading { empty: EmptyTexts::Keep, ..Reading::default() };
        let kept = importer(format).import(&path(format), &reading).unwrap();
        let left_out = import(format);
        assert!(left_out.report.dropped[reason] > 0, "{format}: {:?}", left_out.report);
        // What is no text at all is left out as before.
        let still = kept.report.dropped.get(reason).copied().unwrap_or(0);
        assert!(still < left_out.report.dropped[reason], "{format}: {:?}", kept.report);
        let segments = kept.dataset.segments();
        let is_blank = |i: &usize| segments.text(*i).is_some_and(|text| text.trim().is_empty());
        let blank: Vec<usize> = (0..segments.len()).filter(is_blank).collect();
        assert!(!blank.is_empty(), "{format}");
        assert!(blank.iter().all(|&i| segments.steps(i).len() == 1), "{format}");
    };
    check("arena", "vote between answers of which one is empty");
    check("hh-rlhf", "pair whose chosen response is empty");
    check("nectar", "answer without text");
}
