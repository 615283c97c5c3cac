//! Importer of ranked completions, as NeMo-RL has them for DPO and reward models.
//!
//! Sources: "Datasets" in `docs/guides/dpo.md` of NVIDIA-NeMo/RL, commit
//! 055e21ff96d0ef256d48f7e3b7ad07caa757e6fd, and
//! `nemo_rl/data/datasets/preference_datasets/preference_dataset.py`, commit
//! 07cd9a1bcfeeddea1ecbf4bce6eb26a1f2d4172f: a lower rank is preferred, 0 is the best.

use crate::asked::apart;
use crate::named_fields::{drop_others, optional, prompt, required};
use crate::said::is_nothing;
use crate::spoken::Spoken;
use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Provenance, Ranking, SegmentId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// Reads `context` (messages), `completions` (`rank` and `completion`, messages), `task_name`.
///
/// - Groups `g000000` and on: the context as "role: content" turns.
/// - Segments: the completions, without the context where they repeat it; a single message of the assistant is kept without its role.
/// - Rankings, also of two: `rank` plus 1, equal ranks are ties. `task_name` is the source.
/// - Counted: completions that are alone, rankings of three and more with two identical texts,
///   other fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NemoRl {}

#[typetag::serde(name = "nemo-rl")]
impl Importer for NemoRl {
    fn card(&self) -> Card {
        Card::new("nemo-rl", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, add)?;
        import.report().notes.push("no annotator is named in the source".into());
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "context and ranked completions of NeMo-RL, rank 0 the best"
    }
}

#[derive(Deserialize)]
struct Completion {
    rank: u32,
    completion: Spoken,
    #[serde(flatten)]
    others: Map<String, Value>,
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let context = prompt(row, "context")?;
    let completions: Vec<Completion> = required(row, "completions")?;
    let task: Option<String> = optional(row, "task_name")?;
    drop_others(draft, row, &["context", "completions", "task_name"]);
    context.tell(draft);
    for completion in &completions {
        completion.completion.tell(draft);
        for (name, _) in completion.others.iter().filter(|(_, value)| !is_nothing(value)) {
            draft.drop(&format!("field `{name}` of a completion"));
        }
    }
    let said: Vec<Spoken> = completions.iter().map(|one| one.completion.clone()).collect();
    let asked = apart(&context, &said);
    asked.tell(draft);
    let texts = &asked.answers;
    if let Some(place) = texts.iter().position(|text| draft.lacks_text(text)) {
        let field = format!("completions[{place}].completion");
        return Err(row.place.wrong(field, "a response", "a text without content"));
    }
    let group = draft.group(asked.prompt(&context).as_deref(), None);
    let Some(segments) = segments(draft, &group, texts)? else { return Ok(()) };
    draft.record(Ranking {
        segments,
        ranks: completions.iter().map(|one| one.rank.saturating_add(1)).collect(),
        reason: None,
        provenance: Provenance { source: task, ..Provenance::default() },
    })
}

/// The segments of a ranking, if a dataset can hold it.
fn segments(
    draft: &mut Draft<'_>,
    group: &str,
    texts: &[String],
) -> Result<Option<Vec<SegmentId>>, ImportError> {
    match texts {
        [] => draft.drop("context without completions"),
        [_] => draft.drop("completion that is alone"),
        [one, other] => {
            let (one, other) = draft.pair(group, one, other)?;
            return Ok(Some(vec![one, other]));
        }
        several => {
            if (1..several.len()).any(|i| several[..i].contains(&several[i])) {
                draft.drop("ranking of three or more with identical texts");
                return Ok(None);
            }
            let segments = several.iter().map(|text| draft.text(group, text));
            return segments.collect::<Result<_, _>>().map(Some);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::NemoRl;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;
    use medley_feedback::Ranking;

    #[test]
    fn ranks_start_at_one_and_ties_stay() {
        let imported = import("nemo-rl");
        let rankings = imported.dataset.records::<Ranking>().unwrap();
        let ranks: Vec<&[u32]> = rankings.iter().map(|r| r.ranks.as_slice()).collect();
        assert_eq!(ranks, [&[1, 2][..], &[2, 1, 2], &[1, 1]]);
        let sources: Vec<_> = rankings.iter().map(|r| r.provenance.source.as_deref()).collect();
        assert_eq!(sources, [Some("capitals"), None, Some("capitals")]);
        let prompt = imported.dataset.groups().prompt(0).unwrap();
        assert_eq!(prompt, "user: Capital of France?\n\nassistant: Paris.\n\nuser: And of Perú?");
        assert_eq!(imported.report.dropped["completion that is alone"], 1);
        assert_eq!(imported.report.dropped["ranking of three or more with identical texts"], 1);
        assert_eq!(imported.report.dropped["field `score` of a completion"], 1);
    }

    #[test]
    fn a_null_context_is_an_empty_one() {
        let row = |context: &str| {
            format!(
                r#"{{"context": {context}, "completions": [{{"rank": 0, "completion": "A."}}, {{"rank": 1, "completion": "B."}}]}}"#
            )
        };
        let read = |context: &str| import_text(&NemoRl {}, &row(context)).unwrap().dataset;
        assert_eq!(read("null").hash(), read("[]").hash());
        assert_eq!(read("null").groups().prompt(0), None);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("nemo-rl", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("\"rank\": 0", "\"rank\": -1", "line 1: at `completions[0].rank`: invalid value");
        check("\"context\"", "\"contexts\"", "line 1: `context` must be there, found only");
        check(
            "\"Lima.\"",
            "\"\"",
            "line 1: `completions[0].completion` must be a response, found a text without",
        );
    }
}
