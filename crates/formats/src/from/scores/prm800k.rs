//! Importer of PRM800K: solutions whose steps people rated, with the alternatives to each step.
//!
//! Source: Lightman et al., "Let's Verify Step by Step" (arXiv 2305.20050); schema from the README of
//! openai/prm800k (MIT), phases 1 and 2 as released.

use crate::{
    Dialect, Draft, Import, ImportError, Importer, Row, optional_number, optional_text, person,
};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Critique, Polarity, Provenance};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads `question`, `label`, `labeler`.
///
/// - Groups `g000000` and on: the problem.
/// - Segments: the chosen steps of a solution, one a line; and for each completion that was rated and
///   not chosen, the steps before it and itself.
/// - Critiques: one for each rating (1 positive, 0 neutral, -1 negative), of the place of its step in the
///   text, in characters. Source "quality-control" or "screening" where the question was one.
/// - Annotator: `labeler`. Seconds: `total_time`, shared evenly among the ratings of a solution.
///
/// Counted: completions without a rating, steps that people wrote (which nobody rated), completions
/// flagged as bad, solutions without a rated step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prm800k {}

#[typetag::serde(name = "prm800k")]
impl Importer for Prm800k {
    fn summary(&self) -> &'static str {
        "PRM800K: steps of solutions rated right, neutral or wrong, with the alternatives to each"
    }

    fn card(&self) -> Card {
        Card {
            licence: "MIT".into(),
            source: "https://github.com/openai/prm800k".into(),
            attribution: "Lightman et al., Let's Verify Step by Step, 2023 (arXiv 2305.20050)"
                .into(),
            ..Card::new("prm800k", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, add)
    }
}

#[derive(Deserialize)]
struct Solution {
    #[serde(default, deserialize_with = "optional_text")]
    labeler: Option<String>,
    #[serde(default)]
    is_quality_control_question: bool,
    #[serde(default)]
    is_initial_screening_question: bool,
    question: Question,
    label: Label,
}

#[derive(Deserialize)]
struct Question {
    problem: String,
}

#[derive(Deserialize)]
struct Label {
    steps: Vec<Step>,
    /// In milliseconds.
    #[serde(default, deserialize_with = "optional_number")]
    total_time: Option<f64>,
}

#[derive(Deserialize)]
struct Step {
    /// Null where people wrote the step.
    #[serde(default)]
    completions: Option<Vec<Completion>>,
    #[serde(default)]
    human_completion: Option<Written>,
    #[serde(default)]
    chosen_completion: Option<usize>,
}

#[derive(Deserialize)]
struct Completion {
    text: String,
    #[serde(default)]
    rating: Option<i8>,
    #[serde(default)]
    flagged: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Completion { text: String },
}

/// A rated step at the end of a text.
struct Rated {
    text: String,
    start: u32,
    polarity: Polarity,
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let Solution {
        labeler,
        is_quality_control_question: is_control,
        is_initial_screening_question: is_screening,
        question,
        label,
    } = row.parse()?;
    let mut chosen = String::new();
    let mut path = Vec::new();
    let mut others = Vec::new();
    for (number, step) in label.steps.iter().enumerate() {
        let start = if chosen.is_empty() { 0 } else { characters(&chosen) + 1 };
        let joined = |text: &str| match chosen.is_empty() {
            true => text.to_owned(),
            false => format!("{chosen}\n{text}"),
        };
        for (place, completion) in step.completions.iter().flatten().enumerate() {
            let field = format!("label.steps[{number}].completions[{place}]");
            let Some(polarity) = polarity(draft, row, &field, completion)? else { continue };
            let rated = Rated { text: joined(&completion.text), start, polarity };
            match step.chosen_completion == Some(place) {
                true => path.push(rated),
                false => others.push(rated),
            }
        }
        match next(draft, row, number, step)? {
            Some(text) => chosen = joined(text),
            None => break,
        }
    }
    if path.is_empty() && others.is_empty() {
        draft.drop("solution without a rated step");
        return Ok(());
    }
    let count = (path.len() + others.len()) as f64;
    let provenance = Provenance {
        annotator: labeler.and_then(|name| person(&name)).map(AnnotatorId),
        seconds: label.total_time.map(|milliseconds| milliseconds / 1000.0 / count),
        source: match (is_control, is_screening) {
            (true, _) => Some("quality-control".into()),
            (_, true) => Some("screening".into()),
            _ => None,
        },
        ..Provenance::default()
    };
    let group = draft.group(Some(&question.problem), None);
    for Rated { text, start, polarity } in path {
        let place = start..characters(&text);
        rate(draft, &group, &chosen, place, polarity, &provenance)?;
    }
    for Rated { text, start, polarity } in others {
        let place = start..characters(&text);
        rate(draft, &group, &text, place, polarity, &provenance)?;
    }
    Ok(())
}

