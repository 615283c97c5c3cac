//! Importer of Chatbot Arena: votes of users between the answers of two models.
//!
//! Schemas: `lmarena-ai/arena-human-preference-55k` (the table of the Kaggle competition),
//! `lmsys/chatbot_arena_conversations` (33k), `lmarena-ai/arena-human-preference-100k` and `-140k`,
//! as their dataset cards describe them.

use crate::leftover::Leftover;
use crate::messages::Message;
use crate::rendered::render;
use crate::spoken::Spoken;
use crate::structured::{MENDED, Structured, structured};
use crate::{
    Dialect, Draft, Import, ImportError, Importer, Row, Written, filled, optional_number,
    optional_text, person, said, turns,
};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Comparison, Provenance};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads Parquet, CSV or JSON of any of the releases, told apart by their fields.
///
/// - Groups: all user turns, as messages; the context is what came before in the session (140k:
///   earlier turns of `full_conversation`, both sides).
/// - Segments `<id>/<model>` (`#b` is added to the second where both models are the same): all
///   answers of a side in order, apart by blank lines, since a vote is about the whole
///   conversation. A turn in which a side said nothing is left out of the text; one of a tool has its role.
///   Metadata: `model`.
/// - `turn` (MT-Bench): a vote is about the conversation up to the answer to that turn of the user; where
///   more follows, segments are called `<id>/<model>/turn-<turn>`.
/// - Comparisons: source "vote"; source "vote/both-bad" for ties that say so ("tie (bothbad)",
///   "both_bad"). The 55k release merges the two kinds of tie into one.
/// - Annotator: `judge` or `judge_hash`, where there is one. An evaluation session is no person and
///   is not kept.
///
/// Counted: votes between answers of which one is empty; images; halves of broken surrogate pairs
/// (`\ud83d` alone), which become U+FFFD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arena {}

