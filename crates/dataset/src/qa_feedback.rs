//! Importer of QA-Feedback: preferences, span critiques, omissions, edits and references on the
//! same answers.
//!
//! Source: Wu, Hu, Shi, Dziri, Suhr, Ammanabrolu, Smith, Ostendorf and Hajishirzi, "Fine-Grained
//! Human Feedback Gives Better Rewards for Language Model Training", NeurIPS 2023; files
//! `tasks/qa_feedback/data/{dev,train}_feedback.json` of `allenai/FineGrainedRLHF`.

use crate::edit::changed;
use crate::source::Source;
use crate::{
    Card, DatasetBuilder, Domain, ImportError, ImportReport, Imported, Importer, sentences,
};
use medley_feedback::{
    Checked, Comparison, Correction, Critique, Demonstration, Polarity, Provenance, SegmentId,
    Severity,
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
    fn import(&self, path: &Path) -> Result<Imported, ImportError> {
        let source = Source::read(path)?;
        let items: Vec<Item> = source.json()?;
        let mut import = Import {
            builder: DatasetBuilder::new(card()),
            source: &source,
            report: ImportReport::default(),
            comparisons: Vec::new(),
            critiques: Vec::new(),
            corrections: Vec::new(),
            demonstrations: Vec::new(),
        };
        for (i, item) in items.iter().enumerate() {
            import.item(&format!("q{i:03}"), item)?;
        }
        import.finish(items.len())
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

/// An import in progress.
struct Import<'a> {
    builder: DatasetBuilder,
    source: &'a Source,
    report: ImportReport,
    comparisons: Vec<Checked<Comparison>>,
    critiques: Vec<Checked<Critique>>,
    corrections: Vec<Checked<Correction>>,
    demonstrations: Vec<Checked<Demonstration>>,
}

/// The pairs in the order of `preference`.
const PAIRS: [(u8, u8); 6] = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];

