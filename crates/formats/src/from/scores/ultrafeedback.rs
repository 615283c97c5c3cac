//! Importer of UltraFeedback: four aspects, an overall score and a critique of each response, all
//! by GPT-4.
//!
//! Source: `OpenBMB/UltraFeedback`, README.md and `src/data_annotation`; Cui et al., arXiv
//! 2310.01377.

use crate::{Dialect, Draft, Import, ImportError, Importer, Written, filled, optional_number};
use medley_dataset::{Card, Domain};
use medley_feedback::{Critique, Polarity, Provenance, Rating, Scale, SegmentId};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the `.jsonl` files of `openbmb/UltraFeedback`.
///
/// - Groups: `instruction`. Segments: `response` of each completion, with the metadata `model`. A
///   completion without text is counted and left out.
/// - Ratings (source "aspect"): each of `annotations`, aspect as named there, scale 1 to 5 with 5
///   levels; reason the rationale, and the rationale for the rating where there are two. A rating
///   is a text, and may be "N/A", which is counted.
/// - Ratings of overall quality: `overall_score`, scale 1 to 10 with 10 levels. See below.
/// - Critiques (source "critique"): `critique`. Its polarity is neutral, since it was asked for
///   both weaknesses and advice, and only the score says how the answer was found.
///
/// In the first release the overall score 1 was stored as 10 (issue 8 of the project; 2,628
/// completions, corrected on 2023-12-29). The authors' rule (`fix_overall_score_issue.py`) looks at
/// the mean of the aspect ratings: up to 2 the 10 is a 1, up to 4 it was asked anew, above it
/// stands. Values are kept as they are, and told apart by source: "overall-10-likely-1" (up to 2),
/// "overall-10-in-doubt" (up to 4, or nothing to compare with), and "overall" for all others. In the
/// corrected release those in doubt have been asked anew.
///
/// Annotator is "gpt-4". The system prompts that completions were made under, reference answers and
/// types of errors are counted and not kept; `fine-grained_score` is a mean of what is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UltraFeedback {}

