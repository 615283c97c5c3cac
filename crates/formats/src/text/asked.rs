//! What was asked, and what was answered to it, where answers repeat the question at their start.
//!
//! Answers that are conversations repeat it turn by turn: what all of them begin with is the question if the
//! prompt is among it, also where it says more (a system prompt, earlier turns). An answer that begins with a
//! turn of its own stays whole.
//!
//! Answers that are texts repeat it word by word. An answer may begin with the words of a short prompt by
//! chance, and nobody can tell from one alone. So a copy is taken off only where a turn of the assistant is
//! opened at its end, as in transcripts and templates of chat models; or where all answers of several begin
//! with the whole prompt, of two words or more, and none of them goes on within a word.

use crate::Draft;
use crate::messages::Message;
use crate::rendered::parse_rendered;
use crate::shared_beginning::{opened, opens};
use crate::spoken::Spoken;

/// Answers to a prompt, without what they repeat of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Asked {
    /// The turns that all answers began with, where the prompt is among them.
    pub repeated: Option<Vec<Message>>,
    /// Whether these say more than the prompt.
    pub says_more: bool,
    pub answers: Vec<String>,
    /// Number of texts that a copy of the prompt was taken off.
    pub copies: usize,
}

impl Asked {
    /// Answers as they stand.
    pub fn whole(answers: &[Spoken]) -> Self {
        let answers = answers.iter().map(Spoken::response).collect();
        Self { repeated: None, says_more: false, answers, copies: 0 }
    }

    /// Answers that begin with so many turns of the question.
    fn behind(turns: usize, answers: &[&[Message]], says_more: bool) -> Self {
        let rest = |turns: &[Message]| Spoken::Messages(turns.to_vec()).response();
        Self {
            repeated: answers.first().map(|first| first[..turns].to_vec()),
            says_more,
            answers: answers.iter().map(|answer| rest(&answer[turns..])).collect(),
            copies: 0,
        }
    }

    /// The question: what the answers repeated, or else the prompt.
    pub fn prompt(&self, prompt: &Spoken) -> Option<String> {
        match &self.repeated {
            Some(turns) => Spoken::Messages(turns.clone()).prompt(),
            None => prompt.prompt(),
        }
    }

    /// Counts the copies that were taken off.
    pub fn tell(&self, draft: &mut Draft<'_>) {
        (0..self.copies).for_each(|_| draft.keep(COPY));
    }
}

/// What a report says of an answer without its copy of the prompt.
pub(crate) const COPY: &str = "answer without the copy of the prompt that it began with";

/// Answers to a prompt, without what they repeat of it.
pub(crate) fn apart(prompt: &Spoken, answers: &[Spoken]) -> Asked {
    let Some(asked) = prompt.prompt() else { return Asked::whole(answers) };
    let turns = match prompt {
        Spoken::Messages(turns) => turns.clone(),
        Spoken::Text(text) => {
            parse_rendered(text).unwrap_or_else(|| vec![Message::new("user", text)])
        }
    };
    match answers.iter().map(turns_that_ask).collect::<Option<Vec<_>>>() {
        Some(talks) => match end_of_question(&turns, &talks) {
            Some(end) => Asked::behind(end, &talks, end > turns.len()),
            None => Asked::whole(answers),
        },
        None => one_by_one(&asked, &turns, answers),
    }
}

/// The turns of an answer that begins with a question and goes on.
pub(crate) fn turns_that_ask(answer: &Spoken) -> Option<&[Message]> {
    match answer {
        Spoken::Messages(turns) if turns.len() > 1 && asks(&turns[0]) => Some(turns),
        _ => None,
    }
}

fn asks(turn: &Message) -> bool {
    ["system", "developer", "user"].contains(&&*turn.role)
}

/// Where the question ends that all of these repeat; none if the prompt is not among it.
fn end_of_question(prompt: &[Message], answers: &[&[Message]]) -> Option<usize> {
    let first = answers.first()?;
    let mut ends = (prompt.len()..first.len()).filter(|&end| ends_with(&first[..end], prompt));
    let end = ends.next()?;
    match answers {
        [_] => Some(end),
        several => Some(shared(several)).filter(|&shared| shared >= end),
    }
}

