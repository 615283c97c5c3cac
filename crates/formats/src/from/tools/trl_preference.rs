//! Importer of pairs of a chosen and a rejected response, as TRL, OpenRLHF and RLHFlow have them.
//!
//! Sources: "Preference" in `docs/source/dataset_formats.md` of huggingface/trl, commit
//! 0087e4f5f389bf0fba0d8d5458e2243a11640f6c; `openrlhf/datasets/reward_dataset.py` of
//! OpenRLHF/OpenRLHF, commit 0008ea1a8bc6dae5bdb2369db53a06170d81323c, whose names of columns are
//! options there as here, and whose prompt is part of the responses if it has no column.
//!
//! A margin is a number without a scale, and a comparison holds a grade out of so many. So margins
//! are counted and not kept, unless `margin-levels` says that they are grades: then 1 to
//! `margin-levels`, a whole number each, is the strength.

use crate::asked::{COPY, apart, apart_by_turns, shared, turns_that_ask};
use crate::messages::Message;
use crate::named_fields::{SYSTEM, drop_others, optional, required, system};
use crate::rendered::render;
use crate::shared_beginning::prompt_end;
use crate::spoken::Spoken;
use crate::structured::{MENDED, Structured, structured};
use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use medley_dataset::{Card, Domain};
use medley_feedback::{Comparison, Strength};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::Path;

/// Reads `prompt`, `chosen`, `rejected`, each a text or a list of messages.
///
/// - Groups `g000000` and on: the prompt, messages as "role: content" turns. Without the prompt
///   field it is what both responses begin with: for messages all that are equal, but at least
///   one is response; for texts see the rule below. Where nothing is shared, the prompt is unknown
///   and the pair is a group of its own. So it is where the field is there and empty or null, unless
///   messages begin with a question.
/// - Context: the text under `system`, if there is one.
/// - Segments: chosen and rejected. Where they begin with the prompt once more, it is taken off, as turns, or
///   as a text that is sure to be a copy; these are counted. A single message of the assistant is kept without
///   its role.
/// - Comparisons: chosen first, since the source does not say what was shown first. Pairs of
///   identical texts are kept and counted.
/// - `margin`: see `margin-levels`. Other fields, such as `tools` and `chat_template_kwargs`, are
///   counted.
///
/// - Lists of responses (RewardBench 2) are a comparison of each chosen with each rejected one. In a table,
///   where they are texts, both have to be lists; these are counted.
///
/// Texts without a prompt: what both begin with up to the last turn of the assistant that it opens, in
/// transcripts; else the longest common beginning that ends between words and leaves something to both,
/// without the space at its end. Such prompts are guesses, and counted. TRL cuts at the first character
/// that differs, also within a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrlPreference {
    /// Field of the prompt; rows without it have it in the responses.
    pub prompt_key: String,
    /// Field of the better response.
    pub chosen_key: String,
    /// Field of the worse response.
    pub rejected_key: String,
    /// Number of grades, if `margin` is a grade from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_levels: Option<u32>,
}

impl Default for TrlPreference {
    fn default() -> Self {
        Self {
            prompt_key: "prompt".into(),
            chosen_key: "chosen".into(),
            rejected_key: "rejected".into(),
            margin_levels: None,
        }
    }
}

#[typetag::serde(name = "trl-preference")]
impl Importer for TrlPreference {
    fn card(&self) -> Card {
        Card::new("trl-preference", Domain::Text)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        import.rows(path, Dialect::Quoted, |draft, row| self.add(draft, row))?;
        let notes = &mut import.report().notes;
        notes.push("chosen is put first: the source does not say what was shown first".into());
        notes.push("no annotator is named in the source".into());
        if let Some(levels) = self.margin_levels {
            notes.push(format!("`margin` is read as a grade of strength, 1 to {levels}"));
        }
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "prompt, chosen, rejected of TRL, OpenRLHF and RLHFlow; also with the prompt in the others"
    }
}

/// A pair whose prompt is known as far as it can be.
struct Pair {
    prompt: Option<String>,
    chosen: String,
    rejected: String,
    /// Whether the prompt is what two texts begin with.
    is_guessed: bool,
    /// Number of responses that a copy of the prompt was taken off.
    copies: usize,
}

