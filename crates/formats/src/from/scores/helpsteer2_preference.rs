//! Importer of HelpSteer2-Preference: which of two responses is better, how strongly and why.
//!
//! Source: card of `nvidia/HelpSteer2` (section "Preferences"); Wang et al., "HelpSteer2-Preference:
//! Complementing Ratings with Preferences", arXiv 2410.01257.

use crate::pairs::pair;
use crate::signed_preference::graded;
use crate::structured::structured;
use crate::turns::marked_prompt;
use crate::{Dialect, Draft, Import, ImportError, Importer, filled, optional_number};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Provenance, SegmentId};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads `preference/preference.jsonl.gz`.
///
/// - Groups: `prompt`, with markers as in [`crate::HelpSteer`]. Segments: `response_1`,
///   `response_2`, in this order.
/// - Comparisons (source `preference/<split>`): `preference_strength`, the pooled answer; reason
///   `preference_statement` and `preference_elaboration`; votes: the number of
///   `three_most_similar_preferences`, which are what was pooled.
/// - Comparisons (source `individual/<split>`): each of `all_preferences_unprocessed`, reason
///   `justification`. These are the people behind the pooled answer, and those that the collectors
///   set aside. Select one of the two sources: both together count the same people twice.
///
/// Strength: -3 to 3 become a side and a grade of 3, negative being response 1; 0 is a tie.
/// -100 is not in the card but in the released file, where readers take it for "neither"; it is
/// counted and left out. The release names no annotators; a place in a list is not one person
/// across rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpSteer2Preference {}