#[typetag::serde(name = "arena")]
impl Importer for Arena {
    fn summary(&self) -> &'static str {
        "Chatbot Arena votes: the 33k, 55k, 100k and 140k releases (Parquet, CSV, JSON)"
    }

    fn card(&self) -> Card {
        Card {
            source: "https://huggingface.co/lmarena-ai".into(),
            attribution: "Chiang et al., Chatbot Arena: An Open Platform for Evaluating LLMs by \
                          Human Preference, ICML 2024 (arXiv 2403.04132)"
                .into(),
            ..Card::new("arena", Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let mut leftover = Leftover::default();
        import.rows(path, Dialect::Quoted, |draft, row| {
            leftover.see(row, &KEPT);
            add(draft, row)
        })?;
        leftover.note(import);
        Ok(())
    }
}

const KEPT: [&str; 17] = [
    "id",
    "question_id",
    "model_a",
    "model_b",
    "prompt",
    "response_a",
    "response_b",
    "conversation_a",
    "conversation_b",
    "full_conversation",
    "winner",
    "winner_model_a",
    "winner_model_b",
    "winner_tie",
    "judge",
    "judge_hash",
    "turn",
];

#[derive(Deserialize)]
struct Vote {
    #[serde(alias = "question_id", deserialize_with = "optional_text")]
    id: Option<String>,
    model_a: String,
    model_b: String,
    #[serde(default, deserialize_with = "optional_text")]
    judge: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    judge_hash: Option<String>,
    #[serde(default, deserialize_with = "optional_number")]
    turn: Option<f64>,
}

/// What both sides saw and said.
struct Battle {
    prompt: String,
    context: Option<String>,
    answers: [String; 2],
    /// The turn that was voted on, if others follow it.
    turn: Option<usize>,
}

fn add(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let vote: Vote = row.parse()?;
    let id = vote.id.ok_or_else(|| row.place.wrong("id", "a name", "nothing"))?;
    let (preference, tie, source) = winner(row)?;
    let Battle { prompt, context, answers, turn } = if row.fields.contains_key("conversation_a") {
        conversations(draft, row, vote.turn)?
    } else {
        lists(draft, row)?
    };
    if answers.iter().any(|answer| draft.lacks_text(answer)) {
        draft.drop("vote between answers of which one is empty");
        return Ok(());
    }
    let group = draft.group(Some(&prompt), context.as_deref());
    let second = if vote.model_a == vote.model_b { "#b" } else { "" };
    let turn = turn.map_or(String::new(), |turn| format!("/turn-{turn}"));
    let [one, other] = &answers;
    let [one, other] = [(one, &vote.model_a), (other, &vote.model_b)]
        .map(|(answer, model)| Written::from(answer).by(Some(model)));
    let first = draft.named_text(&format!("{id}/{}{turn}", vote.model_a), &group, one)?;
    let second =
        draft.named_text(&format!("{id}/{}{second}{turn}", vote.model_b), &group, other)?;
    let judge = vote.judge.or(vote.judge_hash);
    let annotator = judge.and_then(|name| person(&name)).map(AnnotatorId);
    let provenance = Provenance { annotator, ..Provenance::from_source(source) };
    draft.record(Comparison { tie, provenance, ..Comparison::new(first, second, preference) })
}

/// Preference for the first, share of ties, and source.
fn winner(row: &Row) -> Result<(f64, f64, &'static str), ImportError> {
    let told = match row.fields.get("winner") {
        Some(Value::String(told)) => told.trim().to_owned(),
        Some(other) => return Err(row.place.wrong("winner", WINNERS, other)),
        None => one_hot(row)?.to_owned(),
    };
    match told.as_str() {
        "model_a" => Ok((1.0, 0.0, "vote")),
        "model_b" => Ok((0.0, 0.0, "vote")),
        "tie" => Ok((0.5, 1.0, "vote")),
        "tie (bothbad)" | "both_bad" | "bothbad" => Ok((0.5, 1.0, "vote/both-bad")),
        _ => Err(row.place.wrong("winner", WINNERS, format!("{told:?}"))),
    }
}

const WINNERS: &str = "model_a, model_b, tie, tie (bothbad) or both_bad";

fn one_hot(row: &Row) -> Result<&'static str, ImportError> {
    let mut told = Vec::new();
    for (column, name) in
        [("winner_model_a", "model_a"), ("winner_model_b", "model_b"), ("winner_tie", "tie")]
    {
        let value = row.fields.get(column);
        let value = value.ok_or_else(|| row.place.wrong(column, "there", "no such field"))?;
        match key(value).as_str() {
            "1" | "1.0" | "true" => told.push(name),
            "0" | "0.0" | "false" => {}
            other => return Err(row.place.wrong(column, "0 or 1", format!("{other:?}"))),
        }
    }
    match told[..] {
        [one] => Ok(one),
        _ => {
            let expected = "1 in one of them";
            Err(row.place.wrong("winner_model_a, _b, _tie", expected, format!("{told:?}")))
        }
    }
}

fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_lowercase(),
        other => other.to_string(),
    }
}

/// The 55k release: lists of turns, written as JSON in a cell.
fn lists(draft: &mut Draft<'_>, row: &Row) -> Result<Battle, ImportError> {
    let mut list = |field: &str| -> Result<Vec<String>, ImportError> {
        let value = json(draft, row, field)?;
        let Value::Array(turns) = &value else {
            return Err(row.place.wrong(field, "a list of texts", &value));
        };
        let turn = |turn: &Value| match turn {
            Value::Null => Ok(String::new()),
            Value::String(text) => Ok(text.clone()),
            other => Err(row.place.wrong(field, "a list of texts", other)),
        };
        turns.iter().map(turn).collect()
    };
    let (prompts, a, b) = (list("prompt")?, list("response_a")?, list("response_b")?);
    for (field, turns) in [("response_a", &a), ("response_b", &b)] {
        if turns.len() != prompts.len() {
            let expected = format!("{} turns as in `prompt`", prompts.len());
            return Err(row.place.wrong(field, expected, turns.len()));
        }
    }
    Ok(Battle {
        prompt: turns::render(prompts.iter().map(|prompt| ("user", &**prompt))),
        context: None,
        answers: [joined(&a), joined(&b)],
        turn: None,
    })
}

