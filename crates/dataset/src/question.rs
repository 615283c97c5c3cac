//! Which groups ask the same, and which go on with the conversation of another.
//!
//! A question is prompt and context together, in Unicode's composed form (NFC): two forms of one
//! character look the same to everybody who was asked. Where neither is given nothing was asked, and
//! a group is like no other. A conversation goes on in a prompt that holds the prompt and a response
//! of another group and then more: who learns from the one has read the beginning of the other.
//! Prompts that only begin alike ("Hi") are apart.

use crate::{Dataset, Groups, Segments};
use std::borrow::Cow;
use std::collections::HashMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What was asked: prompt and context.
type Question<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>);

impl Groups {
    /// For each group the first that asks the same; itself where nothing was asked.
    pub fn questions(&self) -> Vec<u32> {
        let mut first: HashMap<Question<'_>, u32> = HashMap::new();
        let of = |g: usize| match self.question(g) {
            (None, None) => g as u32,
            asked => *first.entry(asked).or_insert(g as u32),
        };
        (0..self.len()).map(of).collect()
    }

    fn question(&self, g: usize) -> Question<'_> {
        (asked(self.prompt(g)).map(composed), asked(self.context(g)).map(composed))
    }
}

impl Dataset {
    /// For each group the one whose conversation goes on in its prompt, if there is one; the nearest
    /// of several.
    pub fn continued(&self) -> Vec<Option<u32>> {
        let groups = self.groups();
        let mut conversations: Vec<Conversation<'_>> =
            (0..groups.len()).filter_map(|g| Conversation::new(groups, g)).collect();
        conversations
            .sort_by(|a, b| (&a.context, &a.turns, a.group).cmp(&(&b.context, &b.turns, b.group)));
        let responses = responses(self.segments(), groups.len());
        let mut continued = vec![None; groups.len()];
        // Each begins as the next does.
        let mut open: Vec<&Conversation<'_>> = Vec::new();
        for one in &conversations {
            while open.last().is_some_and(|before| !before.begins(one)) {
                open.pop();
            }
            let mut before =
                open.iter().rev().filter(|before| before.turns.len() < one.turns.len());
            let found = before.find(|before| before.goes_on_in(one, &responses, self.segments()));
            continued[one.group] = found.map(|before| before.group as u32);
            open.push(one);
        }
        continued
    }

    /// For each group the first that a split by prompt keeps it together with: those that ask the
    /// same, and those of one conversation.
    pub(crate) fn together(&self) -> Vec<u32> {
        let mut first = self.groups().questions();
        for (g, before) in self.continued().into_iter().enumerate() {
            if let Some(before) = before {
                join(&mut first, g, before as usize);
            }
        }
        (0..first.len()).map(|g| root(&first, g) as u32).collect()
    }
}

/// The text, if it says anything.
fn asked(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// The prompt of a group as the turns of a conversation.
struct Conversation<'a> {
    group: usize,
    context: Option<&'a str>,
    turns: Cow<'a, str>,
}

impl<'a> Conversation<'a> {
    fn new(groups: &'a Groups, group: usize) -> Option<Self> {
        let prompt = asked(groups.prompt(group))?;
        // A prompt of one turn is imported without its role, and several turns with theirs.
        let turns = match role(prompt.trim_start()) {
            Some(_) => Cow::Borrowed(prompt),
            None => Cow::Owned(format!("user: {prompt}")),
        };
        Some(Self { group, context: asked(groups.context(group)), turns })
    }

    fn begins(&self, other: &Self) -> bool {
        self.context == other.context && other.turns.starts_with(&*self.turns)
    }

    /// Whether `other`, which begins as this does, holds a response to it and then another turn.
    fn goes_on_in(&self, other: &Self, responses: &[Vec<u32>], segments: &Segments) -> bool {
        let rest = other.turns[self.turns.len()..].trim_start();
        let rest = role(rest).map_or(rest, str::trim_start);
        let is_said = |response: &str| {
            let after = rest.strip_prefix(response.trim());
            after.is_some_and(|after| after.trim_start_matches([' ', '\t', '\r']).starts_with('\n'))
        };
        let texts = responses[self.group].iter().filter_map(|&i| segments.text(i as usize));
        texts.into_iter().any(is_said)
    }
}

