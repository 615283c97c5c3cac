//! Importer of MultiPref: preferences of crowd workers and experts on the same pairs, overall and by
//! aspect.
//!
//! Source: card of `allenai/multipref`, configuration `default`; Miranda et al., "Hybrid
//! Preferences", arXiv 2410.19133.

use crate::pairs::pair;
use crate::{
    Dialect, Draft, Import, ImportError, Importer, Written, filled, optional_number, optional_text,
    person,
};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Comparison, Provenance, SegmentId, Strength};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// Reads a Parquet file of the configuration `default`, or the same rows as JSON lines.
///
/// - Groups: `text`, by its content: `prompt_id` is shared by prompts that are merely similar.
///   Segments: `completion_a`, `completion_b`, in this order. Metadata: `model`, which is counted too.
/// - Comparisons: four for each annotation, told apart by source: "overall", "helpfulness",
///   "truthfulness", "harmlessness". A comparison has no aspect of its own, so select a source.
/// - Strength: "A-is-clearly-better" is 2 of 2 for A, "A-is-slightly-better" 1 of 2 for A, "Tie" a
///   tie, and so for B. A missing answer is counted.
/// - Reason: the reasons that were ticked and the annotator's own words, apart by "; ".
/// - Annotator: `evaluator`. Group: "normal" or "expert".
/// - Seconds: `time_spent` is that of all four answers, and stands at "overall" only, so that a sum
///   over records is right.
///
/// Confidences ("absolutely-confident" and so on) have no place in a comparison and are counted by
/// value, as are time stamps and fields of an annotation that are not in the card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiPref {}

