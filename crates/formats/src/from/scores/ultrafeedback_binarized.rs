//! Importer of UltraFeedback Binarized: the best response against another one, with both scores.
//!
//! Source: card of `HuggingFaceH4/ultrafeedback_binarized`: "we picked the highest overall_score as
//! the chosen completion, and one of the remaining 3 at random as the rejected one".

use crate::messages::Message;
use crate::pairs::pair;
use crate::rendered::render;
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, filled, number};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Provenance, Rating, Scale, SegmentId, Strength};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads a Parquet file of one split, such as `data/train_prefs-*.parquet`.
///
/// - Groups: `prompt`; where `chosen` has more turns before its last than one of the user, these as
///   `role: content`. A row whose `chosen` and `rejected` differ before the last turn is no
///   comparison of responses to one prompt; it is counted and left out.
/// - Comparisons (source "binarized"), first `chosen`, second `rejected`: the collectors did not
///   record an order of presentation. Equal scores are a tie, since the label is then a draw.
///   Strength: the difference of the scores, as a grade of `highest_score - 1`, where it is whole;
///   a difference that is not whole is counted.
/// - Ratings (source "score"): `score_chosen` and `score_rejected`, from 1 to `highest_score`,
///   continuous. Comparisons follow from them: use one or the other.
///
/// Splits `train_sft` and `train_gen` repeat rows of `train_prefs`. A score of 10 may be a 1: see
/// [`crate::UltraFeedback`], which has the ratings to tell; here there is nothing to tell it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UltraFeedbackBinarized {
    /// Best score of the scale: 10 for overall scores, 5 for the means of aspect ratings that the
    /// first releases have.
    pub highest_score: u32,
}

impl Default for UltraFeedbackBinarized {
    fn default() -> Self {
        Self { highest_score: 10 }
    }
}

