//! Importer of QA-Feedback: preferences, span critiques, omissions, edits and references on the
//! same answers.
//!
//! Source: Wu, Hu, Shi, Dziri, Suhr, Ammanabrolu, Smith, Ostendorf and Hajishirzi, "Fine-Grained
//! Human Feedback Gives Better Rewards for Language Model Training", NeurIPS 2023; files
//! `tasks/qa_feedback/data/{dev,train}_feedback.json` of `allenai/FineGrainedRLHF`.

use crate::{Dialect, Draft, Import, ImportError, Importer, filled, steps_of_chars};
use medley_dataset::{Card, Domain};
use medley_feedback::{
    Comparison, Critique, Demonstration, Polarity, Provenance, SegmentId, Severity,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads `dev_feedback.json` or `train_feedback.json`, plain or gzip.
///
/// - Groups `q000` and on: question, and the passages as context.
/// - Segments `<group>/p1` to `p4`, `<group>/gold`, and `<group>/corrected` where the edit differs.
/// - Comparisons (source "preference"), in the order 12, 13, 14, 23, 24, 34; "no preference" is a
///   tie.
/// - Critiques of `p1`: span errors (source "span") with the sentences that they touch; omissions
///   (source "omission"), whose text is the passage sentence that is missing; and one neutral
///   critique (source "reviewed") where the annotator marked no span at all.
/// - Corrections (source "edit") of `p1`, with the sentences outside a longest common subsequence.
/// - Demonstrations (source "reference"): the reference answer, without alternatives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QaFeedback {}

#[typetag::serde(name = "qa-feedback")]
impl Importer for QaFeedback {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push(
            "a \"reviewed\" critique is neutral: the annotator marked no span in the answer".into(),
        );
        import.rows(path, Dialect::Quoted, |draft, row| {
            let item: Item = row.parse()?;
            let group = format!("q{}{:03}", row.place.part(), row.place.before);
            add_item(draft, &group, &item)
        })
    }

    fn summary(&self) -> &'static str {
        "QA-Feedback of FineGrainedRLHF: dev_feedback.json or train_feedback.json, plain or gzip"
    }
}