impl Pair {
    fn new(prompt: Option<String>, responses: Vec<String>) -> Self {
        let mut responses = responses.into_iter();
        let mut next = || responses.next().unwrap_or_default();
        Self { prompt, chosen: next(), rejected: next(), is_guessed: false, copies: 0 }
    }
}

/// One response, or a list of them.
struct Responses(Vec<Spoken>);

/// Whether something is a response, or a list of responses if it is an element of one.
fn is_response(value: &Value) -> bool {
    value.is_string() || value.is_array()
}

/// The list of responses that a text is.
fn listed(cell: &Value) -> Option<Structured> {
    let found = structured(cell.as_str()?).ok()??;
    let is_list = |list: &Vec<Value>| !list.is_empty() && list.iter().all(is_response);
    found.value.as_array().is_some_and(is_list).then_some(found)
}

impl<'de> Deserialize<'de> for Responses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let responses = match value {
            Value::Array(list) if !list.is_empty() && list.iter().all(is_response) => list,
            one => vec![one],
        };
        let read = responses.into_iter().map(Spoken::read).collect::<Result<_, _>>();
        read.map(Self).map_err(D::Error::custom)
    }
}

impl TrlPreference {
    /// A table has lists of responses as texts. One text alone that is a list may as well be an answer.
    fn responses(&self, draft: &mut Draft<'_>, row: &Row) -> Result<[Responses; 2], ImportError> {
        let keys = [&self.chosen_key, &self.rejected_key];
        let listed =
            keys.map(|key| row.fields.get(key).filter(|_| row.is_of_table).and_then(listed));
        let [Some(chosen), Some(rejected)] = &listed else {
            return Ok([required(row, keys[0])?, required(row, keys[1])?]);
        };
        draft.keep("pair of lists of responses, in cells of a table");
        if chosen.is_mended || rejected.is_mended {
            draft.keep(MENDED);
        }
        let read = |key: &str, listed: &Structured| {
            Responses::deserialize(&listed.value)
                .map_err(|error| row.place.unparsed(key.to_owned(), &error))
        };
        Ok([read(keys[0], chosen)?, read(keys[1], rejected)?])
    }

    fn add(&self, draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
        // Only an absent field says that the prompt is in the responses.
        let prompt: Option<Spoken> = match row.fields.contains_key(&self.prompt_key) {
            true => Some(optional(row, &self.prompt_key)?.unwrap_or(Spoken::Text(String::new()))),
            false => None,
        };
        let [Responses(chosen), Responses(rejected)] = self.responses(draft, row)?;
        for spoken in prompt.iter().chain(&chosen).chain(&rejected) {
            spoken.tell(draft);
        }
        let strength = self.strength(row)?;
        let mut known = vec![&*self.prompt_key, &*self.chosen_key, &*self.rejected_key];
        known.extend(system(row).map(|_| SYSTEM));
        known.extend(self.margin_levels.map(|_| "margin"));
        drop_others(draft, row, &known);
        for better in &chosen {
            for worse in &rejected {
                let pair = self.pair(row, prompt.clone(), better.clone(), worse.clone())?;
                self.add_pair(draft, row, &pair, strength)?;
            }
        }
        Ok(())
    }

    fn add_pair(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        pair: &Pair,
        strength: Option<Strength>,
    ) -> Result<(), ImportError> {
        for (key, text) in [(&self.chosen_key, &pair.chosen), (&self.rejected_key, &pair.rejected)]
        {
            if draft.lacks_text(text) {
                return Err(row.place.wrong(key, "a response", "a text without content"));
            }
        }
        if pair.chosen == pair.rejected {
            draft.keep("comparison of identical texts");
        }
        (0..pair.copies).for_each(|_| draft.keep(COPY));
        if pair.is_guessed {
            draft.keep("prompt guessed from what both responses begin with");
        }
        let group = draft.group(pair.prompt.as_deref(), system(row));
        let (first, second) = draft.pair(&group, &pair.chosen, &pair.rejected)?;
        draft.record(Comparison { strength, ..Comparison::new(first, second, 1.0) })
    }

    fn strength(&self, row: &Row) -> Result<Option<Strength>, ImportError> {
        let Some(levels) = self.margin_levels else { return Ok(None) };
        let Some(margin) = optional::<f64>(row, "margin")? else { return Ok(None) };
        if margin.fract() != 0.0 || !(1.0..=f64::from(levels)).contains(&margin) {
            let expected = format!("a whole number from 1 to {levels}");
            return Err(row.place.wrong("margin", expected, margin));
        }
        Ok(Some(Strength { grade: margin as u32, levels }))
    }