#[typetag::serde(name = "helpsteer2-preference")]
impl Importer for HelpSteer2Preference {
    fn card(&self) -> Card {
        Card {
            licence: "CC-BY-4.0".into(),
            source: "https://huggingface.co/datasets/nvidia/HelpSteer2, preference".into(),
            attribution: "Wang et al., HelpSteer2-Preference: Complementing Ratings with \
                          Preferences (arXiv 2410.01257)"
                .into(),
            ..Card::new("helpsteer2-preference", Domain::Text)
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
        import.rows(path, Dialect::Quoted, |draft, row| add_item(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "HelpSteer2-Preference: preference/preference.jsonl.gz, pooled and individual answers"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    split: String,
    prompt: String,
    response_1: String,
    response_2: String,
    #[serde(deserialize_with = "optional_number")]
    preference_strength: Option<f64>,
    preference_statement: Option<String>,
    preference_elaboration: Option<String>,
    #[serde(deserialize_with = "list")]
    three_most_similar_preferences: Vec<Similar>,
    #[serde(deserialize_with = "list")]
    all_preferences_unprocessed: Vec<Individual>,
}

/// Counted, and not kept: the same answers are among the individual ones, word for word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Similar {
    #[serde(rename = "statement")]
    _statement: Option<String>,
    #[serde(rename = "elaboration")]
    _elaboration: Option<String>,
    #[serde(rename = "strength", deserialize_with = "optional_number")]
    _strength: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Individual {
    #[serde(deserialize_with = "optional_number")]
    strength: Option<f64>,
    justification: Option<String>,
}

/// A list, text that is a JSON list, or null; the field itself has to be there.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(Vec::new()),
        Value::String(text) => match structured(&text).map_err(D::Error::custom)? {
            Some(found) => found.value,
            None => Value::String(text),
        },
        value => value,
    };
    serde_json::from_value(list)
        .map_err(|error| D::Error::custom(format!("expected a list of preferences: {error}")))
}

fn add_item(draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
    let prompt = marked_prompt(draft, &item.prompt);
    let responses = [item.response_1.as_str(), &item.response_2];
    let Some((first, second)) = pair(draft, prompt.as_deref(), None, responses)? else {
        return Ok(());
    };
    let votes = item.three_most_similar_preferences.len() as u32;
    let pooled = Answer {
        field: "preference_strength",
        grade: item.preference_strength,
        reason: joined(item),
        provenance: Provenance {
            votes: (votes > 0).then_some(votes),
            ..Provenance::from_source(&format!("preference/{}", item.split))
        },
    };
    add_answer(draft, (&first, &second), pooled)?;
    for individual in &item.all_preferences_unprocessed {
        let answer = Answer {
            field: "all_preferences_unprocessed.strength",
            grade: individual.strength,
            reason: individual.justification.as_deref().and_then(filled),
            provenance: Provenance::from_source(&format!("individual/{}", item.split)),
        };
        add_answer(draft, (&first, &second), answer)?;
    }
    Ok(())
}

/// Statement and elaboration, which were one text before the collectors cut it.
fn joined(item: &Item) -> Option<String> {
    let parts = [&item.preference_statement, &item.preference_elaboration];
    let parts: Vec<String> = parts.into_iter().flatten().filter_map(|part| filled(part)).collect();
    filled(&parts.join(" "))
}

struct Answer {
    field: &'static str,
    grade: Option<f64>,
    reason: Option<String>,
    provenance: Provenance,
}

/// Stands for a grade where an annotator chose neither response.
const NO_ANSWER: f64 = -100.0;

fn add_answer(
    draft: &mut Draft<'_>,
    ids: (&SegmentId, &SegmentId),
    answer: Answer,
) -> Result<(), ImportError> {
    let Answer { field, grade, reason, provenance } = answer;
    let Some(grade) = grade else {
        draft.drop(&format!("{field} that is missing"));
        return Ok(());
    };
    if grade == NO_ANSWER {
        draft.drop(&format!("{field} of -100, which is no answer"));
        return Ok(());
    }
    let comparison = graded(draft.place(), field, grade, ids)?;
    draft.record(Comparison { reason, provenance, ..comparison })
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};
    use medley_feedback::Comparison;

    #[test]
    fn pooled_and_individual_answers_have_sources_of_their_own() {
        let imported = import("helpsteer2-preference");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let of = |source: &str| -> Vec<(i64, Option<u32>)> {
            let told =
                comparisons.iter().filter(|c| c.provenance.source.as_deref() == Some(source));
            told.map(|c| {
                let grade = c.strength.map_or(0, |strength| i64::from(strength.grade));
                (if c.preference == 1.0 { -grade } else { grade }, c.provenance.votes)
            })
            .collect()
        };
        assert_eq!(of("preference/train"), [(1, Some(3)), (0, Some(2))]);
        assert_eq!(
            of("individual/train"),
            [(1, None), (2, None), (-3, None), (0, None), (1, None)]
        );
        assert_eq!(of("preference/val"), [(-2, Some(1))]);
        assert_eq!(of("individual/val"), [(-2, None)]);
        assert_eq!(
            comparisons[0].reason.as_deref(),
            Some("@Response 2 is slightly better. It says why: naïve is no spelling error.")
        );
        assert!(comparisons.iter().filter(|c| c.strength.is_none()).all(|c| c.tie == 1.0));
        let dropped = &imported.report.dropped;
        let no_answer = "all_preferences_unprocessed.strength of -100, which is no answer";
        assert_eq!(dropped[no_answer], 1);
        assert_eq!(dropped["preference_strength that is missing"], 1);
        assert_eq!(imported.report.kept["pair of identical texts"], 1);
        let prompt = imported.dataset.groups().prompt(1);
        assert_eq!(prompt, Some("user: Hi.\n\nassistant: Hello.\n\nuser: Bye."));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("helpsteer2-preference", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"preference_strength\": 1",
            "\"preference_strength\": 4",
            "line 1: `preference_strength` must be a whole number from -3 to 3, found 4",
        );
        check("\"strength\": -3", "\"strength\": -3.5", "unprocessed.strength` must be a whole");
        check("\"split\"", "\"part\"", "unknown field `part`");
        check("\"preference_strength\": 1, ", "", "missing field `preference_strength`");
        check(
            "[{\"statement\": \"@Response 1 is better.\"",
            "[{\"claim\": \"\"",
            "at `three_most_similar_preferences`: expected a list of preferences: unknown field",
        );
    }
}