fn card() -> Card {
    Card {
        licence: "Apache-2.0".into(),
        source: "https://github.com/allenai/FineGrainedRLHF commit \
                 a1469d4eba0b3754bcb343beb88f0aca24bf4848, tasks/qa_feedback/data"
            .into(),
        attribution: "Wu et al., Fine-Grained Human Feedback Gives Better Rewards for Language \
                      Model Training, NeurIPS 2023 (arXiv 2306.01693); passages from Wikipedia \
                      via ASQA"
            .into(),
        ..Card::new("qa-feedback", Domain::Text)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    question: String,
    /// Title, then sentences.
    passages: Vec<Vec<String>>,
    gold: String,
    #[serde(rename = "prediction 1")]
    prediction_1: String,
    #[serde(rename = "prediction 2")]
    prediction_2: String,
    #[serde(rename = "prediction 3")]
    prediction_3: String,
    #[serde(rename = "prediction 4")]
    prediction_4: String,
    feedback: Feedback,
    preference: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feedback {
    errors: Vec<SpanError>,
    #[serde(rename = "missing-info")]
    missing_info: Vec<Omission>,
    #[serde(rename = "corrected-prediction")]
    corrected_prediction: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpanError {
    #[serde(rename = "error type")]
    error_type: String,
    explanation: String,
    start: u32,
    end: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Omission {
    #[serde(rename = "error type")]
    error_type: String,
    /// From 1.
    passage_id: usize,
    /// Positions in the passage, whose title is 0.
    sentence_id: Vec<usize>,
}

/// The pairs in the order of `preference`.
const PAIRS: [(u8, u8); 6] = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];

fn add_item(draft: &mut Draft<'_>, group: &str, item: &Item) -> Result<(), ImportError> {
    draft.named_group(group, Some(&item.question), context(&item.passages).as_deref())?;
    let predictions =
        [&item.prediction_1, &item.prediction_2, &item.prediction_3, &item.prediction_4];
    for (i, text) in predictions.into_iter().enumerate() {
        if text.trim().is_empty() {
            let field = format!("prediction {}", i + 1);
            return Err(draft.place().wrong(&field, "a text", "white space"));
        }
        draft.named_text(&format!("{group}/p{}", i + 1), group, text)?;
    }
    comparisons(draft, group, &item.preference)?;
    spans(draft, group, item)?;
    item.feedback.missing_info.iter().try_for_each(|o| omission(draft, group, item, o))?;
    correction(draft, group, item)?;
    demonstration(draft, group, &item.gold)
}

fn comparisons(draft: &mut Draft<'_>, group: &str, preference: &[u8]) -> Result<(), ImportError> {
    if preference.len() != PAIRS.len() {
        let found = format!("{} numbers", preference.len());
        return Err(draft.place().wrong("preference", "6 numbers", found));
    }
    for (&answer, (i, j)) in preference.iter().zip(PAIRS) {
        let (first, second) = (segment(group, i), segment(group, j));
        let comparison = match answer {
            0 => Comparison::tied(first, second),
            1 => Comparison::new(first, second, 1.0),
            2 => Comparison::new(first, second, 0.0),
            other => {
                return Err(draft.place().wrong("preference", "0, 1 or 2", other));
            }
        };
        let provenance = Provenance::from_source("preference");
        draft.record(Comparison { provenance, ..comparison })?;
    }
    Ok(())
}

fn spans(draft: &mut Draft<'_>, group: &str, item: &Item) -> Result<(), ImportError> {
    if item.feedback.errors.is_empty() {
        let provenance = Provenance::from_source("reviewed");
        let critique = Critique::new(segment(group, 1), Polarity::Neutral);
        draft.record(Critique { provenance, ..critique })?;
    }
    let chars = item.prediction_1.chars().count() as u32;
    for SpanError { error_type, explanation, start, end } in &item.feedback.errors {
        if start >= end || *end > chars {
            draft.drop("span error that is empty or beyond the answer");
            continue;
        }
        let id = segment(group, 1);
        let steps = steps_of_chars(&item.prediction_1, *start..*end);
        let critique = Critique {
            first_step: steps.as_ref().map(|steps| steps.start),
            end_step: steps.as_ref().map(|steps| steps.end),
            first_char: Some(*start),
            end_char: Some(*end),
            aspect: Some(error_type.clone()),
            text: filled(explanation),
            provenance: Provenance::from_source("span"),
            ..Critique::new(id, Polarity::Negative)
        };
        draft.record(critique)?;
    }
    Ok(())
}

fn omission(
    draft: &mut Draft<'_>,
    group: &str,
    item: &Item,
    omission: &Omission,
) -> Result<(), ImportError> {
    let Omission { error_type, passage_id, sentence_id } = omission;
    let passage = passage_id.checked_sub(1).and_then(|i| item.passages.get(i));
    let missing: Option<Vec<&str>> = sentence_id
        .iter()
        .map(|&i| passage.and_then(|passage| passage.get(i)).map(String::as_str))
        .collect();
    let text = missing.and_then(|missing| filled(&missing.join(" ")));
    if text.is_none() {
        draft.keep("critique/omission whose passage sentence is not there");
    }
    let critique = Critique {
        aspect: Some(error_type.clone()),
        severity: severity(error_type),
        text,
        provenance: Provenance::from_source("omission"),
        ..Critique::new(segment(group, 1), Polarity::Negative)
    };
    draft.record(critique)
}

fn correction(draft: &mut Draft<'_>, group: &str, item: &Item) -> Result<(), ImportError> {
    let (original, corrected) = (&item.prediction_1, &item.feedback.corrected_prediction);
    if original == corrected {
        draft.drop("correction equals the original");
        return Ok(());
    }
    if corrected.trim().is_empty() {
        draft.drop("corrected answer is empty");
        return Ok(());
    }
    let id = format!("{group}/corrected");
    draft.named_text(&id, group, corrected)?;
    let provenance = Provenance::from_source("edit");
    draft.correction((segment(group, 1), original), (SegmentId(id), corrected), None, provenance)
}

fn demonstration(draft: &mut Draft<'_>, group: &str, gold: &str) -> Result<(), ImportError> {
    if gold.trim().is_empty() {
        draft.drop("reference answer is empty");
        return Ok(());
    }
    let id = format!("{group}/gold");
    draft.named_text(&id, group, gold)?;
    let demonstration = Demonstration {
        segment: SegmentId(id),
        alternatives: Vec::new(),
        provenance: Provenance::from_source("reference"),
    };
    draft.record(demonstration)
}

/// Passages apart by an empty line, each with its title on a line of its own.
fn context(passages: &[Vec<String>]) -> Option<String> {
    let passages = passages.iter().filter_map(|passage| {
        let (title, sentences) = passage.split_first()?;
        Some(format!("{title}\n{}", sentences.join(" ")))
    });
    filled(&passages.collect::<Vec<_>>().join("\n\n"))
}

fn segment(group: &str, prediction: u8) -> SegmentId {
    SegmentId(format!("{group}/p{prediction}"))
}

/// How much an omission weighs, as the authors' instructions grade them.
fn severity(error_type: &str) -> Option<Severity> {
    match error_type {
        "Missing-Answer" => Some(Severity::Critical),
        "Missing-Major-Auxiliary" => Some(Severity::Major),
        "Missing-Minor-Auxiliary" => Some(Severity::Minor),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};

    #[test]
    fn an_edit_names_the_sentences_that_it_changed() {
        let qa = import("qa-feedback").dataset;
        assert_eq!(qa.count("comparison"), 6);
        let correction = &qa.records::<medley_feedback::Correction>().unwrap()[0];
        assert_eq!(correction.changed_original, Some(vec![0, 1]));
        assert_eq!(correction.changed_corrected, Some(vec![0]));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("qa-feedback", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"start\": 0",
            "\"start\": \"x\"",
            "qa-feedback.json: row 1: at `feedback.errors[0].start`: invalid type: string",
        );
        check("\"gold\"", "\"gild\"", "unknown field `gild`");
        check(
            "[1, 2, 0, 1, 2, 0]",
            "[1, 2, 0, 1, 2]",
            "row 1: `preference` must be 6 numbers, found 5 numbers",
        );
        check(
            "[1, 2, 0, 1, 2, 0]",
            "[1, 2, 0, 1, 2, 3]",
            "`preference` must be 0, 1 or 2, found 3",
        );
        check("\"Cy.\"", "\" \"", "row 1: `prediction 3` must be a text, found white space");
        check("}]", "}", "row 1: at `line 4, column 71`: expected `,` or `]`");
    }
}