    fn pair(
        &self,
        row: &Row,
        prompt: Option<Spoken>,
        chosen: Spoken,
        rejected: Spoken,
    ) -> Result<Pair, ImportError> {
        let is_blank = prompt.as_ref().is_none_or(|prompt| prompt.prompt().is_none());
        match (prompt, chosen, rejected) {
            (None, Spoken::Text(chosen), Spoken::Text(rejected)) => Ok(of_texts(chosen, rejected)),
            (None, Spoken::Messages(chosen), Spoken::Messages(rejected)) => {
                Ok(of_messages(&chosen, &rejected))
            }
            // Nothing is known of the prompt; messages that begin with a question say what it is.
            (Some(_), Spoken::Messages(chosen), Spoken::Messages(rejected))
                if is_blank && asks(&chosen, &rejected) =>
            {
                Ok(of_messages(&chosen, &rejected))
            }
            (Some(_), Spoken::Text(_), Spoken::Messages(_))
            | (Some(_), Spoken::Messages(_), Spoken::Text(_))
            | (None, ..) => {
                let expected = format!("as `{}`, both texts or both messages", self.chosen_key);
                Err(row.place.wrong(&self.rejected_key, expected, "the other"))
            }
            (Some(prompt), chosen, rejected) => self.of_prompt(row, &prompt, [chosen, rejected]),
        }
    }

    /// Some sets repeat the prompt at the start of both responses.
    fn of_prompt(
        &self,
        row: &Row,
        prompt: &Spoken,
        responses: [Spoken; 2],
    ) -> Result<Pair, ImportError> {
        let asked = apart(prompt, &responses);
        if let (None, [Some(chosen), Some(rejected)], Some(_)) =
            (&asked.repeated, responses.each_ref().map(turns_that_ask), prompt.prompt())
        {
            let lead = &chosen[..shared(&[chosen, rejected])];
            if !lead.is_empty() {
                let expected = format!("messages that follow or repeat `{}`", self.prompt_key);
                return Err(row.place.wrong(&self.chosen_key, expected, render(lead)));
            }
        }
        let (prompt, copies) = (asked.prompt(prompt), asked.copies);
        Ok(Pair { copies, ..Pair::new(prompt, asked.answers) })
    }
}

/// Whether both begin with a question.
fn asks(chosen: &[Message], rejected: &[Message]) -> bool {
    let asks = |turns: &[Message]| turns_that_ask(&Spoken::Messages(turns.to_vec())).is_some();
    asks(chosen) && asks(rejected)
}

fn of_texts(chosen: String, rejected: String) -> Pair {
    match prompt_end(&chosen, &rejected) {
        Some(end) => {
            let responses = vec![chosen[end..].to_owned(), rejected[end..].to_owned()];
            Pair { is_guessed: true, ..Pair::new(Some(chosen[..end].to_owned()), responses) }
        }
        None => Pair::new(None, vec![chosen, rejected]),
    }
}