/// The other releases: two lists of messages.
fn conversations(
    draft: &mut Draft<'_>,
    row: &Row,
    turn: Option<f64>,
) -> Result<Battle, ImportError> {
    let mut a = messages(draft, row, "conversation_a")?;
    let mut b = messages(draft, row, "conversation_b")?;
    let turn = match turn {
        Some(turn) => {
            let is_cut = [(up_to(turn, &mut a)), (up_to(turn, &mut b))];
            let asked = || row.place.wrong("turn", "the number of a turn of the user", turn);
            let [Some(one), Some(other)] = is_cut else { return Err(asked()) };
            (one || other).then_some(turn as usize)
        }
        None => None,
    };
    let [(asked, a), (other, b)] = [a, b].map(|turns| {
        turns.into_iter().partition::<Vec<Message>, _>(|turn| !SIDE.contains(&&*turn.role))
    });
    if asked.len() != other.len()
        || !asked.iter().zip(&other).all(|(one, other)| one.says_same(other))
    {
        let expected = "the same user turns as `conversation_a`";
        return Err(row.place.wrong("conversation_b", expected, "others"));
    }
    let context = earlier(draft, row, asked.len())?;
    Ok(Battle { prompt: render(&asked), context, answers: [answer(&a), answer(&b)], turn })
}

/// Who speaks for a side: its model, and the tools that it called.
const SIDE: [&str; 3] = ["assistant", "tool", "function"];

/// What a side said, without the role of its model.
fn answer(turns: &[Message]) -> String {
    let said = turns.iter().map(|turn| match &*turn.role {
        "assistant" => turn.content.clone(),
        _ => render(std::slice::from_ref(turn)),
    });
    joined(&said.collect::<Vec<_>>())
}

/// Cuts off what follows the answer to this turn of the user, counted from 1; whether something did. None
/// if there is no such turn.
fn up_to(turn: f64, messages: &mut Vec<Message>) -> Option<bool> {
    let asked = messages.iter().enumerate().filter(|(_, turn)| turn.role == "user");
    let starts: Vec<usize> = asked.map(|(place, _)| place).collect();
    let is_one = turn.fract() == 0.0 && (1.0..=starts.len() as f64).contains(&turn);
    let next = is_one.then(|| starts.get(turn as usize))?;
    next.inspect(|&&next| messages.truncate(next));
    Some(next.is_some())
}

/// Turns of the session before the ones that were voted on.
fn earlier(draft: &mut Draft<'_>, row: &Row, now: usize) -> Result<Option<String>, ImportError> {
    const FIELD: &str = "full_conversation";
    if row.fields.get(FIELD).is_none_or(said::is_nothing) {
        return Ok(None);
    }
    let all = json(draft, row, FIELD)?;
    let Value::Array(all) = &all else {
        return Err(row.place.wrong(FIELD, "a list of turns", &all));
    };
    let before = &all[..all.len().saturating_sub(now)];
    let mut told = Vec::new();
    for turn in before {
        for (side, name) in [("user", "user"), ("model_side_a", "a"), ("model_side_b", "b")] {
            if let Some(message) = turn.get(side).filter(|message| message.is_object()) {
                let message = Value::from(vec![message.clone()]);
                let said = read(draft, row, FIELD, message)?;
                told.extend(said.into_iter().map(|said| (name, said.content)));
            }
        }
    }
    Ok(filled(&turns::render(told.iter().map(|(name, text)| (*name, &**text)))))
}

fn messages(draft: &mut Draft<'_>, row: &Row, field: &str) -> Result<Vec<Message>, ImportError> {
    let conversation = json(draft, row, field)?;
    read(draft, row, field, conversation)
}