/// What a completion was rated; none, and counted, if it was not, or is empty.
fn polarity(
    draft: &mut Draft<'_>,
    row: &Row,
    field: &str,
    completion: &Completion,
) -> Result<Option<Polarity>, ImportError> {
    if completion.flagged == Some(true) {
        draft.keep("completion that was flagged");
    }
    let polarity = match completion.rating {
        None => {
            draft.drop("completion without a rating");
            return Ok(None);
        }
        Some(1) => Polarity::Positive,
        Some(0) => Polarity::Neutral,
        Some(-1) => Polarity::Negative,
        Some(other) => {
            return Err(row.place.wrong(format!("{field}.rating"), "1, 0 or -1", other));
        }
    };
    if completion.text.trim().is_empty() {
        draft.drop("rating of a completion without text");
        return Ok(None);
    }
    Ok(Some(polarity))
}

/// The step that the solution goes on with, if it does.
fn next<'s>(
    draft: &mut Draft<'_>,
    row: &Row,
    number: usize,
    step: &'s Step,
) -> Result<Option<&'s str>, ImportError> {
    match (step.chosen_completion, &step.human_completion) {
        (Some(place), _) => {
            let completions = step.completions.as_deref().unwrap_or_default();
            let field = format!("label.steps[{number}].chosen_completion");
            let expected = || format!("one of {} completions", completions.len());
            let found =
                completions.get(place).ok_or_else(|| row.place.wrong(field, expected(), place));
            found.map(|completion| Some(&*completion.text))
        }
        (None, Some(Written::Text(text) | Written::Completion { text })) => {
            draft.drop("step that a person wrote, which nobody rated");
            Ok(Some(text))
        }
        (None, None) => Ok(None),
    }
}

fn rate(
    draft: &mut Draft<'_>,
    group: &str,
    text: &str,
    place: std::ops::Range<u32>,
    polarity: Polarity,
    provenance: &Provenance,
) -> Result<(), ImportError> {
    let segment = draft.text(group, text)?;
    draft.record(Critique {
        first_char: Some(place.start),
        end_char: Some(place.end),
        provenance: provenance.clone(),
        ..Critique::new(segment, polarity)
    })
}

fn characters(text: &str) -> u32 {
    text.chars().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};

    /// Field 50, after https://github.com/openai/prm800k/issues/10.
    #[test]
    fn paths_and_alternatives_are_rated() {
        use Polarity::{Negative, Neutral, Positive};
        let imported = import("prm800k");
        let segments = imported.dataset.segments();
        let critiques = imported.dataset.records::<Critique>().unwrap();
        let said = |critique: &Critique| {
            let text = segments.text(segments.index(&critique.segment).unwrap()).unwrap();
            let (first, end) = (critique.first_char.unwrap(), critique.end_char.unwrap());
            let step: String =
                text.chars().skip(first as usize).take((end - first) as usize).collect();
            (text.replace('\n', " | "), step, critique.polarity)
        };
        let found: Vec<_> = critiques.iter().map(|critique| said(critique)).collect();
        let expect = [
            ("Three times four. | That is 12.", "Three times four.", Positive),
            ("Three times four. | That is 12.", "That is 12.", Positive),
            ("Three times four. | That is 14.", "That is 14.", Negative),
            ("Three times four. | Let us add.", "Let us add.", Neutral),
            ("É five. | So 6?", "So 6?", Negative),
        ];
        let expect = expect.map(|(text, step, it)| (text.to_owned(), step.to_owned(), it));
        assert_eq!(found, expect);
        let provenance = &critiques[0].provenance;
        assert_eq!(provenance.annotator, Some("l1".into()));
        assert_eq!(provenance.seconds, Some(7.0));
        assert_eq!(critiques[4].provenance.source.as_deref(), Some("quality-control"));
        let dropped = |reason: &str| imported.report.dropped.get(reason).copied().unwrap_or(0);
        assert_eq!(dropped("step that a person wrote, which nobody rated"), 1);
        assert_eq!(dropped("completion without a rating"), 1);
        assert_eq!(dropped("solution without a rated step"), 1);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("prm800k", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"rating\": 0",
            "\"rating\": 3",
            "completions[1].rating` must be 1, 0 or -1, found 3",
        );
        check(
            "\"chosen_completion\": 2",
            "\"chosen_completion\": 9",
            "`label.steps[1].chosen_completion` must be one of 3 completions, found 9",
        );
        check("\"problem\"", "\"task\"", "at `question`: missing field `problem`");
    }
}
