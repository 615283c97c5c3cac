//! Importer of Summarize from Feedback: pairs of summaries, and ratings of single ones, by named
//! workers.
//!
//! Source: `openai/summarize-from-feedback`, README.md, section "Human feedback data"; Stiennon et
//! al., "Learning to summarize from human feedback", NeurIPS 2020.

use crate::pairs::pair;
use crate::{
    Dialect, Draft, Import, ImportError, Importer, Written, filled, optional_number, person,
};
use crate::{optional_text, truth};
use medley_dataset::{Card, Domain};
use medley_feedback::{
    AnnotatorId, Comparison, Critique, Polarity, Provenance, Rating, Scale, SegmentId, Strength,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads a file of `comparisons` or of `axis_evals`; several of them put together with `cat`. The
/// two kinds are told apart row by row, by `summaries` and `summary`.
///
/// - Groups: `title` as prompt, `post` or `article` as context. Segments: the summaries.
/// - Comparisons (source `comparison/<split>`), in the order of `summaries`; `choice` 0 is the
///   first. Strength: `confidence` 1 is surest of the first, 9 surest of the second, 5 the middle;
///   |confidence - 5| + 1 is the grade of 5, so a choice made at the middle has grade 1. Where
///   confidence stands on the other side than the choice, the choice is kept, and the confidence
///   counted as dropped: the README does not say which way the scale runs.
/// - Ratings (source `axis/<split>`): scale 1 to 7 with 7 levels; `overall` has no aspect, the
///   others are `accuracy`, `coverage`, `coherence`. A missing one is counted.
/// - Critiques (source `note/<split>`): `note`, what the worker understood before seeing the post;
///   neutral, since it neither blames nor praises.
/// - Annotator: `worker`. Batches, subreddits and sites are counted. Metadata: `model`, the policy that
///   wrote a summary.
///
/// `valid1` served to select models, `valid2` to evaluate; the README calls axis ratings
/// evaluation. Posts are CC BY 4.0 (Syed et al. 2018); the labels have no stated licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummarizeFromFeedback {}

#[typetag::serde(name = "summarize-from-feedback")]
impl Importer for SummarizeFromFeedback {
    fn card(&self) -> Card {
        Card {
            source: "https://github.com/openai/summarize-from-feedback".into(),
            attribution:
                "Stiennon et al., Learning to summarize from human feedback, NeurIPS 2020 \
                          (arXiv 2009.01325); posts from TL;DR, Syed et al. 2018"
                    .into(),
            ..Card::new("summarize-from-feedback", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("the source states no licence of the labels".into());
        notes.push(
            "the source of a record ends in its split: valid1 selected models, valid2 evaluated"
                .into(),
        );
        import.rows(path, Dialect::Quoted, |draft, row| {
            if row.fields.contains_key("summaries") {
                return add_comparison(draft, &row.parse()?);
            }
            if row.fields.contains_key("summary") {
                return add_evaluation(draft, &row.parse()?);
            }
            let expected = "a row with `summaries` or `summary`";
            Err(draft.place().wrong("row", expected, "neither"))
        })
    }

    fn summary(&self) -> &'static str {
        "OpenAI's summaries: comparisons and axis ratings by named workers"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    info: Info,
    summaries: Vec<Summary>,
    #[serde(deserialize_with = "truth")]
    choice: bool,
    #[serde(deserialize_with = "optional_text")]
    worker: Option<String>,
    #[serde(deserialize_with = "optional_text", default)]
    batch: Option<String>,
    split: String,
    extra: Option<Extra>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    #[serde(deserialize_with = "optional_number", default)]
    confidence: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evaluation {
    info: Info,
    summary: Summary,
    #[serde(deserialize_with = "optional_text")]
    worker: Option<String>,
    #[serde(deserialize_with = "optional_text", default)]
    batch: Option<String>,
    split: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    #[serde(rename = "id")]
    _id: Option<String>,
    title: Option<String>,
    post: Option<String>,
    article: Option<String>,
    subreddit: Option<String>,
    site: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Summary {
    text: String,
    policy: Option<String>,
    note: Option<String>,
    axes: Option<Axes>,
}

impl Summary {
    /// By the policy, where it is named.
    fn written(&self) -> Written<'_> {
        Written::from(&self.text).by(self.policy.as_deref())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Axes {
    #[serde(deserialize_with = "optional_number", default)]
    overall: Option<f64>,
    #[serde(deserialize_with = "optional_number", default)]
    accuracy: Option<f64>,
    #[serde(deserialize_with = "optional_number", default)]
    coverage: Option<f64>,
    #[serde(deserialize_with = "optional_number", default)]
    coherence: Option<f64>,
    compatible: Option<bool>,
}

/// Who said it, and in which split.
struct Speaker<'a> {
    worker: &'a Option<String>,
    split: &'a str,
}

impl Speaker<'_> {
    fn provenance(&self, what: &str) -> Provenance {
        Provenance {
            annotator: self.worker.as_deref().and_then(person).map(AnnotatorId),
            ..Provenance::from_source(&format!("{what}/{}", self.split))
        }
    }
}

/// The text that was summarized.
fn summarized<'a>(draft: &mut Draft<'_>, info: &'a Info) -> Result<&'a str, ImportError> {
    if let Some(place) = info.subreddit.as_ref().or(info.site.as_ref()) {
        draft.keep(&format!("row from {place}"));
    }
    let texts = [&info.post, &info.article];
    let text = texts.into_iter().flatten().find(|text| filled(text).is_some());
    text.map(String::as_str)
        .ok_or_else(|| draft.place().wrong("info", "a post or an article", "neither"))
}

fn count(draft: &mut Draft<'_>, batch: &Option<String>) {
    if let Some(batch) = batch {
        draft.keep(&format!("row of {batch}"));
    }
}

fn add_comparison(draft: &mut Draft<'_>, item: &Pair) -> Result<(), ImportError> {
    let [one, other] = item.summaries.as_slice() else {
        let found = item.summaries.len();
        return Err(draft.place().wrong("summaries", "2 summaries", found));
    };
    count(draft, &item.batch);
    let context = summarized(draft, &item.info)?;
    let prompt = item.info.title.as_deref().and_then(filled);
    let texts = [one.written(), other.written()];
    let Some((first, second)) = pair(draft, prompt.as_deref(), Some(context), texts)? else {
        return Ok(());
    };
    let speaker = Speaker { worker: &item.worker, split: &item.split };
    add_note(draft, &first, one, &speaker)?;
    add_note(draft, &second, other, &speaker)?;
    let confidence = item.extra.as_ref().and_then(|extra| extra.confidence);
    let strength = strength(draft, item.choice, confidence)?;
    let preference = if item.choice { 0.0 } else { 1.0 };
    let provenance = speaker.provenance("comparison");
    draft.record(Comparison { strength, provenance, ..Comparison::new(first, second, preference) })
}

/// Middle of the scale of confidence.
const MIDDLE: f64 = 5.0;
/// Grades on either side of the middle, itself included.
const LEVELS: u32 = 5;

fn strength(
    draft: &mut Draft<'_>,
    second: bool,
    confidence: Option<f64>,
) -> Result<Option<Strength>, ImportError> {
    let Some(confidence) = confidence else {
        draft.keep("comparison without confidence");
        return Ok(None);
    };
    if confidence.fract() != 0.0 || !(1.0..=9.0).contains(&confidence) {
        let expected = "a whole number from 1 to 9";
        return Err(draft.place().wrong("extra.confidence", expected, confidence));
    }
    let lean = confidence - MIDDLE;
    if lean != 0.0 && (lean > 0.0) != second {
        draft.drop("confidence on the other side than the choice");
        return Ok(None);
    }
    Ok(Some(Strength { grade: lean.abs() as u32 + 1, levels: LEVELS }))
}

fn add_evaluation(draft: &mut Draft<'_>, item: &Evaluation) -> Result<(), ImportError> {
    let summary = &item.summary;
    count(draft, &item.batch);
    let context = summarized(draft, &item.info)?;
    let Some(axes) = &summary.axes else {
        return Err(draft.place().wrong("summary.axes", "ratings", "none"));
    };
    if draft.lacks_text(&summary.text) {
        draft.drop("summary without text");
        return Ok(());
    }
    let prompt = item.info.title.as_deref().and_then(filled);
    let group = draft.group(prompt.as_deref(), Some(context));
    let segment = draft.text(&group, summary.written())?;
    let speaker = Speaker { worker: &item.worker, split: &item.split };
    add_note(draft, &segment, summary, &speaker)?;
    if axes.compatible.is_some() {
        draft.drop("axis compatible, which is no rating");
    }
    for (axis, value) in [
        ("overall", axes.overall),
        ("accuracy", axes.accuracy),
        ("coverage", axes.coverage),
        ("coherence", axes.coherence),
    ] {
        add_rating(draft, &segment, axis, value, &speaker)?;
    }
    Ok(())
}

fn add_rating(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    axis: &str,
    value: Option<f64>,
    speaker: &Speaker<'_>,
) -> Result<(), ImportError> {
    let Some(value) = value else {
        draft.drop(&format!("axis {axis} that is missing"));
        return Ok(());
    };
    if value.fract() != 0.0 || !(1.0..=7.0).contains(&value) {
        let field = format!("summary.axes.{axis}");
        return Err(draft.place().wrong(field, "a whole number from 1 to 7", value));
    }
    draft.record(Rating {
        segment: segment.clone(),
        value,
        scale: Scale { low: 1.0, high: 7.0, levels: Some(7) },
        aspect: (axis != "overall").then(|| axis.to_owned()),
        reason: None,
        provenance: speaker.provenance("axis"),
    })
}

fn add_note(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    summary: &Summary,
    speaker: &Speaker<'_>,
) -> Result<(), ImportError> {
    let Some(text) = summary.note.as_deref().and_then(filled) else { return Ok(()) };
    draft.record(Critique {
        text: Some(text),
        provenance: speaker.provenance("note"),
        ..Critique::new(segment.clone(), Polarity::Neutral)
    })
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};
    use medley_feedback::{Comparison, Critique, Rating};

    #[test]
    fn confidence_is_strength_where_it_agrees_with_the_choice() {
        let imported = import("summarize-from-feedback");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let told: Vec<_> = comparisons
            .iter()
            .map(|c| (c.preference, c.strength.map(|s| (s.grade, s.levels))))
            .collect();
        assert_eq!(
            told,
            [
                (0.0, Some((4, 5))),
                (1.0, Some((5, 5))),
                (1.0, Some((1, 5))),
                (0.0, None),
                (0.0, None)
            ]
        );
        assert_eq!(comparisons[0].provenance.annotator.as_ref().unwrap().0, "w1");
        assert_eq!(comparisons[1].provenance.source.as_deref(), Some("comparison/valid2"));
        let report = &imported.report;
        assert_eq!(report.kept["comparison without confidence"], 1);
        assert_eq!(report.dropped["confidence on the other side than the choice"], 1);
        assert_eq!(report.kept["row of batch9"], 5);
        let model = imported.dataset.segments().metadata().column("model").unwrap();
        assert_eq!(model.known(), imported.dataset.segments().len());
        let groups = imported.dataset.groups();
        assert_eq!((groups.len(), groups.prompt(0)), (2, Some("Gefährlich?")));
    }

    #[test]
    fn axes_are_ratings_and_notes_are_critiques() {
        let imported = import("summarize-from-feedback");
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let told: Vec<_> = ratings.iter().map(|r| (r.aspect.as_deref(), r.value)).collect();
        assert_eq!(
            told,
            [
                (None, 3.0),
                (Some("accuracy"), 5.0),
                (Some("coverage"), 4.0),
                (Some("coherence"), 2.0),
                (None, 7.0)
            ]
        );
        assert!(ratings.iter().all(|r| r.scale.levels == Some(7)));
        assert_eq!(imported.report.dropped["axis accuracy that is missing"], 1);
        assert_eq!(imported.report.dropped["axis compatible, which is no rating"], 1);
        let critiques = imported.dataset.records::<Critique>().unwrap();
        assert_eq!(critiques.len(), 3);
        assert_eq!(critiques[0].text.as_deref(), Some("Was it driving fast?"));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("summarize-from-feedback", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"confidence\": 8",
            "\"confidence\": 10",
            "line 1: `extra.confidence` must be a whole number from 1 to 9, found 10",
        );
        check("\"choice\": 1", "\"choice\": 2", "at `choice`: expected true or false, found 2");
        check("\"overall\": 3", "\"overall\": 8", "`summary.axes.overall` must be a whole number");
        check("\"summaries\"", "\"samples\"", "`row` must be a row with `summaries` or `summary`");
        check("\"post\": \"A car", "\"text\": \"A car", "at `info.text`: unknown field `text`");
    }
}