fn ends_with(turns: &[Message], prompt: &[Message]) -> bool {
    let same = |(one, other): (&Message, &Message)| {
        one.role == other.role && one.content.trim() == other.content.trim()
    };
    turns[turns.len() - prompt.len()..].iter().zip(prompt).all(same)
}

/// Number of equal turns at the start of all, the last turn of none among them.
pub(crate) fn shared(answers: &[&[Message]]) -> usize {
    let Some((first, others)) = answers.split_first() else { return 0 };
    let equal = |other: &&[Message]| {
        first.iter().zip(*other).take_while(|(one, other)| one.says_same(other)).count()
    };
    let most = answers.iter().map(|turns| turns.len().saturating_sub(1)).min().unwrap_or(0);
    others.iter().map(equal).min().unwrap_or(0).min(most)
}

/// Answers of which some are texts, or begin with a turn of their own.
fn one_by_one(asked: &str, prompt: &[Message], answers: &[Spoken]) -> Asked {
    let mut told = Asked::whole(answers);
    let all_begin =
        |answer: &Spoken| matches!(answer, Spoken::Text(text) if begins_with(text, asked));
    let is_repeated = answers.len() > 1 && answers.iter().all(all_begin);
    for (answer, text) in answers.iter().zip(&mut told.answers) {
        let rest = match (answer, turns_that_ask(answer)) {
            (Spoken::Text(text), _) => behind_copy(text, asked, is_repeated).map(str::to_owned),
            (_, Some(turns)) => {
                let is_here =
                    turns.len() > prompt.len() && ends_with(&turns[..prompt.len()], prompt);
                is_here.then(|| Spoken::Messages(turns[prompt.len()..].to_vec()).response())
            }
            (_, None) => None,
        };
        if let Some(rest) = rest {
            *text = rest;
            told.copies += 1;
        }
    }
    told
}

/// Whether a text begins with all words of a prompt, two or more, and goes on with others.
fn begins_with(text: &str, prompt: &str) -> bool {
    let prompt = prompt.trim_end();
    let Some(rest) = text.strip_prefix(prompt) else { return false };
    let ends = |text: &str| text.chars().next_back().is_some_and(char::is_alphanumeric);
    let goes_on = rest.chars().next().is_some_and(char::is_alphanumeric);
    !rest.trim().is_empty()
        && prompt.split_whitespace().nth(1).is_some()
        && !(ends(prompt) && goes_on)
}

/// What stands behind a copy of the prompt.
fn behind_copy<'t>(text: &'t str, prompt: &str, is_repeated: bool) -> Option<&'t str> {
    let copy = prompt.trim_end();
    let rest = text.strip_prefix(copy)?;
    let rest = match opened(rest) {
        Some(rest) => rest,
        None if opens(copy) || is_repeated => rest,
        None => return None,
    };
    (!rest.trim().is_empty()).then_some(rest)
}

