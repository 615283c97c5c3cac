//! One row: what it holds, and the critique that it becomes.

use super::marked::Marked;
use super::review::{Review, Reviews};
use crate::{Draft, ImportError, Place, filled, person, steps_of_chars};
use medley_feedback::{AnnotatorId, Critique, Polarity, Provenance, SegmentId, Severity};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::ops::Range;

/// One row. Side-by-side files have another name for the place of a segment in its document and
/// in the file, and more fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    system: String,
    #[serde(rename = "doc")]
    _doc: IgnoredAny,
    #[serde(rename = "doc_id", alias = "docSegId")]
    _doc_id: IgnoredAny,
    #[serde(alias = "globalSegId")]
    seg_id: String,
    rater: String,
    source: String,
    target: String,
    category: String,
    severity: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    metadata: String,
}

/// The part of `metadata` that is kept or counted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    /// By action.
    timing: BTreeMap<String, Timing>,
    note: String,
    deleted_errors: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Timing {
    #[serde(rename = "timeMS")]
    milliseconds: f64,
}

/// Adds what a row says, to the draft and to the review that it belongs to.
pub(super) fn add_line(
    draft: &mut Draft<'_>,
    name: &str,
    line: &Line,
    reviews: &mut Reviews,
) -> Result<(), ImportError> {
    for (field, text) in
        [("system", &line.system), ("seg_id", &line.seg_id), ("rater", &line.rater)]
    {
        if text.trim().is_empty() {
            return Err(draft.place().wrong(field, "a name", "white space"));
        }
    }
    let Some(person) = person(&line.rater) else {
        return Err(draft.place().wrong("rater", "the name of a person", &line.rater));
    };
    let Some(verdict) = Verdict::parse(draft.place(), line)? else {
        return attention_check(draft, line, &mut reviews.checks);
    };
    let (source, target) = (Marked::parse(&line.source), Marked::parse(&line.target));
    if source.cut || target.cut {
        draft.keep("row whose text ended in white space, which was cut");
    }
    let group = draft.named_group(&format!("{name}/{}", line.seg_id), Some(&source.text), None)?;
    let segment = draft.named_text(&format!("{group}/{}", line.system), &group, &target.text)?;
    let rater = AnnotatorId(format!("{name}/{person}"));
    let metadata = metadata(draft, &line.metadata)?;
    let provenance = Provenance {
        annotator: Some(rater.clone()),
        seconds: seconds(&metadata),
        ..Provenance::from_source(name)
    };
    let critique = Critique {
        text: filled(&line.comment).or_else(|| filled(&metadata.note)),
        provenance,
        ..verdict.critique(draft, segment.clone(), (&source, &target), &line.category)
    };
    draft.record(critique)?;
    let (place, tenths) = (draft.place().clone(), verdict.tenths(&line.category));
    reviews.add(Review { place, group, segment, rater, tenths });
    Ok(())
}

fn attention_check(
    draft: &mut Draft<'_>,
    line: &Line,
    checks: &mut BTreeMap<String, (usize, usize)>,
) -> Result<(), ImportError> {
    let found = match line.category.as_str() {
        "Found" => 1,
        "Missed" => 0,
        other => return Err(draft.place().wrong("category", "Found or Missed", other)),
    };
    draft.drop(&format!("attention check (HOTW-test): {}", line.category));
    let known = checks.entry(line.rater.clone()).or_default();
    *known = (known.0 + found, known.1 + 1);
    Ok(())
}

fn metadata(draft: &mut Draft<'_>, cell: &str) -> Result<Metadata, ImportError> {
    if cell.trim().is_empty() {
        return Ok(Metadata::default());
    }
    let metadata: Metadata = serde_json::from_str(cell)
        .map_err(|error| draft.place().wrong("metadata", "a JSON object", error))?;
    metadata.deleted_errors.iter().for_each(|_| draft.drop("error that the rater deleted again"));
    Ok(metadata)
}

/// Time of all actions that led to the row.
fn seconds(metadata: &Metadata) -> Option<f64> {
    let timing = &metadata.timing;
    (!timing.is_empty()).then(|| timing.values().map(|t| t.milliseconds).sum::<f64>() / 1000.0)
}

/// What a row says of the segment.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    NoError,
    Neutral,
    Minor,
    Major,
}

impl Verdict {
    /// None for an attention check. Earlier years write the values in lower case.
    fn parse(at: &Place, line: &Line) -> Result<Option<Self>, ImportError> {
        match line.severity.to_ascii_lowercase().as_str() {
            "no-error" => Ok(Some(Self::NoError)),
            "neutral" => Ok(Some(Self::Neutral)),
            "minor" => Ok(Some(Self::Minor)),
            "major" => Ok(Some(Self::Major)),
            "hotw-test" => Ok(None),
            _ => {
                let expected = "Major, Minor, Neutral, No-error or HOTW-test";
                Err(at.wrong("severity", expected, &line.severity))
            }
        }
    }

    pub fn tenths(self, category: &str) -> u64 {
        match self {
            Self::NoError | Self::Neutral => 0,
            _ if category.starts_with("Non-translation") => 250,
            Self::Major => 50,
            Self::Minor if category == "Fluency/Punctuation" => 1,
            Self::Minor => 10,
        }
    }

    /// A critique without text and provenance.
    fn critique(
        self,
        draft: &mut Draft<'_>,
        segment: SegmentId,
        (source, target): (&Marked, &Marked),
        category: &str,
    ) -> Critique {
        if self == Self::NoError {
            return Critique::new(segment, Polarity::Neutral);
        }
        let chars = place(draft, source, target);
        let steps = chars.clone().and_then(|chars| steps_of_chars(&target.text, chars));
        let (polarity, severity) = match self {
            Self::Major => (Polarity::Negative, Some(Severity::Major)),
            Self::Minor => (Polarity::Negative, Some(Severity::Minor)),
            Self::Neutral | Self::NoError => (Polarity::Neutral, None),
        };
        Critique {
            first_step: steps.as_ref().map(|steps| steps.start),
            end_step: steps.as_ref().map(|steps| steps.end),
            first_char: chars.as_ref().map(|chars| chars.start),
            end_char: chars.as_ref().map(|chars| chars.end),
            aspect: filled(category),
            severity,
            ..Critique::new(segment, polarity)
        }
    }
}

/// The span in the target. Why there is none is counted.
fn place(draft: &mut Draft<'_>, source: &Marked, target: &Marked) -> Option<Range<u32>> {
    if target.chars.is_none() {
        draft.keep(match (target.marks, source.marks) {
            (0, 0) => "critique without a place: nothing is marked",
            (0, _) => "critique without a place: marked in the source text",
            _ => "critique without a place: the marks are no span of the text",
        });
    }
    target.chars.clone()
}
