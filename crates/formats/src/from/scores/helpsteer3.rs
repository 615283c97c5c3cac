//! Importer of HelpSteer3: preferences, feedback in words, edits, and edits that missed the point.
//!
//! Source: card of `nvidia/HelpSteer3`, sections "Preference", "Feedback", "Edit", "Edit-Quality"
//! and "Principle"; Wang et al., arXiv 2505.11475, 2503.04378 and 2509.21319.

use crate::messages::Message;
use crate::pairs::pair;
use crate::signed_preference::graded;
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row, filled, optional_number};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Critique, Polarity, Provenance, Rating, Scale, SegmentId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads `train.jsonl.gz` or `validation.jsonl.gz` of any of the five parts, which are told apart
/// row by row, by their fields.
///
/// - Groups: `context`, turns as `role: content`. Segments: the responses, in the order of the
///   fields.
/// - `preference`: comparisons. Source "preference" is `overall_preference`, with the number of
///   people it pools as votes; source "individual" is each of `individual_preference`, reason
///   `reasoning`. Select one of the two: both together count the same people twice. Strength: -3
///   to 3 become a side and a grade of 3, negative being response 1; 0 is a tie.
/// - `feedback`: for each text of `feedback1` and `feedback2` a critique of the response, aspect
///   "helpfulness". Annotators had to begin with "The response is not / slightly / partially /
///   mostly / perfectly helpful": these are the levels 0 to 4 of a rating of the same aspect, and
///   the polarity (not, slightly: negative; partially: neutral; mostly, perfectly: positive). A
///   text that begins otherwise is a neutral critique without rating, and is counted.
/// - `edit`: corrections (source "edit"), reason `change_summary`, with the sentences outside a
///   longest common subsequence; `feedback` as above (source "edit/feedback").
/// - `edit_quality`: comparisons (source "edit-quality") of the good edit, first, against the bad
///   one; `feedback` as above (source "edit-quality/feedback"). "Good" means that the edit follows
///   the feedback and nothing else; a bad edit may be the better response.
/// - `principle`: ratings (source "principle"), aspect the principle, 1 fulfilled and 0 not. A
///   language model took these out of the feedback of people.
///
/// `domain` and `language` are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSteer3 {}

