//! Importer of Nectar: GPT-4's rankings of seven answers to a prompt.
//!
//! Schema: dataset card of `berkeley-nest/Nectar`.

use crate::leftover::Leftover;
use crate::{Dialect, Draft, Import, ImportError, Importer, Written, number, optional_text};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Provenance, Ranking};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads `rlaif.parquet`, or the same as JSON.
///
/// - Groups: the prompt as released, a transcript of "\n\nHuman: " and "\n\nAssistant: " turns that
///   ends where the answer begins.
/// - Rankings: 1 is the best, equal ranks are ties. Annotator "gpt-4", since no person ranked; the
///   source is "ranking/good-natured" or "ranking/not-good-natured", since the judge was told to
///   ask for harmlessness first and for helpfulness only if the prompt is good-natured.
///
/// Metadata: `model` of each answer. Not kept: `source`, `turns`, `num_responses`. Counted: answers
/// without text, prompts with fewer than two answers left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nectar {}

#[typetag::serde(name = "nectar")]
impl Importer for Nectar {
    fn summary(&self) -> &'static str {
        "Nectar: GPT-4's rankings of up to seven answers (Parquet or JSON)"
    }

    fn card(&self) -> Card {
        Card {
            licence: "Apache-2.0, on the condition that it is not used to compete with OpenAI"
                .into(),
            source: "https://huggingface.co/datasets/berkeley-nest/Nectar".into(),
            attribution: "Zhu, Frick, Wu, Zhu and Jiao, Starling-7B: Improving LLM Helpfulness & \
                          Harmlessness with RLAIF, 2023"
                .into(),
            ..Card::new("nectar", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut leftover = Leftover::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            leftover.see(row, &["prompt", "answers", "good_natured"]);
            add(draft, &row.parse()?)
        })?;
        leftover.note(import);
        let notes = &mut import.report().notes;
        notes.push("the judge is GPT-4, no person".into());
        Ok(())
    }
}

#[derive(Deserialize)]
struct Item {
    prompt: String,
    answers: Vec<Answer>,
    good_natured: bool,
}

#[derive(Deserialize)]
struct Answer {
    answer: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    model: Option<String>,
    /// Whole, but written as a float in the released file.
    #[serde(deserialize_with = "number")]
    rank: f64,
}

fn add(draft: &mut Draft<'_>, item: &Item) -> Result<(), ImportError> {
    let (mut texts, mut ranks) = (Vec::new(), Vec::new());
    for Answer { answer, model, rank } in &item.answers {
        if rank.fract() != 0.0 || !(1.0..=f64::from(u32::MAX)).contains(rank) {
            return Err(draft.place().wrong("answers.rank", "a whole number from 1", rank));
        }
        match answer.as_deref().filter(|text| !draft.lacks_text(text)) {
            None => draft.drop("answer without text"),
            Some(text) => {
                texts.push(Written::from(text).by(model.as_deref()));
                ranks.push(*rank as u32);
            }
        }
    }
    if texts.len() < 2 {
        draft.drop("prompt with fewer than two answers");
        return Ok(());
    }
    let group = draft.group(Some(&item.prompt), None);
    let segments = draft.texts(&group, &texts)?;
    let source =
        if item.good_natured { "ranking/good-natured" } else { "ranking/not-good-natured" };
    let annotator = Some(AnnotatorId("gpt-4".into()));
    let provenance = Provenance { annotator, ..Provenance::from_source(source) };
    draft.record(Ranking { segments, ranks, reason: None, provenance })
}

#[cfg(test)]
mod tests {
    use crate::Imported;
    use crate::fixture::{import, import_with};
    use medley_feedback::Ranking;

    #[test]
    fn ranks_and_ties_are_kept() {
        let Imported { dataset, report } = import("nectar");
        let rankings = dataset.records::<Ranking>().unwrap();
        let ranks: Vec<&[u32]> = rankings.iter().map(|ranking| &*ranking.ranks).collect();
        assert_eq!(ranks, [&[2, 1, 2][..], &[1, 2], &[2, 1]]);
        assert_eq!(rankings[0].provenance.annotator, Some("gpt-4".into()));
        let source = |i: usize| rankings[i].provenance.source.as_deref();
        assert_eq!(source(0), Some("ranking/good-natured"));
        assert_eq!(source(1), Some("ranking/not-good-natured"));
        // Twice the same text, so that two segments are compared.
        assert_ne!(rankings[1].segments[0], rankings[1].segments[1]);
        assert_eq!(report.dropped["answer without text"], 2);
        assert_eq!(report.dropped["prompt with fewer than two answers"], 1);
        assert_eq!(report.notes[0], "fields that are not kept: num_responses, source, turns");
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("nectar", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"rank\": 2.0",
            "\"rank\": 0",
            "line 1: `answers.rank` must be a whole number from 1",
        );
        check("\"rank\": 2.0", "\"rank\": 1.5", "found 1.5");
        check("\"rank\": 2.0", "\"rank\": null", "line 1: at `answers[0].rank`: expected a number");
        check("\"good_natured\": true", "\"good\": true", "missing field `good_natured`");
        check("\"prompt\"", "\"question\"", "missing field `prompt`");
    }
}