/// The messages of a conversation, without images and the like, which are counted.
fn read(
    draft: &mut Draft<'_>,
    row: &Row,
    field: &str,
    mut conversation: Value,
) -> Result<Vec<Message>, ImportError> {
    let messages = conversation.as_array_mut().into_iter().flatten();
    for parts in messages.filter_map(|message| message.get_mut("content")?.as_array_mut()) {
        let before = parts.len();
        parts.retain(said::is_text_or_call);
        (parts.len()..before).for_each(|_| draft.drop("piece of a message that is no text"));
    }
    let spoken = Spoken::read(conversation);
    let spoken = spoken.map_err(|why| row.place.wrong(field, "a list of messages", why))?;
    spoken.tell(draft);
    match spoken {
        Spoken::Messages(messages) => Ok(messages),
        Spoken::Text(text) => Err(row.place.wrong(field, "a list of messages", text)),
    }
}

/// A field, unpacked where it is a text.
fn json(draft: &mut Draft<'_>, row: &Row, field: &str) -> Result<Value, ImportError> {
    let value = row.fields.get(field);
    let value = value.ok_or_else(|| row.place.wrong(field, "there", "no such field"))?;
    let Value::String(text) = value else { return Ok(value.clone()) };
    match structured(text) {
        Ok(Some(Structured { value, is_mended })) => {
            if is_mended {
                draft.keep(MENDED);
            }
            Ok(value)
        }
        Ok(None) => Ok(value.clone()),
        Err(why) => Err(row.place.wrong(field, "a list", format!("{why}, in {text:?}"))),
    }
}