#[typetag::serde(name = "ultrafeedback-binarized")]
impl Importer for UltraFeedbackBinarized {
    fn card(&self) -> Card {
        Card {
            licence: "MIT".into(),
            source: "https://huggingface.co/datasets/HuggingFaceH4/ultrafeedback_binarized".into(),
            attribution: "Cui et al., UltraFeedback (arXiv 2310.01377); Tunstall et al., Zephyr \
                          (arXiv 2310.16944)"
                .into(),
            ..Card::new("ultrafeedback-binarized", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        if self.highest_score < 2 {
            let found = self.highest_score;
            return Err(Place::new(path, "line", 1).wrong("highest_score", "at least 2", found));
        }
        let notes = &mut import.report().notes;
        notes.push("the annotator is GPT-4, not a person".into());
        notes.push(
            "comparisons follow from the ratings of source \"score\": use one or the other".into(),
        );
        notes.push("a score of 10 may be a 1 (UltraFeedback issue 8)".into());
        import.rows(path, Dialect::Quoted, |draft, row| self.add_item(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "UltraFeedback Binarized: chosen and rejected, with their scores"
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    prompt: String,
    #[serde(rename = "prompt_id", default)]
    _prompt_id: IgnoredAny,
    chosen: Vec<Message>,
    rejected: Vec<Message>,
    /// The same as `chosen`.
    #[serde(rename = "messages", default)]
    _messages: IgnoredAny,
    #[serde(deserialize_with = "number")]
    score_chosen: f64,
    #[serde(deserialize_with = "number")]
    score_rejected: f64,
}

impl UltraFeedbackBinarized {
    fn add_item(self, draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
        let (before, chosen) = last_turn(draft.place(), "chosen", &item.chosen)?;
        let (other, rejected) = last_turn(draft.place(), "rejected", &item.rejected)?;
        if item.score_chosen < item.score_rejected {
            let expected = format!("at least score_rejected, {}", item.score_rejected);
            return Err(draft.place().wrong("score_chosen", expected, item.score_chosen));
        }
        for talk in [&item.chosen, &item.rejected] {
            Spoken::Messages(talk.clone()).tell(draft);
        }
        let is_same = |(one, other): (&Message, &Message)| one.says_same(other);
        if before.len() != other.len() || !before.iter().zip(other).all(is_same) {
            draft.drop("chosen and rejected differ before the last turn");
            return Ok(());
        }
        let prompt = match before {
            [] => filled(&item.prompt),
            [turn] if turn.role == "user" => filled(&item.prompt),
            turns => filled(&render(turns)),
        };
        let Some(ids) = pair(draft, prompt.as_deref(), None, [chosen, rejected])? else {
            return Ok(());
        };
        self.add_comparison(draft, &ids, item)?;
        self.add_score(draft, "score_chosen", ids.0, item.score_chosen)?;
        self.add_score(draft, "score_rejected", ids.1, item.score_rejected)
    }

    fn add_comparison(
        self,
        draft: &mut Draft<'_>,
        ids: &(SegmentId, SegmentId),
        item: &Item,
    ) -> Result<(), ImportError> {
        let provenance = provenance("binarized");
        let (first, second) = ids.clone();
        let margin = item.score_chosen - item.score_rejected;
        if margin == 0.0 {
            return draft.record(Comparison { provenance, ..Comparison::tied(first, second) });
        }
        let levels = self.highest_score - 1;
        let whole = margin.fract() == 0.0 && margin <= f64::from(levels);
        if !whole {
            draft.drop("difference of scores that is not whole");
        }
        let strength = whole.then_some(Strength { grade: margin as u32, levels });
        draft.record(Comparison { strength, provenance, ..Comparison::new(first, second, 1.0) })
    }

    fn add_score(
        self,
        draft: &mut Draft<'_>,
        field: &str,
        segment: SegmentId,
        value: f64,
    ) -> Result<(), ImportError> {
        let high = f64::from(self.highest_score);
        if !(1.0..=high).contains(&value) {
            let expected = format!("from 1 to {high}, the option highest_score");
            return Err(draft.place().wrong(field, expected, value));
        }
        draft.record(Rating {
            segment,
            value,
            scale: Scale { low: 1.0, high, levels: None },
            aspect: None,
            reason: None,
            provenance: provenance("score"),
        })
    }
}

fn provenance(source: &str) -> Provenance {
    Provenance { annotator: Some("gpt-4".into()), ..Provenance::from_source(source) }
}

/// The turns before the last, and the text of the last, which has to be the assistant's.
fn last_turn<'a>(
    place: &Place,
    field: &str,
    messages: &'a [Message],
) -> Result<(&'a [Message], &'a str), ImportError> {
    match messages.split_last() {
        Some((last, before)) if last.role == "assistant" => Ok((before, &last.content)),
        Some((last, _)) => Err(place.wrong(field, "a last turn of the assistant", &last.role)),
        None => Err(place.wrong(field, "a last turn of the assistant", "no turn")),
    }
}

#[cfg(test)]
mod tests {
    use super::UltraFeedbackBinarized;
    use crate::fixture::{import, import_with, path};
    use crate::{Importer, Reading};
    use medley_feedback::{Comparison, Rating};

    #[test]
    fn scores_are_ratings_and_their_difference_is_the_strength() {
        let imported = import("ultrafeedback-binarized");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let told: Vec<_> = comparisons
            .iter()
            .map(|c| (c.distribution(), c.strength.map(|s| (s.grade, s.levels))))
            .collect();
        assert_eq!(
            told,
            [
                ([1.0, 0.0, 0.0], Some((3, 9))),
                ([0.0, 1.0, 0.0], None),
                ([1.0, 0.0, 0.0], None),
                ([1.0, 0.0, 0.0], Some((9, 9))),
            ]
        );
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let values: Vec<f64> = ratings.iter().map(|rating| rating.value).collect();
        assert_eq!(values, [8.0, 5.0, 6.0, 6.0, 7.5, 7.0, 10.0, 1.0]);
        let report = &imported.report;
        assert_eq!(report.dropped["difference of scores that is not whole"], 1);
        assert_eq!(report.dropped["pair with a response without text"], 1);
        assert_eq!(report.dropped["chosen and rejected differ before the last turn"], 1);
        let prompts = imported.dataset.groups();
        assert_eq!(prompts.prompt(3), Some("system: Be brief.\n\nuser: Où est Lyon ?"));
    }

    #[test]
    fn scores_beyond_the_stated_scale_are_refused() {
        let check = |highest_score: u32, expect: &str| {
            let importer: &dyn Importer = &UltraFeedbackBinarized { highest_score };
            let source = path("ultrafeedback-binarized");
            let error = importer.import(&source, &Reading::default()).unwrap_err().to_string();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(5, "line 1: `score_chosen` must be from 1 to 5, the option highest_score, found 8");
        check(1, "`highest_score` must be at least 2, found 1");
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("ultrafeedback-binarized", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"score_chosen\": 8.0",
            "\"score_chosen\": 4.0",
            "line 1: `score_chosen` must be at least score_rejected, 5, found 4",
        );
        check("\"score_chosen\": 8.0", "\"score_chosen\": 11.0", "must be from 1 to 10");
        check("\"role\": \"assistant\"", "\"role\": \"user\"", "`chosen` must be a last turn of");
        check(", \"score_rejected\": 5.0", "", "missing field `score_rejected`");
        check("\"content\"", "\"text\"", "missing field `content`");
    }
}
