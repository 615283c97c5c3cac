//! Importer of HH-RLHF: pairs of transcripts of which one was chosen.
//!
//! Source: Bai et al., "Training a Helpful and Harmless Assistant with Reinforcement Learning from
//! Human Feedback", arXiv 2204.05862; files
//! `{helpful,harmless}-*/{train,test}.jsonl.gz` of `anthropics/hh-rlhf`.

use crate::{Dialect, Draft, Import, ImportError, Importer};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Provenance};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads one file of `chosen` and `rejected` transcripts, plain or gzip.
///
/// Turns begin with an empty line and `Human:` or `Assistant:`. The prompt is everything up to and
/// with the last `Assistant:` before which the transcripts are the same, and the responses are the
/// rest, white space included: prompt and response together are the transcript, to the letter.
/// Splitting at the first turn instead would compare whole dialogues (TRL #1858).
///
/// - Groups `g000000` and on: the prompts. Segments `<group>/0` and on: the responses.
/// - Comparisons (source "preference"). `first` is the chosen response: the order in which people
///   saw the two is not published, so a side offset cannot be learned from these comparisons, and
///   must not be.
/// - Where the transcripts differ in an earlier turn, the responses run from that turn to the end
///   and have later turns in them. Such comparisons are kept and counted, and so are those of
///   identical responses.
/// - A pair with an empty response is dropped and counted, because a segment needs a sentence; so
///   is a pair without a shared prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HhRlhf {}

#[typetag::serde(name = "hh-rlhf")]
impl Importer for HhRlhf {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let notes = &mut import.report().notes;
        notes.push("no annotator is named in the source".into());
        notes.push(
            "the order in which people saw a pair is not known; `first` is the chosen one, so use \
             `offset = false`"
                .into(),
        );
        import.rows(path, Dialect::Quoted, |draft, row| add_pair(draft, &row.parse()?))
    }

    fn summary(&self) -> &'static str {
        "HH-RLHF: one file of chosen and rejected transcripts, plain or gzip"
    }
}