fn joined(answers: &[String]) -> String {
    let said = answers.iter().filter(|answer| !answer.trim().is_empty());
    said.map(String::as_str).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use crate::{Imported, Reading};

    fn import_line(line: &str) -> Result<Imported, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, line).unwrap();
        let importer: Box<dyn Importer> = Box::new(Arena {});
        importer.import(file.path(), &Reading::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn votes_ties_and_models_are_kept() {
        let Imported { dataset, report } = import("arena");
        let comparisons = dataset.records::<Comparison>().unwrap();
        let shares: Vec<[f64; 3]> = comparisons.iter().map(|c| c.distribution()).collect();
        assert_eq!(shares, [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]);
        assert_eq!(comparisons[0].first.0, "65089/vicuna-13b");
        assert_eq!(comparisons[1].second.0, "65090/llama-2#b");
        let segments = dataset.segments();
        let text = |id: &str| segments.text(segments.index(&id.into()).unwrap());
        assert_eq!(text("65089/vicuna-13b"), Some("Grüße.\n\nGern."));
        assert_eq!(text("65091/gpt-4"), Some("Half \u{fffd} smile."));
        assert_eq!(dataset.groups().prompt(0), Some("user: Hi?\n\nuser: Thanks."));
        assert_eq!(report.dropped["vote between answers of which one is empty"], 1);
        assert_eq!(report.kept["field with half a surrogate pair, read as U+FFFD"], 1);
    }

    #[test]
    fn conversations_of_the_other_releases_are_read() {
        let line = r#"{"question_id": "x", "model_a": "m", "model_b": "n", "winner": "tie (bothbad)",
            "judge": "arena_user_9", "anony": true,
            "conversation_a": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}],
            "conversation_b": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "B"}]}"#;
        let line = line.replace('\n', " ");
        let told = import_line(&line).unwrap();
        let comparison = &told.dataset.records::<Comparison>().unwrap()[0];
        assert_eq!(comparison.tie, 1.0);
        assert_eq!(comparison.provenance.source.as_deref(), Some("vote/both-bad"));
        assert_eq!(comparison.provenance.annotator, Some("arena_user_9".into()));
        assert_eq!(told.report.notes, ["fields that are not kept: anony"]);
        let error = import_line(&line.replace(
            "content\": \"Q\"}, {\"role\": \"assistant\", \"content\": \"B",
            "content\": \"R\"}, {\"role\": \"assistant\", \"content\": \"B",
        ));
        assert!(error.unwrap_err().contains("the same user turns"));
    }

    #[test]
    fn conversations_are_read_as_everywhere() {
        let read = |a: &str, b: &str| {
            let line = format!(
                r#"{{"question_id": "x", "model_a": "m", "model_b": "n", "winner": "model_a", "conversation_a": {a}, "conversation_b": {b}}}"#
            );
            let imported = import_line(&line).unwrap();
            let [pair] = &crate::fixture::pairs(&imported.dataset)[..] else { panic!("one pair") };
            (pair.clone(), imported.report)
        };
        let talk = |answer: &str| {
            let call =
                format!(r#"[{{"id": "c", "function": {{"name": "r", "arguments": "{answer}"}}}}]"#);
            format!(
                r#"[{{"role": "user", "content": [{{"type": "image"}}, {{"type": "text", "text": "Roll."}}]}},
                {{"role": "assistant", "content": "Ok.", "tool_calls": {call}, "weight": 1}},
                {{"role": "tool", "content": "{answer}", "tool_call_id": "c"}}]"#
            )
            .replace('\n', "")
        };
        let answer = |with: &str| {
            format!(
                "Ok.\n{{\"tool_calls\":[{{\"id\":\"c\",\"function\":{{\"name\":\"r\",\"arguments\":\"{with}\"}}}}]}}\n\n\
                 tool: {with}\n{{\"tool_call_id\":\"c\"}}"
            )
        };
        let (pair, report) = read(&talk("6"), &talk("7"));
        assert_eq!(pair, ["user: Roll.", &*answer("6"), &*answer("7")]);
        assert_eq!(report.dropped["piece of a message that is no text"], 2);
        assert_eq!(report.dropped["field `weight` of a message"], 2);
        let shared = |answer: &str| {
            format!(
                r#"[{{"from": "human", "value": "Hi."}}, {{"from": "GPT", "value": "{answer}"}}]"#
            )
        };
        assert_eq!(read(&shared("Ho."), &shared("No.")).0, ["user: Hi.", "Ho.", "No."]);
        let python = |answer: &str| {
            format!(
                r#""[{{'role': 'user', 'content': 'Hi.'}}\n {{'role': 'assistant', 'content': '{answer}'}}]""#
            )
        };
        assert_eq!(read(&python("Ho."), &python("No.")).0, ["user: Hi.", "Ho.", "No."]);
    }

    #[test]
    fn sessions_become_context() {
        let text = |role: &str, text: &str| {
            format!(r#"{{"role": "{role}", "content": [{{"type": "text", "text": "{text}"}}]}}"#)
        };
        let (old, new) = (text("user", "Q"), text("user", "R"));
        let (a, b) = (text("assistant", "A"), text("assistant", "B"));
        let line = format!(
            r#"{{"id": "x", "model_a": "m", "model_b": "n", "winner": "both_bad",
            "conversation_a": [{new}, {a}], "conversation_b": [{new}, {b}], "full_conversation": [
            {{"user": {old}, "model_side_a": {b}, "model_side_b": {a}}},
            {{"user": {new}, "model_side_a": {a}, "model_side_b": {b}}}]}}"#
        );
        let dataset = import_line(&line.replace('\n', " ")).unwrap().dataset;
        assert_eq!(dataset.groups().prompt(0), Some("user: R"));
        assert_eq!(dataset.groups().context(0), Some("user: Q\n\na: B\n\nb: A"));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("arena", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("1,0,0", "1,1,0", "arena.csv: line 2: `winner_model_a, _b, _tie` must be 1 in one");
        check("1,0,0", "x,0,0", "`winner_model_a` must be 0 or 1, found \"x\"");
        check("winner_tie", "tie", "`winner_tie` must be there, found no such field");
        check("model_b,prompt", "model_c,prompt", "missing field `model_b`");
        check("\"[\"\"Grüße.\"\",\"\"Gern.\"\"]\"", "\"[\"\"Grüße.\"\"]\"", "must be 2 turns");
    }
}