#[typetag::serde(name = "ultrafeedback")]
impl Importer for UltraFeedback {
    fn card(&self) -> Card {
        Card {
            licence: "MIT".into(),
            source: "https://huggingface.co/datasets/openbmb/UltraFeedback".into(),
            attribution: "Cui et al., UltraFeedback: Boosting Language Models with Scaled AI \
                          Feedback (arXiv 2310.01377)"
                .into(),
            ..Card::new("ultrafeedback", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("the annotator is GPT-4, not a person".into());
        notes.push(
            "overall scores of source \"overall-10-likely-1\" are 10 in the file and 1 by the \
             authors' rule; those of \"overall-10-in-doubt\" cannot be told"
                .into(),
        );
        import.rows(path, Dialect::Quoted, |draft, row| add_item(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "UltraFeedback: aspect ratings, overall scores and critiques by GPT-4"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    source: String,
    instruction: String,
    /// The same names stand in the completions.
    #[serde(rename = "models", default)]
    _models: IgnoredAny,
    correct_answers: Option<Vec<String>>,
    incorrect_answers: Option<Vec<String>>,
    completions: Vec<Completion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Completion {
    model: String,
    #[serde(rename = "principle")]
    _principle: Option<String>,
    custom_system_prompt: Option<String>,
    response: String,
    annotations: BTreeMap<String, Marks>,
    #[serde(deserialize_with = "optional_number", default)]
    overall_score: Option<f64>,
    critique: Option<String>,
    #[serde(rename = "fine-grained_score", default)]
    _fine_grained_score: IgnoredAny,
}

/// What one aspect was given: an object, in an early release a list of them, or null.
struct Marks(Vec<Mark>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    #[serde(rename = "Rating", deserialize_with = "optional_number", default)]
    rating: Option<f64>,
    #[serde(rename = "Rationale")]
    rationale: Option<String>,
    #[serde(rename = "Rationale For Rating")]
    rationale_for_rating: Option<String>,
    #[serde(rename = "Type")]
    types: Option<Value>,
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let marks = match Value::deserialize(deserializer)? {
            Value::Null => Vec::new(),
            Value::Array(marks) => marks,
            mark => vec![mark],
        };
        let marks = marks.into_iter().map(Mark::deserialize).collect::<Result<_, _>>();
        marks.map(Self).map_err(D::Error::custom)
    }
}

fn add_item(draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
    draft.keep(&format!("prompt from {}", item.source));
    let answers = [&item.correct_answers, &item.incorrect_answers];
    for _ in answers.into_iter().flatten().flatten().filter(|answer| *answer != "None") {
        draft.drop("reference answer");
    }
    item.completions.iter().try_for_each(|c| add_completion(draft, &item.instruction, c))
}

fn add_completion(
    draft: &mut Draft<'_>,
    instruction: &str,
    completion: &Completion,
) -> Result<(), ImportError> {
    if draft.lacks_text(&completion.response) {
        draft.drop("completion without text");
        return Ok(());
    }
    let group = draft.group(filled(instruction).as_deref(), None);
    let written = Written::from(&completion.response).by(Some(&completion.model));
    let segment = draft.text(&group, written)?;
    draft.keep(&format!("completion by {}", completion.model));
    if completion.custom_system_prompt.as_deref().and_then(filled).is_some() {
        draft.drop("system prompt of a completion");
    }
    for (aspect, marks) in &completion.annotations {
        if marks.0.is_empty() {
            draft.drop(&format!("rating of {aspect} that is missing"));
        }
        marks.0.iter().try_for_each(|mark| add_mark(draft, &segment, aspect, mark))?;
    }
    add_overall(draft, &segment, completion)?;
    add_critique(draft, segment, completion)
}

fn provenance(source: &str) -> Provenance {
    Provenance { annotator: Some("gpt-4".into()), ..Provenance::from_source(source) }
}

fn add_mark(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    aspect: &str,
    mark: &Mark,
) -> Result<(), ImportError> {
    if mark.types.is_some() {
        draft.drop(&format!("types that go with the rating of {aspect}"));
    }
    let Some(value) = mark.rating else {
        draft.drop(&format!("rating of {aspect} that is N/A"));
        return Ok(());
    };
    if value.fract() != 0.0 || !(1.0..=5.0).contains(&value) {
        let field = format!("annotations.{aspect}.Rating");
        return Err(draft.place().wrong(field, "a whole number from 1 to 5", value));
    }
    let reasons = [&mark.rationale, &mark.rationale_for_rating];
    let reasons: Vec<String> = reasons.into_iter().flatten().filter_map(|r| filled(r)).collect();
    draft.record(Rating {
        segment: segment.clone(),
        value,
        scale: Scale { low: 1.0, high: 5.0, levels: Some(5) },
        aspect: Some(aspect.to_owned()),
        reason: filled(&reasons.join("\n\n")),
        provenance: provenance("aspect"),
    })
}

fn add_overall(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    completion: &Completion,
) -> Result<(), ImportError> {
    let Some(value) = completion.overall_score else {
        draft.drop("overall score that is missing");
        return Ok(());
    };
    if value.fract() != 0.0 || !(1.0..=10.0).contains(&value) {
        // Released scores were read from free text, which need not have kept to the scale.
        draft.drop("overall score that is no whole number from 1 to 10");
        return Ok(());
    }
    draft.record(Rating {
        segment: segment.clone(),
        value,
        scale: Scale { low: 1.0, high: 10.0, levels: Some(10) },
        aspect: None,
        reason: None,
        provenance: provenance(overall_source(value, mean_mark(completion))),
    })
}

/// The authors' rule for scores of 10.
fn overall_source(score: f64, mean_mark: Option<f64>) -> &'static str {
    match mean_mark {
        _ if score != 10.0 => "overall",
        Some(mean) if mean <= 2.0 => "overall-10-likely-1",
        Some(mean) if mean > 4.0 => "overall",
        _ => "overall-10-in-doubt",
    }
}

fn mean_mark(completion: &Completion) -> Option<f64> {
    let marks = completion.annotations.values().flat_map(|marks| &marks.0);
    let values: Vec<f64> = marks.filter_map(|mark| mark.rating).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn add_critique(
    draft: &mut Draft<'_>,
    segment: SegmentId,
    completion: &Completion,
) -> Result<(), ImportError> {
    let Some(text) = completion.critique.as_deref().and_then(filled) else {
        draft.drop("critique that is missing");
        return Ok(());
    };
    draft.record(Critique {
        text: Some(text),
        provenance: provenance("critique"),
        ..Critique::new(segment, Polarity::Neutral)
    })
}

#[cfg(test)]
mod tests {
    use super::overall_source;
    use crate::fixture::{import, import_with};
    use medley_feedback::{Critique, Rating};

    #[test]
    fn tens_are_judged_by_the_authors_rule() {
        assert_eq!(overall_source(10.0, Some(2.0)), "overall-10-likely-1");
        assert_eq!(overall_source(10.0, Some(2.25)), "overall-10-in-doubt");
        assert_eq!(overall_source(10.0, Some(4.0)), "overall-10-in-doubt");
        assert_eq!(overall_source(10.0, Some(4.25)), "overall");
        assert_eq!(overall_source(10.0, None), "overall-10-in-doubt");
        assert_eq!(overall_source(9.0, Some(1.0)), "overall");
    }

    #[test]
    fn aspects_and_overall_scores_are_ratings() {
        let imported = import("ultrafeedback");
        let report = &imported.report;
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let first: Vec<_> =
            ratings[..4].iter().map(|r| (r.aspect.as_deref().unwrap_or("-"), r.value)).collect();
        assert_eq!(
            first,
            [
                ("helpfulness", 3.0),
                ("honesty", 3.0),
                ("instruction_following", 2.0),
                ("truthfulness", 3.0)
            ]
        );
        assert_eq!(ratings[0].reason.as_deref(), Some("Clear.\n\nCorrect, naïvely."));
        assert_eq!(ratings[0].provenance.annotator.as_ref().unwrap().0, "gpt-4");
        let overall: Vec<_> = ratings
            .iter()
            .filter(|r| r.aspect.is_none())
            .map(|r| (r.value, r.provenance.source.as_deref().unwrap()))
            .collect();
        assert_eq!(
            overall,
            [
                (7.0, "overall"),
                (10.0, "overall-10-likely-1"),
                (10.0, "overall"),
                (10.0, "overall-10-in-doubt")
            ]
        );
        assert_eq!(report.dropped["rating of honesty that is N/A"], 1);
        assert_eq!(report.dropped["rating of truthfulness that is missing"], 1);
        assert_eq!(report.dropped["completion without text"], 1);
        assert_eq!(report.dropped["reference answer"], 1);
        assert_eq!(report.dropped["overall score that is no whole number from 1 to 10"], 1);
        assert_eq!(report.kept["completion by gpt-4"], 2);
        assert_eq!(imported.dataset.records::<Critique>().unwrap().len(), 2);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("ultrafeedback", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"Rating\": \"2\"",
            "\"Rating\": \"6\"",
            "line 1: `annotations.instruction_following.Rating` must be a whole number from 1 to 5, found 6",
        );
        check("\"Rating\": \"2\"", "\"Rating\": \"two\"", "expected a number, found \"two\"");
        check("\"instruction\"", "\"prompt\"", "unknown field `prompt`");
        check("\"response\": \"In Cairo", "\"answer\": \"In Cairo", "at `completions[0].answer`");
        check("\"annotations\"", "\"notes\"", "unknown field `notes`");
    }
}