#[typetag::serde(name = "multipref")]
impl Importer for MultiPref {
    fn card(&self) -> Card {
        Card {
            licence: "ODC-By-1.0".into(),
            source: "https://huggingface.co/datasets/allenai/multipref".into(),
            attribution: "Miranda et al., Hybrid Preferences: Learning to Route Instances for \
                          Human vs. AI Feedback (arXiv 2410.19133)"
                .into(),
            ..Card::new("multipref", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("the source of a comparison is the aspect: select one".into());
        notes.push("seconds are those of all four answers, and stand at \"overall\" only".into());
        import.rows(path, Dialect::Quoted, |draft, row| add_item(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "MultiPref: overall and aspect preferences of crowd workers and experts"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(rename = "comparison_id", default)]
    _comparison_id: IgnoredAny,
    #[serde(rename = "prompt_id", default)]
    _prompt_id: IgnoredAny,
    text: String,
    #[serde(deserialize_with = "optional_text", default)]
    model_a: Option<String>,
    completion_a: String,
    #[serde(deserialize_with = "optional_text", default)]
    model_b: Option<String>,
    completion_b: String,
    #[serde(deserialize_with = "optional_text", default)]
    source: Option<String>,
    #[serde(rename = "category", default)]
    _category: IgnoredAny,
    #[serde(rename = "subject_study", default)]
    _subject_study: IgnoredAny,
    #[serde(rename = "highest_level_degree", default)]
    _highest_level_degree: IgnoredAny,
    normal_worker_annotations: Vec<Annotation>,
    expert_worker_annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    evaluator: Option<String>,
    overall_pref: Option<String>,
    overall_confidence: Option<String>,
    helpful_pref: Option<String>,
    helpful_confidence: Option<String>,
    helpful_checked_reasons: Option<Vec<String>>,
    helpful_own_reason: Option<String>,
    truthful_pref: Option<String>,
    truthful_confidence: Option<String>,
    truthful_checked_reasons: Option<Vec<String>>,
    truthful_own_reason: Option<String>,
    harmless_pref: Option<String>,
    harmless_confidence: Option<String>,
    harmless_checked_reasons: Option<Vec<String>>,
    harmless_own_reason: Option<String>,
    #[serde(deserialize_with = "optional_number", default)]
    time_spent: Option<f64>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// One of the four answers of an annotation.
struct Answer<'a> {
    source: &'static str,
    field: &'static str,
    preference: Option<&'a str>,
    confidence: Option<&'a str>,
    ticked: &'a [String],
    own: Option<&'a str>,
}

impl Annotation {
    fn answers(&self) -> [Answer<'_>; 4] {
        [
            Answer {
                source: "overall",
                field: "overall_pref",
                preference: self.overall_pref.as_deref(),
                confidence: self.overall_confidence.as_deref(),
                ticked: &[],
                own: None,
            },
            Answer {
                source: "helpfulness",
                field: "helpful_pref",
                preference: self.helpful_pref.as_deref(),
                confidence: self.helpful_confidence.as_deref(),
                ticked: self.helpful_checked_reasons.as_deref().unwrap_or_default(),
                own: self.helpful_own_reason.as_deref(),
            },
            Answer {
                source: "truthfulness",
                field: "truthful_pref",
                preference: self.truthful_pref.as_deref(),
                confidence: self.truthful_confidence.as_deref(),
                ticked: self.truthful_checked_reasons.as_deref().unwrap_or_default(),
                own: self.truthful_own_reason.as_deref(),
            },
            Answer {
                source: "harmlessness",
                field: "harmless_pref",
                preference: self.harmless_pref.as_deref(),
                confidence: self.harmless_confidence.as_deref(),
                ticked: self.harmless_checked_reasons.as_deref().unwrap_or_default(),
                own: self.harmless_own_reason.as_deref(),
            },
        ]
    }
}

fn add_item(draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
    let completions = [(&item.completion_a, &item.model_a), (&item.completion_b, &item.model_b)];
    let completions = completions.map(|(text, model)| Written::from(text).by(model.as_deref()));
    let prompt = filled(&item.text);
    let Some((first, second)) = pair(draft, prompt.as_deref(), None, completions)? else {
        return Ok(());
    };
    for model in [&item.model_a, &item.model_b].into_iter().flatten() {
        draft.keep(&format!("completion by {model}"));
    }
    if let Some(source) = &item.source {
        draft.keep(&format!("prompt from {source}"));
    }
    let groups =
        [("normal", &item.normal_worker_annotations), ("expert", &item.expert_worker_annotations)];
    for (group, annotations) in groups {
        for annotation in annotations {
            add_annotation(draft, (&first, &second), group, annotation)?;
        }
    }
    Ok(())
}

fn add_annotation(
    draft: &mut Draft<'_>,
    ids: (&SegmentId, &SegmentId),
    group: &str,
    annotation: &Annotation,
) -> Result<(), ImportError> {
    annotation.rest.keys().for_each(|field| draft.drop(&format!("annotation field {field}")));
    for answer in annotation.answers() {
        if let Some(confidence) = answer.confidence.and_then(filled) {
            draft.drop(&format!("confidence {confidence}"));
        }
        let Some(preference) = answer.preference.and_then(filled) else {
            draft.drop(&format!("{} that is missing", answer.field));
            continue;
        };
        let Some(comparison) = graded(&preference, ids) else {
            let expected = "Tie, or A or B followed by -is-slightly-better or -is-clearly-better";
            return Err(draft.place().wrong(answer.field, expected, preference));
        };
        let provenance = Provenance {
            annotator: annotation.evaluator.as_deref().and_then(person).map(AnnotatorId),
            group: Some(group.to_owned()),
            seconds: annotation.time_spent.filter(|_| answer.source == "overall"),
            ..Provenance::from_source(answer.source)
        };
        let own = answer.own.and_then(filled);
        let reasons: Vec<String> =
            answer.ticked.iter().filter_map(|reason| filled(reason)).chain(own).collect();
        let reason = filled(&reasons.join("; "));
        draft.record(Comparison { reason, provenance, ..comparison })?;
    }
    Ok(())
}

fn graded(preference: &str, (first, second): (&SegmentId, &SegmentId)) -> Option<Comparison> {
    let (share, grade) = match preference {
        "A-is-clearly-better" => (1.0, 2),
        "A-is-slightly-better" => (1.0, 1),
        "Tie" => return Some(Comparison::tied(first.clone(), second.clone())),
        "B-is-slightly-better" => (0.0, 1),
        "B-is-clearly-better" => (0.0, 2),
        _ => return None,
    };
    let strength = Some(Strength { grade, levels: 2 });
    Some(Comparison { strength, ..Comparison::new(first.clone(), second.clone(), share) })
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with, people};
    use medley_feedback::Comparison;

    #[test]
    fn every_annotation_gives_four_answers() {
        let imported = import("multipref");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let told: Vec<_> = comparisons[..4]
            .iter()
            .map(|c| {
                let provenance = &c.provenance;
                let grade = c.strength.map(|s| (s.grade, s.levels));
                (provenance.source.as_deref().unwrap(), c.distribution(), grade, provenance.seconds)
            })
            .collect();
        let [first, tie, second] = [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
        assert_eq!(
            told,
            [
                ("overall", first, Some((2, 2)), Some(283.0)),
                ("helpfulness", first, Some((1, 2)), None),
                ("truthfulness", second, Some((2, 2)), None),
                ("harmlessness", tie, None, None),
            ]
        );
        assert_eq!(comparisons[1].reason.as_deref(), Some("Clear; Concise; It names Müller."));
        assert_eq!(comparisons[0].provenance.annotator.as_ref().unwrap().0, "jovial_shirley");
        let of = |group: &str| {
            comparisons.iter().filter(|c| c.provenance.group.as_deref() == Some(group)).count()
        };
        assert_eq!((of("normal"), of("expert")), (11, 12));
        let told = ["group", "calm_kurt normal", "eloquent_ada expert", "jovial_shirley normal"];
        assert_eq!(people(&imported), told);
        // Two prompts share an id, and are not the same.
        assert_eq!(imported.dataset.groups().len(), 3);
        let report = &imported.report;
        assert_eq!(report.dropped["harmless_pref that is missing"], 1);
        assert_eq!(report.dropped["confidence fairly-confident"], 1);
        assert_eq!(report.dropped["annotation field timestamp"], 6);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("multipref", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"A-is-clearly-better\"",
            "\"A-is-better\"",
            "line 1: `overall_pref` must be Tie, or A or B followed by",
        );
        check("\"completion_a\"", "\"completion\"", "found completion; is `completion_a` meant?");
        check("\"text\"", "\"prompt\"", "unknown field `prompt`");
        check("\"time_spent\": 283", "\"time_spent\": -1", "`seconds` must be a number in [0");
        check("\"expert_worker_annotations\"", "\"experts\"", "unknown field `experts`");
    }
}