impl Import<'_> {
    fn item(&mut self, group: &str, item: &Item) -> Result<(), ImportError> {
        self.builder.add_group(group, Some(&item.question), context(&item.passages).as_deref());
        let predictions =
            [&item.prediction_1, &item.prediction_2, &item.prediction_3, &item.prediction_4];
        for (i, text) in predictions.into_iter().enumerate() {
            if text.trim().is_empty() {
                let field = format!("prediction {}", i + 1);
                return Err(self.source.item(group, &field, "a text", "white space"));
            }
            self.builder.add_text(&format!("{group}/p{}", i + 1), group, text);
        }
        self.comparisons(group, &item.preference)?;
        self.spans(group, item)?;
        item.feedback.missing_info.iter().try_for_each(|o| self.omission(group, item, o))?;
        self.correction(group, item)?;
        self.demonstration(group, &item.gold)
    }

    fn comparisons(&mut self, group: &str, preference: &[u8]) -> Result<(), ImportError> {
        if preference.len() != PAIRS.len() {
            let found = format!("{} numbers", preference.len());
            return Err(self.source.item(group, "preference", "6 numbers", found));
        }
        for (&answer, (i, j)) in preference.iter().zip(PAIRS) {
            let (first, second) = (segment(group, i), segment(group, j));
            let comparison = match answer {
                0 => Comparison::tied(first, second),
                1 => Comparison::new(first, second, 1.0),
                2 => Comparison::new(first, second, 0.0),
                other => {
                    return Err(self.source.item(group, "preference", "0, 1 or 2", other));
                }
            };
            let provenance = Provenance::from_source("preference");
            self.comparisons.push(self.source.checked(Comparison { provenance, ..comparison })?);
            self.report.keep("comparison/preference", 1);
        }
        Ok(())
    }

    fn spans(&mut self, group: &str, item: &Item) -> Result<(), ImportError> {
        if item.feedback.errors.is_empty() {
            let provenance = Provenance::from_source("reviewed");
            let critique = Critique::new(segment(group, 1), Polarity::Neutral);
            self.critiques.push(self.source.checked(Critique { provenance, ..critique })?);
            self.report.keep("critique/reviewed", 1);
        }
        let chars = item.prediction_1.chars().count() as u32;
        for SpanError { error_type, explanation, start, end } in &item.feedback.errors {
            if start >= end || *end > chars {
                self.report.drop("span error that is empty or beyond the answer");
                continue;
            }
            let id = segment(group, 1);
            let steps = self.builder.steps_of_chars(&id, &(*start..*end));
            let critique = Critique {
                first_step: steps.as_ref().map(|steps| steps.start as u32),
                end_step: steps.as_ref().map(|steps| steps.end as u32),
                first_char: Some(*start),
                end_char: Some(*end),
                aspect: Some(error_type.clone()),
                text: filled(explanation),
                provenance: Provenance::from_source("span"),
                ..Critique::new(id, Polarity::Negative)
            };
            self.critiques.push(self.source.checked(critique)?);
            self.report.keep("critique/span", 1);
        }
        Ok(())
    }

    fn omission(
        &mut self,
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
            self.report.keep("critique/omission whose passage sentence is not there", 1);
        }
        let critique = Critique {
            aspect: Some(error_type.clone()),
            severity: severity(error_type),
            text,
            provenance: Provenance::from_source("omission"),
            ..Critique::new(segment(group, 1), Polarity::Negative)
        };
        self.critiques.push(self.source.checked(critique)?);
        self.report.keep("critique/omission", 1);
        Ok(())
    }

    fn correction(&mut self, group: &str, item: &Item) -> Result<(), ImportError> {
        let (original, corrected) = (&item.prediction_1, &item.feedback.corrected_prediction);
        if original == corrected {
            self.report.drop("correction equals the original");
            return Ok(());
        }
        if corrected.trim().is_empty() {
            self.report.drop("corrected answer is empty");
            return Ok(());
        }
        let id = format!("{group}/corrected");
        self.builder.add_text(&id, group, corrected);
        let texts = |text| sentences(text).into_iter().map(|s| s.text).collect::<Vec<_>>();
        let (removed, added) = changed(&texts(original), &texts(corrected));
        let correction = Correction {
            original: segment(group, 1),
            corrected: SegmentId(id),
            changed_original: Some(removed),
            changed_corrected: Some(added),
            reason: None,
            provenance: Provenance::from_source("edit"),
        };
        self.corrections.push(self.source.checked(correction)?);
        self.report.keep("correction/edit", 1);
        Ok(())
    }

    fn demonstration(&mut self, group: &str, gold: &str) -> Result<(), ImportError> {
        if gold.trim().is_empty() {
            self.report.drop("reference answer is empty");
            return Ok(());
        }
        let id = format!("{group}/gold");
        self.builder.add_text(&id, group, gold);
        let demonstration = Demonstration {
            segment: SegmentId(id),
            alternatives: Vec::new(),
            provenance: Provenance::from_source("reference"),
        };
        self.demonstrations.push(self.source.checked(demonstration)?);
        self.report.keep("demonstration/reference", 1);
        Ok(())
    }

    fn finish(mut self, items: usize) -> Result<Imported, ImportError> {
        self.report.keep("group", items);
        self.report.notes.push("no annotator is named in the source".into());
        self.report.notes.push(
            "a \"reviewed\" critique is neutral: the annotator marked no span in the answer".into(),
        );
        self.builder.insert(self.comparisons);
        self.builder.insert(self.critiques);
        self.builder.insert(self.corrections);
        self.builder.insert(self.demonstrations);
        Ok(Imported::new(self.builder.build()?, self.report))
    }
}

/// Passages apart by an empty line, each with its title on a line of its own.
fn context(passages: &[Vec<String>]) -> Option<String> {
    let passages = passages.iter().filter_map(|passage| {
        let (title, sentences) = passage.split_first()?;
        Some(format!("{title}\n{}", sentences.join(" ")))
    });
    filled(&passages.collect::<Vec<_>>().join("\n\n"))
}

fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
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