/// The turns as a prompt and the answers behind them, where no prompt is given but by what answers share.
pub(crate) fn apart_by_turns(answers: &[&[Message]]) -> (Option<String>, Vec<String>) {
    let asked = Asked::behind(shared(answers), answers, false);
    // Turns in which nothing is said ask nothing, as in a prompt of its own.
    (asked.repeated.and_then(|turns| Spoken::Messages(turns).prompt()), asked.answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::render;
    use serde_json::{Value, json};

    fn spoken(value: Value) -> Spoken {
        Spoken::read(value).unwrap()
    }

    /// What answers repeated and what is left of them.
    fn check(prompt: Value, answers: &[Value], repeated: Option<&str>, expect: &[&str]) {
        let answers: Vec<Spoken> = answers.iter().cloned().map(spoken).collect();
        let asked = apart(&spoken(prompt), &answers);
        assert_eq!(asked.repeated.as_deref().map(render).as_deref(), repeated);
        assert_eq!(asked.answers, expect);
    }

    fn turn(role: &str, content: &str) -> Value {
        json!({ "role": role, "content": content })
    }

    #[test]
    fn turns_that_repeat_the_prompt_are_the_question() {
        let (system, user) = (turn("system", "Be brief."), turn("user", "Hi?"));
        let (yes, no) = (turn("assistant", "Yes."), turn("assistant", "No."));
        let more = "system: Be brief.\n\nuser: Hi?";
        check(json!("Hi?"), &[json!([user, yes])], Some("user: Hi?"), &["Yes."]);
        check(
            json!(" Hi?\n"),
            &[json!([user, yes]), json!([user, no])],
            Some("user: Hi?"),
            &["Yes.", "No."],
        );
        check(json!([user]), &[json!([system, user, yes])], Some(more), &["Yes."]);
        check(json!(more), &[json!([system, user, yes])], Some(more), &["Yes."]);
        let talk = json!([user, yes, turn("user", "So?"), no]);
        let whole = "assistant: Yes.\n\nuser: So?\n\nassistant: No.";
        check(json!("Hi?"), std::slice::from_ref(&talk), Some("user: Hi?"), &[whole]);
        let asked = "user: Hi?\n\nassistant: Yes.\n\nuser: So?";
        check(json!("So?"), std::slice::from_ref(&talk), Some(asked), &["No."]);
        let other = json!([user, yes, turn("user", "So?"), turn("assistant", "Go.")]);
        check(json!("Hi?"), &[talk, other], Some(asked), &["No.", "Go."]);
    }

    #[test]
    fn turns_of_their_own_stay() {
        let (user, yes) = (turn("user", "Hi?"), turn("assistant", "Yes."));
        let whole = "user: Hi?\n\nassistant: Yes.";
        check(json!("Else?"), &[json!([user, yes])], None, &[whole]);
        check(json!(""), &[json!([user, yes])], None, &[whole]);
        check(json!("Hi?"), &[json!([user])], None, &["user: Hi?"]);
        let tool = json!([turn("tool", "4"), yes]);
        check(json!("Hi?"), &[tool], None, &["tool: 4\n\nassistant: Yes."]);
        // One of two repeats it.
        check(json!("Hi?"), &[json!([user, yes]), json!("No.")], None, &["Yes.", "No."]);
    }

    #[test]
    fn texts_lose_a_copy_that_is_one() {
        let both = |prompt: &str, one: &str, other: &str, expect: [&str; 2]| {
            check(json!(prompt), &[json!(one), json!(other)], None, &expect);
        };
        let asked = "\n\nHuman: Hi?\n\nAssistant:";
        both(asked, &format!("{asked} Yes."), &format!("{asked} No."), [" Yes.", " No."]);
        both(asked, &format!("{asked} Yes."), "No.", [" Yes.", "No."]);
        both("\n\nHuman: Hi?", &format!("{asked} Yes."), "No.", [" Yes.", "No."]);
        both("I like", "I like tea.", "I like mud.", [" tea.", " mud."]);
        // By chance, perhaps.
        both("I like", "I like tea.", "Tea.", ["I like tea.", "Tea."]);
        both("Paris", "Paris is big.", "Paris is old.", ["Paris is big.", "Paris is old."]);
        both("The cat", "The cats sat.", "The cat sat.", ["The cats sat.", "The cat sat."]);
        both(asked, asked, &format!("{asked} No."), [asked, " No."]);
        check(json!("I like"), &[json!("I like tea.")], None, &["I like tea."]);
    }

    #[test]
    fn an_id_makes_no_other_turn() {
        let talk = |answer: &str, id: u32| {
            let asked = json!({ "role": "user", "content": "Hi?", "id": id });
            spoken(json!([asked, turn("assistant", answer)]))
        };
        let (yes, no) = (talk("Yes.", 1), talk("No.", 2));
        let turns: Vec<&[Message]> = [&yes, &no].into_iter().filter_map(turns_that_ask).collect();
        let expect = (Some("user: Hi?".to_owned()), vec!["Yes.".to_owned(), "No.".to_owned()]);
        assert_eq!(apart_by_turns(&turns), expect);
    }
}