#[typetag::serde(name = "helpsteer3")]
impl Importer for HelpSteer3 {
    fn card(&self) -> Card {
        Card {
            licence: "CC-BY-4.0".into(),
            source: "https://huggingface.co/datasets/nvidia/HelpSteer3".into(),
            attribution: "Wang et al., HelpSteer3-Preference (arXiv 2505.11475) and HelpSteer3 \
                          Feedback and Edit (arXiv 2503.04378)"
                .into(),
            ..Card::new("helpsteer3", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push(
            "a comparison of source \"preference\" pools comparisons of source \"individual\": \
             select one of the two"
                .into(),
        );
        notes.push(
            "an edit of source \"edit-quality\" is good if it follows the feedback, and bad if it \
             does anything else"
                .into(),
        );
        import.rows(path, Dialect::Quoted, add_row)
    }

    fn summary(&self) -> &'static str {
        "HelpSteer3: preference, feedback, edit, edit_quality or principle"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preference {
    domain: String,
    language: String,
    context: Value,
    response1: String,
    response2: String,
    #[serde(deserialize_with = "optional_number")]
    overall_preference: Option<f64>,
    individual_preference: Vec<Individual>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Individual {
    #[serde(deserialize_with = "optional_number")]
    score: Option<f64>,
    reasoning: Option<String>,
    feedback1: Option<String>,
    feedback2: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feedback {
    domain: String,
    language: String,
    context: Value,
    response1: String,
    response2: String,
    feedback1: Vec<Option<String>>,
    feedback2: Vec<Option<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    domain: String,
    language: String,
    context: Value,
    original_response: String,
    edited_response: String,
    feedback: Vec<Option<String>>,
    change_summary: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditQuality {
    domain: String,
    language: String,
    context: Value,
    original_response: String,
    good_edited_response: String,
    bad_edited_response: String,
    feedback: Vec<Option<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Principle {
    domain: String,
    language: String,
    context: Value,
    response: String,
    principle: String,
    fulfilment: String,
}

fn add_row(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let has = |field: &str| row.fields.contains_key(field);
    if has("overall_preference") {
        add_preference(draft, &row.parse()?)
    } else if has("good_edited_response") {
        add_edit_quality(draft, &row.parse()?)
    } else if has("edited_response") {
        add_edit(draft, &row.parse()?)
    } else if has("principle") {
        add_principle(draft, &row.parse()?)
    } else if has("feedback1") {
        add_feedback(draft, &row.parse()?)
    } else {
        let expected = "a row with `overall_preference`, `feedback1`, `edited_response`, \
                        `good_edited_response` or `principle`";
        let names: Vec<&str> = row.fields.keys().map(String::as_str).collect();
        Err(draft.place().wrong("row", expected, format!("the fields {}", names.join(", "))))
    }
}

/// The prompt of a row, whose domain and language are counted.
fn prompt(
    draft: &mut Draft<'_>,
    domain: &str,
    language: &str,
    context: &Value,
) -> Result<Option<String>, ImportError> {
    draft.keep(&format!("row of domain {domain}, language {language}"));
    if let Value::String(text) = context {
        return Ok(filled(text));
    }
    let messages = Vec::<Message>::deserialize(context).map_err(|error| {
        draft.place().wrong("context", "a text or a list of messages", format!("another: {error}"))
    })?;
    let spoken = Spoken::Messages(messages);
    spoken.tell(draft);
    Ok(spoken.prompt())
}

fn add_preference(draft: &mut Draft<'_>, item: &Preference) -> Result<(), ImportError> {
    let prompt = prompt(draft, &item.domain, &item.language, &item.context)?;
    let responses = [item.response1.as_str(), &item.response2];
    let Some((first, second)) = pair(draft, prompt.as_deref(), None, responses)? else {
        return Ok(());
    };
    let votes = item.individual_preference.iter().filter(|one| one.score.is_some()).count() as u32;
    match item.overall_preference {
        None => draft.drop("overall_preference that is missing"),
        Some(grade) => {
            let comparison = graded(draft.place(), "overall_preference", grade, (&first, &second))?;
            let votes = (votes > 0).then_some(votes);
            let provenance = Provenance { votes, ..Provenance::from_source("preference") };
            draft.record(Comparison { provenance, ..comparison })?;
        }
    }
    for individual in &item.individual_preference {
        add_individual(draft, (&first, &second), individual)?;
    }
    Ok(())
}

fn add_individual(
    draft: &mut Draft<'_>,
    ids: (&SegmentId, &SegmentId),
    individual: &Individual,
) -> Result<(), ImportError> {
    match individual.score {
        None => draft.drop("individual_preference.score that is missing"),
        Some(score) => {
            let comparison = graded(draft.place(), "individual_preference.score", score, ids)?;
            let reason = individual.reasoning.as_deref().and_then(filled);
            let provenance = Provenance::from_source("individual");
            draft.record(Comparison { reason, provenance, ..comparison })?;
        }
    }
    for (segment, text) in [(ids.0, &individual.feedback1), (ids.1, &individual.feedback2)] {
        if text.is_some() {
            add_remark(draft, segment, text.as_deref(), "individual/feedback")?;
        }
    }
    Ok(())
}

fn add_feedback(draft: &mut Draft<'_>, item: &Feedback) -> Result<(), ImportError> {
    let prompt = prompt(draft, &item.domain, &item.language, &item.context)?;
    let responses = [item.response1.as_str(), &item.response2];
    let Some((first, second)) = pair(draft, prompt.as_deref(), None, responses)? else {
        return Ok(());
    };
    for text in &item.feedback1 {
        add_remark(draft, &first, text.as_deref(), "feedback")?;
    }
    for text in &item.feedback2 {
        add_remark(draft, &second, text.as_deref(), "feedback")?;
    }
    Ok(())
}

/// The response that was edited and what people said of it; none, and counted, if it has no text.
fn add_original(
    draft: &mut Draft<'_>,
    prompt: Option<&str>,
    text: &str,
    feedback: &[Option<String>],
    source: &str,
) -> Result<Option<SegmentId>, ImportError> {
    if draft.lacks_text(text) {
        draft.drop("edit of a response without text");
        return Ok(None);
    }
    let group = draft.group(prompt, None);
    let original = draft.text(&group, text)?;
    for remark in feedback {
        add_remark(draft, &original, remark.as_deref(), source)?;
    }
    Ok(Some(original))
}

fn add_edit(draft: &mut Draft<'_>, item: &Edit) -> Result<(), ImportError> {
    let prompt = prompt(draft, &item.domain, &item.language, &item.context)?;
    let (prompt, text) = (prompt.as_deref(), &item.original_response);
    let Some(original) = add_original(draft, prompt, text, &item.feedback, "edit/feedback")? else {
        return Ok(());
    };
    if item.original_response == item.edited_response {
        draft.drop("edit that equals the original");
        return Ok(());
    }
    if draft.lacks_text(&item.edited_response) {
        draft.drop("edit without text");
        return Ok(());
    }
    let group = draft.group(prompt, None);
    let corrected = draft.text(&group, &item.edited_response)?;
    draft.correction(
        (original, &item.original_response),
        (corrected, &item.edited_response),
        item.change_summary.as_deref().and_then(filled),
        Provenance::from_source("edit"),
    )
}

fn add_edit_quality(draft: &mut Draft<'_>, item: &EditQuality) -> Result<(), ImportError> {
    let prompt = prompt(draft, &item.domain, &item.language, &item.context)?;
    let (prompt, text) = (prompt.as_deref(), &item.original_response);
    if add_original(draft, prompt, text, &item.feedback, "edit-quality/feedback")?.is_none() {
        return Ok(());
    }
    let edits = [item.good_edited_response.as_str(), &item.bad_edited_response];
    let Some((good, bad)) = pair(draft, prompt, None, edits)? else { return Ok(()) };
    let provenance = Provenance::from_source("edit-quality");
    draft.record(Comparison { provenance, ..Comparison::new(good, bad, 1.0) })
}

fn add_principle(draft: &mut Draft<'_>, item: &Principle) -> Result<(), ImportError> {
    let prompt = prompt(draft, &item.domain, &item.language, &item.context)?;
    let value = match item.fulfilment.as_str() {
        "Yes" => 1.0,
        "No" => 0.0,
        other => return Err(draft.place().wrong("fulfilment", "Yes or No", other)),
    };
    if draft.lacks_text(&item.response) {
        draft.drop("response without text");
        return Ok(());
    }
    let group = draft.group(prompt.as_deref(), None);
    let segment = draft.text(&group, &item.response)?;
    draft.record(Rating {
        segment,
        value,
        scale: Scale { low: 0.0, high: 1.0, levels: Some(2) },
        aspect: Some(item.principle.clone()),
        reason: None,
        provenance: Provenance::from_source("principle"),
    })
}

/// A critique, and the rating that its first words state.
fn add_remark(
    draft: &mut Draft<'_>,
    segment: &SegmentId,
    text: Option<&str>,
    source: &str,
) -> Result<(), ImportError> {
    let Some(text) = text.and_then(filled) else {
        draft.drop("feedback without text");
        return Ok(());
    };
    let level = stated_level(&text);
    let polarity = match level {
        Some(0 | 1) => Polarity::Negative,
        Some(2) | None => Polarity::Neutral,
        Some(_) => Polarity::Positive,
    };
    if level.is_none() {
        draft.keep("critique whose first words state no level of helpfulness");
    }
    let aspect = Some("helpfulness".to_owned());
    draft.record(Critique {
        aspect: aspect.clone(),
        text: Some(text),
        provenance: Provenance::from_source(source),
        ..Critique::new(segment.clone(), polarity)
    })?;
    let Some(level) = level else { return Ok(()) };
    draft.record(Rating {
        segment: segment.clone(),
        value: f64::from(level),
        scale: Scale { low: 0.0, high: 4.0, levels: Some(5) },
        aspect,
        reason: None,
        provenance: Provenance::from_source(source),
    })
}

const LEVELS: [&str; 5] = ["not", "slightly", "partially", "mostly", "perfectly"];

/// The level in "The response is <level> helpful", if the text begins so.
fn stated_level(text: &str) -> Option<u8> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut words = text.split_whitespace();
    let expected = ["the", "response", "is"];
    if !expected.iter().all(|word| words.next() == Some(word)) {
        return None;
    }
    let level = words.next()?;
    let helpful = words.next()?.trim_end_matches(|c: char| !c.is_alphanumeric());
    let position = LEVELS.iter().position(|known| *known == level)?;
    (helpful == "helpful").then_some(position as u8)
}

#[cfg(test)]
mod tests {
    use super::stated_level;
    use crate::fixture::{import, import_with};
    use medley_feedback::{Comparison, Correction, Critique, Polarity, Rating};

    #[test]
    fn first_words_state_a_level() {
        assert_eq!(stated_level("The response is not helpful."), Some(0));
        assert_eq!(stated_level("\"The response is Mostly helpful, since"), Some(3));
        assert_eq!(stated_level("The response is perfectly helpful"), Some(4));
        assert_eq!(stated_level("The response is very helpful"), None);
        assert_eq!(stated_level("The response is partially unhelpful"), None);
        assert_eq!(stated_level("The response is"), None);
    }

    #[test]
    fn preferences_keep_side_strength_and_votes() {
        let data = import("helpsteer3").dataset;
        assert_eq!(
            data.groups().prompt(0),
            Some("user: ¿Cuánto es 2 + 2?\n\nassistant: 4.\n\nuser: ¿Y 3 + 3?")
        );
        let told: Vec<_> = data
            .records::<Comparison>()
            .unwrap()
            .iter()
            .map(|c| {
                let provenance = &c.provenance;
                let source = provenance.source.clone().unwrap();
                (source, c.distribution(), c.strength.map(|s| s.grade), provenance.votes)
            })
            .collect();
        let [first, tie, second] = [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]];
        let named = |source: &str, shares, grade, votes| (source.to_owned(), shares, grade, votes);
        assert_eq!(
            told,
            [
                named("preference", first, Some(2), Some(2)),
                named("individual", first, Some(1), None),
                named("individual", first, Some(3), None),
                named("preference", tie, None, Some(2)),
                named("individual", second, Some(1), None),
                named("individual", first, Some(1), None),
                named("edit-quality", first, None, None),
            ]
        );
    }

    #[test]
    fn feedback_is_critique_and_rating() {
        let imported = import("helpsteer3");
        let critiques = imported.dataset.records::<Critique>().unwrap();
        let polarities: Vec<_> = critiques
            .iter()
            .filter(|c| c.provenance.source.as_deref() == Some("feedback"))
            .map(|c| c.polarity)
            .collect();
        use Polarity::{Negative, Neutral, Positive};
        assert_eq!(polarities, [Negative, Neutral, Positive, Neutral]);
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let values: Vec<_> = ratings
            .iter()
            .filter(|r| r.provenance.source.as_deref() == Some("feedback"))
            .map(|r| r.value)
            .collect();
        assert_eq!(values, [1.0, 2.0, 4.0]);
        let report = &imported.report;
        assert_eq!(report.kept["critique whose first words state no level of helpfulness"], 1);
        assert_eq!(report.dropped["feedback without text"], 1);
        assert_eq!(report.kept["rating/principle"], 2);
        assert_eq!(report.dropped["individual_preference.score that is missing"], 1);
    }

    #[test]
    fn an_edit_names_the_sentences_that_it_changed() {
        let imported = import("helpsteer3");
        let corrections = imported.dataset.records::<Correction>().unwrap();
        assert_eq!(corrections.len(), 1);
        assert_eq!(corrections[0].changed_original, Some(vec![1]));
        assert_eq!(corrections[0].changed_corrected, Some(vec![1, 2]));
        assert_eq!(corrections[0].reason.as_deref(), Some("Corrected the sum."));
        assert_eq!(imported.report.dropped["edit that equals the original"], 1);
        assert_eq!(imported.report.kept["critique/edit/feedback"], 2);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("helpsteer3", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"overall_preference\": -2",
            "\"overall_preference\": -4",
            "line 1: `overall_preference` must be a whole number from -3 to 3, found -4",
        );
        check("\"overall_preference\"", "\"overall\"", "line 1: `row` must be a row with");
        check("\"reasoning\"", "\"reason\"", "at `individual_preference[0].reason`: unknown field");
        check("[{\"role\"", "[{\"rule\"", "`context` must be a text or a list of messages");
        check("\"fulfilment\": \"No\"", "\"fulfilment\": \"Perhaps\"", "must be Yes or No");
    }
}