/// What follows the role at the start of a turn ("assistant:", "Human:"), if there is one.
fn role(turn: &str) -> Option<&str> {
    let (role, said) = turn.split_once(':')?;
    let is_word = !role.is_empty() && role.len() <= 12 && role.chars().all(char::is_alphabetic);
    is_word.then_some(said)
}

/// Segments of each group.
fn responses(segments: &Segments, groups: usize) -> Vec<Vec<u32>> {
    let mut responses = vec![Vec::new(); groups];
    for i in 0..segments.len() {
        segments.groups(i).iter().for_each(|&g| responses[g as usize].push(i as u32));
    }
    responses
}

/// The first of those that `g` is joined with.
fn root(first: &[u32], mut g: usize) -> usize {
    while first[g] as usize != g {
        g = first[g] as usize;
    }
    g
}

fn join(first: &mut [u32], one: usize, other: usize) {
    let (one, other) = (root(first, one), root(first, other));
    first[one.max(other)] = one.min(other) as u32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Card, DatasetBuilder, Domain};

    /// Name, prompt, context and responses.
    type Group<'a> = (&'a str, Option<&'a str>, Option<&'a str>, &'a [&'a str]);

    fn dataset(groups: &[Group<'_>]) -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        for (id, prompt, context, texts) in groups {
            builder.add_group(id, *prompt, *context);
            for (i, text) in texts.iter().enumerate() {
                builder.add_text(&format!("{id}/{i}"), id, text);
            }
        }
        builder.build().unwrap()
    }

    #[test]
    fn a_question_is_prompt_and_context_in_one_form() {
        let dataset = dataset(&[
            ("a", Some("Translate."), Some("eins"), &[]),
            ("b", Some("Translate."), Some("zwei"), &[]),
            ("c", Some("Translate."), Some("eins"), &[]),
            ("d", Some("Caf\u{e9}?"), None, &[]),
            ("e", Some("Cafe\u{301}?"), Some(" "), &[]),
            ("f", None, None, &[]),
            ("g", Some(""), None, &[]),
            ("h", None, Some("eins"), &[]),
            ("i", Some(" "), Some("eins"), &[]),
        ]);
        assert_eq!(dataset.groups().questions(), [0, 1, 0, 3, 3, 5, 6, 7, 7]);
    }

    #[test]
    fn a_conversation_goes_on_after_a_response() {
        let dataset = dataset(&[
            ("hi", Some("Hi"), None, &["Hello. ", "Go away."]),
            ("on", Some("user: Hi\n\nassistant: Hello.\n\nuser: Why?"), None, &["So."]),
            (
                "further",
                Some("user: Hi\n\nassistant: Hello.\n\nuser: Why?\n\nassistant: So.\n\nuser: Oh"),
                None,
                &["x"],
            ),
            ("else", Some("user: Hi\n\nassistant: Good day.\n\nuser: Why?"), None, &["x"]),
            ("longer", Some("user: Hi\n\nassistant: Hello. You?\n\nuser: Why?"), None, &["x"]),
            ("his", Some("His"), None, &["x"]),
            ("other", Some("user: Hi\n\nassistant: Hello.\n\nuser: Why?"), Some("text"), &["x"]),
            ("human", Some("\n\nHuman: Hi\n\nAssistant:"), None, &[" Yes.", "No."]),
            (
                "again",
                Some("\n\nHuman: Hi\n\nAssistant: Yes.\n\nHuman: Bye\n\nAssistant:"),
                None,
                &["x"],
            ),
        ]);
        let expect = [None, Some(0), Some(1), None, None, None, None, None, Some(7)];
        assert_eq!(dataset.continued(), expect);
        assert_eq!(dataset.together(), [0, 0, 0, 3, 4, 5, 6, 7, 7]);
    }
}
