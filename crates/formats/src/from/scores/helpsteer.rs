//! Importer of HelpSteer and HelpSteer2: five attributes of a response, rated from 0 to 4.
//!
//! Source: cards of `nvidia/HelpSteer` and `nvidia/HelpSteer2` (sections "Dataset Description" and
//! "Disagreements"); Wang et al., arXiv 2311.09528 and 2406.08673.

use crate::turns::marked_prompt;
use crate::{Dialect, Draft, Import, ImportError, Importer};
use medley_dataset::{Card, Domain};
use medley_feedback::{Provenance, Rating, Scale, SegmentId};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads `train.jsonl.gz` or `validation.jsonl.gz`, also of `disagreements/`.
///
/// - Groups: `prompt`. Markers `<extra_id_1>` become turns `user: ...` and `assistant: ...`.
/// - Segments: `response`; the same response to the same prompt is one segment.
/// - Ratings: one for each of `helpfulness`, `correctness`, `coherence`, `complexity` and
///   `verbosity`, which are the aspects; scale 0 to 4, 5 levels. A number has the source "rating"
///   (in HelpSteer2 the rounded mean of the three annotators that agree most); each number of a
///   list has the source "individual" (one annotator, in the order of the list). A missing value
///   is counted.
///
/// Higher is more, and not always better: of `complexity` and `verbosity` people may want less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSteer {}

#[typetag::serde(name = "helpsteer")]
impl Importer for HelpSteer {
    fn card(&self) -> Card {
        Card {
            licence: "CC-BY-4.0".into(),
            source: "https://huggingface.co/datasets/nvidia/HelpSteer or \
                     https://huggingface.co/datasets/nvidia/HelpSteer2"
                .into(),
            attribution: "Wang et al., HelpSteer (arXiv 2311.09528) and HelpSteer2 \
                          (arXiv 2406.08673)"
                .into(),
            ..Card::new("helpsteer", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push(
            "source \"rating\" pools what source \"individual\" has one by one: use one of them"
                .into(),
        );
        import.rows(path, Dialect::Quoted, |draft, row| add_item(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "HelpSteer and HelpSteer2: five attributes from 0 to 4, pooled or of each annotator"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    prompt: String,
    response: String,
    #[serde(deserialize_with = "marks")]
    helpfulness: Marks,
    #[serde(deserialize_with = "marks")]
    correctness: Marks,
    #[serde(deserialize_with = "marks")]
    coherence: Marks,
    #[serde(deserialize_with = "marks")]
    complexity: Marks,
    #[serde(deserialize_with = "marks")]
    verbosity: Marks,
}

/// What one attribute of one response was given.
enum Marks {
    Pooled(Option<f64>),
    Each(Vec<Option<f64>>),
}

/// A number, a text that is one, null, or a list of these; the field itself has to be there.
fn marks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Marks, D::Error> {
    let mark = |value| crate::optional_number(value).map_err(D::Error::custom);
    match Value::deserialize(deserializer)? {
        Value::Array(values) => {
            values.into_iter().map(mark).collect::<Result<_, _>>().map(Marks::Each)
        }
        value => mark(value).map(Marks::Pooled),
    }
}

fn add_item(draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
    if draft.lacks_text(&item.response) {
        draft.drop("response without text");
        return Ok(());
    }
    let prompt = marked_prompt(draft, &item.prompt);
    let group = draft.group(prompt.as_deref(), None);
    let segment = draft.text(&group, &item.response)?;
    for (aspect, marks) in [
        ("helpfulness", &item.helpfulness),
        ("correctness", &item.correctness),
        ("coherence", &item.coherence),
        ("complexity", &item.complexity),
        ("verbosity", &item.verbosity),
    ] {
        match marks {
            Marks::Pooled(mark) => rate(draft, &segment, aspect, *mark, "rating")?,
            Marks::Each(marks) => marks
                .iter()
                .try_for_each(|mark| rate(draft, &segment, aspect, *mark, "individual"))?,
        }
    }
    Ok(())
}

fn rate(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    aspect: &str,
    mark: Option<f64>,
    source: &str,
) -> Result<(), ImportError> {
    let Some(value) = mark else {
        draft.drop(&format!("{aspect} that is missing"));
        return Ok(());
    };
    if value.fract() != 0.0 || !(0.0..=4.0).contains(&value) {
        return Err(draft.place().wrong(aspect, "a whole number from 0 to 4", value));
    }
    draft.record(Rating {
        segment: segment.clone(),
        value,
        scale: Scale { low: 0.0, high: 4.0, levels: Some(5) },
        aspect: Some(aspect.to_owned()),
        reason: None,
        provenance: Provenance::from_source(source),
    })
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};
    use medley_feedback::Rating;

    #[test]
    fn attributes_are_ratings() {
        let imported = import("helpsteer");
        let data = &imported.dataset;
        // Two rows share a prompt; another is its disagreement; one has turns.
        assert_eq!((data.groups().len(), data.segments().len()), (2, 4));
        assert_eq!(
            data.groups().prompt(1),
            Some("user: Wie heißt du?\n\nassistant: Zoë.\n\nuser: Und dein Freund?")
        );
        let ratings = data.records::<Rating>().unwrap();
        let of = |segment: &str, source: &str| -> Vec<(String, f64)> {
            let told = ratings.iter().filter(|rating| {
                rating.segment.0 == segment && rating.provenance.source.as_deref() == Some(source)
            });
            told.map(|rating| (rating.aspect.clone().unwrap(), rating.value)).collect()
        };
        let named = |values: &[(&str, f64)]| -> Vec<(String, f64)> {
            values.iter().map(|(aspect, value)| (aspect.to_string(), *value)).collect()
        };
        assert_eq!(
            of("g000000/0", "rating"),
            named(&[
                ("helpfulness", 3.0),
                ("correctness", 4.0),
                ("coherence", 4.0),
                ("complexity", 2.0),
                ("verbosity", 1.0)
            ])
        );
        assert_eq!(of("g000000/1", "rating"), named(&[("helpfulness", 0.0), ("verbosity", 0.0)]));
        assert_eq!(of("g000000/0", "individual").len(), 14);
        assert!(ratings.iter().all(|rating| rating.scale.level(rating.value).is_some()));
        let dropped = &imported.report.dropped;
        assert_eq!(dropped["coherence that is missing"], 2);
        assert_eq!(dropped["complexity that is missing"], 1);
        assert_eq!(dropped["response without text"], 1);
        assert_eq!(imported.report.kept["rating/individual"], 14);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("helpsteer", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"helpfulness\": 3",
            "\"helpfulness\": 5",
            "line 1: `helpfulness` must be a whole number from 0 to 4, found 5",
        );
        check("\"helpfulness\": 3", "\"helpfulness\": 2.5", "found 2.5");
        check("\"verbosity\": 1", "\"verbose\": 1", "unknown field `verbose`");
        check(", \"verbosity\": 1}", "}", "missing field `verbosity`");
        check(
            "\"correctness\": 4",
            "\"correctness\": \"good\"",
            "at `correctness`: expected a number",
        );
    }
}