fn of_messages(chosen: &[Message], rejected: &[Message]) -> Pair {
    let (prompt, responses) = apart_by_turns(&[chosen, rejected]);
    Pair::new(prompt, responses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{import, import_with};
    use crate::round_trip::import_text;
    use serde_json::json;

    /// Prompt, chosen and rejected of one row.
    fn read(row: Value) -> Result<(Option<String>, String, String), String> {
        let imported = import_text(&TrlPreference::default(), &row.to_string())?;
        let dataset = imported.dataset;
        let comparison = &dataset.records::<Comparison>().unwrap()[0];
        let text = |id| {
            let place = dataset.segments().index(id).unwrap();
            dataset.segments().text(place).unwrap().to_owned()
        };
        let prompt = dataset.groups().prompt(0).map(str::to_owned);
        Ok((prompt, text(&comparison.first), text(&comparison.second)))
    }

    fn check(row: Value, expect: (Option<&str>, &str, &str)) {
        let (prompt, chosen, rejected) = read(row).unwrap();
        assert_eq!((prompt.as_deref(), chosen.as_str(), rejected.as_str()), expect);
    }

    fn turn(role: &str, content: &str) -> Value {
        json!({ "role": role, "content": content })
    }

    #[test]
    fn the_fixture_has_every_variant() {
        let imported = import("trl-preference");
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        assert_eq!(comparisons.len(), 8);
        assert!(comparisons.iter().all(|c| c.distribution() == [1.0, 0.0, 0.0]));
        assert!(comparisons.iter().all(|c| c.strength.is_none()));
        let groups = imported.dataset.groups();
        let prompts: Vec<_> = (0..groups.len()).map(|g| groups.prompt(g)).collect();
        let expect = [
            Some("The sky is"),
            Some("¿De qué color es el cielo?"),
            Some("user: What color is the sky?"),
            Some("system: Be brief.\n\nuser: Hi"),
            None,
        ];
        assert_eq!(prompts, expect);
        assert_eq!(imported.report.kept["comparison of identical texts"], 1);
        assert_eq!(imported.report.dropped["field `margin`"], 2);
        assert_eq!(imported.report.dropped["field `tools`"], 1);
        assert_eq!(imported.report.dropped["field `chat_template_kwargs`"], 1);
        assert_eq!(imported.report.dropped["field `name` of a message"], 2);
        // The same pair twice is two judgements of the same segments.
        assert_eq!(comparisons[0].first, comparisons[1].first);
    }

    #[test]
    fn prompts_within_the_responses_are_taken_out() {
        check(
            json!({ "chosen": "The sky is blue.", "rejected": "The sky is black." }),
            (Some("The sky is"), " blue.", " black."),
        );
        check(json!({ "chosen": "Yes.", "rejected": "No." }), (None, "Yes.", "No."));
        let (user, yes, no) = (turn("user", "So?"), turn("assistant", "Y"), turn("assistant", "N"));
        check(
            json!({ "chosen": [user, yes], "rejected": [user, no] }),
            (Some("user: So?"), "Y", "N"),
        );
        check(
            json!({ "prompt": "So?", "chosen": [user, yes], "rejected": [user, no] }),
            (Some("user: So?"), "Y", "N"),
        );
        check(
            json!({ "chosen": [user, yes], "rejected": [user, yes] }),
            (Some("user: So?"), "Y", "Y"),
        );
        check(
            json!({ "prompt": [user], "chosen": [yes], "rejected": [no, user, no] }),
            (Some("user: So?"), "Y", "assistant: N\n\nuser: So?\n\nassistant: N"),
        );
        let other = json!({ "prompt": "Else?", "chosen": [user, yes], "rejected": [user, no] });
        let error = read(other).unwrap_err();
        let expect = "`chosen` must be messages that follow or repeat `prompt`, found user: So?";
        assert!(error.contains(expect), "{error}");
    }

    /// Prompt and responses of each pair of a file.
    fn pairs(text: &str) -> Result<Vec<[String; 3]>, String> {
        let dataset = import_text(&TrlPreference::default(), text)?.dataset;
        Ok(crate::fixture::pairs(&dataset))
    }

    #[test]
    fn an_empty_prompt_is_no_absent_one() {
        for prompt in [json!(null), json!(""), json!([])] {
            let texts =
                json!({ "prompt": prompt, "chosen": "I like tea.", "rejected": "I like mud." });
            check(texts, (None, "I like tea.", "I like mud."));
            let (user, yes, no) =
                (turn("user", "So?"), turn("assistant", "Y"), turn("assistant", "N"));
            let messages =
                json!({ "prompt": prompt, "chosen": [user, yes], "rejected": [user, no] });
            check(messages, (Some("user: So?"), "Y", "N"));
            let own = json!({ "prompt": prompt, "chosen": [yes, user, yes], "rejected": [yes, user, no] });
            let rendered = |last: &str| format!("assistant: Y\n\nuser: So?\n\nassistant: {last}");
            check(own, (None, &rendered("Y"), &rendered("N")));
        }
    }

    #[test]
    fn a_system_prompt_is_part_of_the_question() {
        let row = |system: &str, chosen: &str, rejected: &str| json!({ "system": system, "prompt": "Hi?", "chosen": chosen, "rejected": rejected });
        let text = format!(
            "{}\n{}\n{}\n",
            row("Answer in French.", "Oui.", "Yes."),
            row("Answer in English.", "Yes.", "Oui."),
            row("", "Yes.", "No."),
        );
        let imported = import_text(&TrlPreference::default(), &text).unwrap();
        let groups = imported.dataset.groups();
        let contexts: Vec<_> = (0..groups.len()).map(|group| groups.context(group)).collect();
        assert_eq!(contexts, [Some("Answer in French."), Some("Answer in English."), None]);
        assert!(imported.report.dropped.is_empty(), "{:?}", imported.report);
    }

    #[test]
    fn turns_with_ids_and_copies_of_the_prompt_are_the_question() {
        let talk = |answer: &str, id: u32| {
            json!([
                { "role": "user", "content": "Ho?", "ts": id },
                { "role": "assistant", "content": answer, "ts": id + 1 },
            ])
        };
        let expect = (Some("user: Ho?"), "Yes.", "No.");
        check(json!({ "chosen": talk("Yes.", 1), "rejected": talk("No.", 3) }), expect);
        let given =
            json!({ "prompt": "Ho?", "chosen": talk("Yes.", 1), "rejected": talk("No.", 3) });
        check(given, expect);
        let asked = "\n\nHuman: Hi?\n\nAssistant:";
        let row = json!({ "prompt": asked, "chosen": format!("{asked} Yes."), "rejected": format!("{asked} No.") });
        check(row.clone(), (Some(asked), " Yes.", " No."));
        let imported = import_text(&TrlPreference::default(), &row.to_string()).unwrap();
        assert_eq!(imported.report.kept[COPY], 2);
    }

    #[test]
    fn conversations_and_lists_in_cells_are_unpacked() {
        // As `DataFrame.to_csv` writes a list column of Parquet.
        let numpy = |answer: &str| {
            format!(
                "\"[{{'role': 'user', 'content': 'Hi?'}}\n {{'role': 'assistant', 'content': '{answer}'}}]\""
            )
        };
        let table = format!("chosen,rejected\n{},{}\n", numpy("Yes."), numpy("No."));
        assert_eq!(pairs(&table).unwrap(), [["user: Hi?", "Yes.", "No."]]);
        let lists =
            "prompt,chosen,rejected\nName a colour.,\"['Red.', 'Blue.']\",\"[\"\"Dog.\"\"]\"\n";
        let asked = "Name a colour.";
        assert_eq!(pairs(lists).unwrap(), [[asked, "Red.", "Dog."], [asked, "Blue.", "Dog."]]);
        // One list alone is an answer, and in JSON a text is a text.
        let one = "prompt,chosen,rejected\nGo,\"['Red.', 'Blue.']\",Dog.\n";
        assert_eq!(pairs(one).unwrap(), [["Go", "['Red.', 'Blue.']", "Dog."]]);
        let row = json!({ "prompt": "Go", "chosen": "[\"a\"]", "rejected": "[\"b\"]" });
        assert_eq!(pairs(&row.to_string()).unwrap(), [["Go", "[\"a\"]", "[\"b\"]"]]);
        let cut = "chosen,rejected\n\"[{'role': 'user', 'content': 'Hi\",No.\n";
        let error = pairs(cut).unwrap_err();
        assert!(
            error.contains("line 2: at `chosen`: a text that begins like a conversation"),
            "{error}"
        );
    }

    #[test]
    fn names_and_grades_are_options() {
        let options = TrlPreference {
            prompt_key: "q".into(),
            chosen_key: "good".into(),
            rejected_key: "bad".into(),
            margin_levels: Some(3),
        };
        let read = |margin: f64| {
            let row = json!({ "q": "Why?", "good": "So.", "bad": "No.", "margin": margin });
            import_text(&options, &row.to_string())
        };
        let imported = read(2.0).unwrap();
        assert!(imported.report.dropped.is_empty());
        let strength = imported.dataset.records::<Comparison>().unwrap()[0].strength;
        assert_eq!(strength, Some(Strength { grade: 2, levels: 3 }));
        let error = read(2.5).unwrap_err();
        let expect = "line 1: `margin` must be a whole number from 1 to 3, found 2.5";
        assert!(error.contains(expect), "{error}");
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("trl-preference", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"rejected\"",
            "\"worse\"",
            "line 1: `rejected` must be there, found only prompt, chosen, worse",
        );
        check("\" blue.\"", "\" \"", "line 1: `chosen` must be a response, found a text without");
        check("\" blue.\"", "7", "line 1: at `chosen`: expected a text or a list of messages");
        check("\" blue.\"", "[]", "line 1: `rejected` must be as `chosen`, both texts or both");
        check("{\"role\": \"user\", ", "{", "at `prompt`: missing field `role`");
    }
}