fn card() -> Card {
    Card {
        licence: "MIT".into(),
        source: "https://github.com/anthropics/hh-rlhf commit \
                 354e5c3cb8960630860dd5774a6ac2a58313bf4d"
            .into(),
        attribution: "Bai et al., Training a Helpful and Harmless Assistant with Reinforcement \
                      Learning from Human Feedback (arXiv 2204.05862)"
            .into(),
        ..Card::new("hh-rlhf", Domain::Text)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    chosen: String,
    rejected: String,
}

const HUMAN: &str = "\n\nHuman:";
const ASSISTANT: &str = "\n\nAssistant:";

fn add_pair(draft: &mut Draft<'_>, pair: &Pair) -> Result<(), ImportError> {
    let Pair { chosen, rejected } = pair;
    for (field, transcript) in [("chosen", chosen), ("rejected", rejected)] {
        if !transcript.contains(ASSISTANT) {
            let expected = "a transcript with a turn of the assistant";
            return Err(draft.place().wrong(field, expected, format!("{transcript:?}")));
        }
    }
    let Some(split) = shared_prompt(chosen, rejected) else {
        draft.drop("pair without a shared prompt");
        return Ok(());
    };
    let (prompt, better) = chosen.split_at(split);
    let worse = &rejected[split..];
    for (side, response) in [("chosen", better), ("rejected", worse)] {
        if draft.lacks_text(response) {
            draft.drop(&format!("pair whose {side} response is empty"));
            return Ok(());
        }
    }
    let turns = |response: &str| response.contains(HUMAN) || response.contains(ASSISTANT);
    if turns(better) || turns(worse) {
        draft.keep("comparison/preference of responses with later turns in them");
    }
    if better == worse {
        draft.keep("comparison/preference of identical responses");
    }
    let group = draft.group(Some(prompt), None);
    let (first, second) = draft.pair(&group, better, worse)?;
    let provenance = Provenance::from_source("preference");
    draft.record(Comparison { provenance, ..Comparison::new(first, second, 1.0) })
}

/// Bytes of the prompt: up to and with the last `Assistant:` that both transcripts have there and
/// before which they are the same.
fn shared_prompt(one: &str, other: &str) -> Option<usize> {
    let shared = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let ends = one.match_indices(ASSISTANT).map(|(start, marker)| start + marker.len());
    ends.take_while(|&end| end <= shared).last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use proptest::prelude::*;

    /// Prompt, chosen and rejected response of the rows, in turn.
    fn told() -> Vec<[String; 3]> {
        let hh = import("hh-rlhf").dataset;
        let text = |id| hh.segments().text(hh.segments().index(id).unwrap()).unwrap().to_owned();
        let comparisons = hh.records::<Comparison>().unwrap();
        comparisons
            .iter()
            .map(|comparison| {
                assert_eq!(comparison.distribution(), [1.0, 0.0, 0.0]);
                let group =
                    hh.segments().groups(hh.segments().index(&comparison.first).unwrap())[0];
                let prompt = hh.groups().prompt(group as usize).unwrap().to_owned();
                [prompt, text(&comparison.first), text(&comparison.second)]
            })
            .collect()
    }

    #[test]
    fn pairs_split_at_the_last_turn() {
        let pairs = told();
        let expected: [[&str; 3]; 4] = [
            [
                "\n\nHuman: Où est la gare?\n\nAssistant: À gauche.\n\nHuman: Merci\n\nAssistant:",
                " De rien.",
                " Va-t'en. ",
            ],
            [
                "\n\nHuman: A riddle?\n\nAssistant:",
                " What has keys?\n\nHuman: A piano?\n\nAssistant: Yes!",
                " No.",
            ],
            ["\n\nHuman: Hi\n\nAssistant:", " Hello.", " Hello."],
            ["\n\nHuman: Hi\n\nAssistant:", " Hello.\n\nHuman: Bye", " Go away."],
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_is_odd_is_counted() {
        let report = import("hh-rlhf").report;
        let kept = |what: &str| report.kept[&format!("comparison/preference{what}")];
        assert_eq!(kept(""), 4);
        assert_eq!(kept(" of responses with later turns in them"), 2);
        assert_eq!(kept(" of identical responses"), 1);
        assert_eq!(report.kept["segment"], 8);
        let dropped = |what: &str| report.dropped[&format!("pair {what}")];
        assert_eq!(dropped("whose chosen response is empty"), 1);
        assert_eq!(dropped("without a shared prompt"), 1);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("hh-rlhf", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("\"chosen\"", "\"preferred\"", "missing field `chosen`; unknown field `preferred`");
        check("\"rejected\": \"", "\"rejected\": 1, \"x\": \"", "invalid type: integer");
        check(
            "\\n\\nHuman: A riddle?\\n\\nAssistant: No.",
            "A riddle?",
            "line 2: `rejected` must be a transcript with a turn of the assistant, found \"A riddle?\"",
        );
        check("Hi", "Hi\" \"", "hh-rlhf.jsonl: line 3: at `column ");
    }

    #[test]
    fn a_common_beginning_of_turns_that_differ_is_no_prompt() {
        // The first bytes of the last turns are the same; the prompt ends before them.
        let split = shared_prompt("\n\nHuman: a\n\nAssistant: bc", "\n\nHuman: a\n\nAssistant: bd");
        assert_eq!(split, Some("\n\nHuman: a\n\nAssistant:".len()));
        // The questions differ after a common beginning.
        assert_eq!(
            shared_prompt("\n\nHuman: a\n\nAssistant: b", "\n\nHuman: ab\n\nAssistant: b"),
            None
        );
        // One transcript is the beginning of the other.
        let (short, long) = ("\n\nAssistant: b", "\n\nAssistant: b\n\nHuman: c");
        assert_eq!(shared_prompt(short, long), Some("\n\nAssistant:".len()));
        // Characters of several bytes that share a first byte.
        assert_eq!(shared_prompt("\n\nAssistant:é", "\n\nAssistant:è"), Some(ASSISTANT.len()));
    }

    fn transcript() -> impl Strategy<Value = String> {
        let turn = prop::sample::select(vec![
            "\n\nHuman: a",
            "\n\nAssistant: b",
            "\n\nAssistant:",
            "\n\nHuman:é",
            "\n",
            "è",
        ]);
        prop::collection::vec(turn, 0..8).prop_map(|turns| turns.concat())
    }

    proptest! {
        #[test]
        fn prompts_are_shared_and_end_at_the_assistant(one in transcript(), other in transcript()) {
            let split = shared_prompt(&one, &other);
            prop_assert_eq!(split, shared_prompt(&other, &one));
            if let Some(split) = split {
                prop_assert!(one[..split].ends_with(ASSISTANT));
                prop_assert_eq!(&one[..split], &other[..split]);
            }
            // Equal beginnings up to the last turn of the assistant are split there.
            let last = |text: &str| text.rfind(ASSISTANT).map(|start| start + ASSISTANT.len());
            if let (Some(a), Some(b)) = (last(&one), last(&other))
                && one[..a] == other[..b]
            {
                prop_assert_eq!(split, Some(a));
            }
        }
    }
}
