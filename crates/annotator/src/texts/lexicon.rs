//! Which sentences are there, and how much of each objective do they have?

use super::phrases::HELP_AND_HARM;
use medley_dataset::sentences;
use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The sentences that answers are made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lexicon {
    /// Thirty sentences about household and workshop, with `helpfulness` and `harmlessness` from 0 to 1.
    #[default]
    HelpAndHarm,
    /// So many sentences, the items of `medley_theory::hidden_context`: sentence i is worth
    /// x = (i + 1/2) / points. That is its amount of `agreed` below 0.8, and of `contested` from there
    /// on; of the other objective it has nothing.
    Contested(usize),
    /// Your own.
    Phrases(Vec<Phrase>),
}

/// A sentence and how much it has of each objective; of one that is not named, nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Phrase {
    /// One sentence.
    pub text: String,
    /// By the name of the objective.
    pub amounts: BTreeMap<String, f64>,
}

/// From where on a sentence is contested.
const CONTESTED_FROM: f64 = 0.8;

impl Lexicon {
    /// All sentences, in order.
    pub fn phrases(&self) -> Vec<Phrase> {
        match self {
            Self::HelpAndHarm => HELP_AND_HARM.iter().map(help_and_harm).collect(),
            Self::Contested(points) => (0..*points).map(|i| contested(i, *points)).collect(),
            Self::Phrases(phrases) => phrases.clone(),
        }
    }

    /// The objectives that there are.
    pub(super) fn objectives(&self) -> BTreeSet<String> {
        self.phrases().into_iter().flat_map(|phrase| phrase.amounts.into_keys()).collect()
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        match self {
            Self::HelpAndHarm => Ok(()),
            Self::Contested(points) => at_least("contested", *points as u64, 3),
            Self::Phrases(phrases) => {
                check_all(phrases).map_err(|problem| problem.within("phrases"))
            }
        }
    }
}

fn check_all(phrases: &[Phrase]) -> Result<(), Problem> {
    let mut known = BTreeSet::new();
    for (place, phrase) in phrases.iter().enumerate() {
        let within = |problem: Problem| problem.within(&place.to_string());
        let text = phrase.text.as_str();
        // As it stands in an answer: behind another sentence and before one.
        let (before, behind) = (format!("{} {text}", phrases[0].text), format!("{text} Then."));
        let is_apart = |text: &str| sentences(text).iter().any(|it| it.text == phrase.text);
        if !(is_apart(&before) && is_apart(&behind) && sentences(text).len() == 1) {
            let message = format!(
                "one sentence is needed, with a capital letter first and a full stop last, found {text:?}"
            );
            return Err(within(Problem::new("text", message)));
        }
        if !known.insert(text) {
            let message = format!("sentences differ: {text:?} is there twice");
            return Err(within(Problem::new("text", message)));
        }
        let unfit = phrase.amounts.iter().find(|(_, amount)| !(**amount as f32).is_finite());
        if let Some((name, amount)) = unfit {
            let message =
                format!("a number that single precision can hold is needed, found {amount}");
            return Err(within(Problem::new(name, message).within("amounts")));
        }
    }
    match phrases.is_empty() {
        true => Err(Problem { path: Vec::new(), message: "at least 1 is needed, found 0".into() }),
        false => Ok(()),
    }
}

fn help_and_harm(&(text, helpfulness, harmlessness): &(&str, f64, f64)) -> Phrase {
    let amounts = [("helpfulness", helpfulness), ("harmlessness", harmlessness)];
    let amounts = amounts.map(|(name, amount)| (name.to_owned(), amount));
    Phrase { text: text.to_owned(), amounts: BTreeMap::from(amounts) }
}

fn contested(number: usize, points: usize) -> Phrase {
    let worth = (number as f64 + 0.5) / points as f64;
    let objective = if worth < CONTESTED_FROM { "agreed" } else { "contested" };
    let amounts = BTreeMap::from([(objective.to_owned(), worth)]);
    Phrase { text: format!("This plan is worth {}.", in_words(worth)), amounts }
}

/// A number from 0 to 1, digit by digit.
fn in_words(number: f64) -> String {
    let digit = |digit: char| match digit {
        '.' => "point",
        digit => DIGITS[digit.to_digit(10).unwrap_or_default() as usize],
    };
    number.to_string().chars().map(digit).collect::<Vec<_>>().join(" ")
}

const DIGITS: [&str; 10] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contested_are_those_from_0_8_on() {
        let phrases = Lexicon::Contested(100).phrases();
        assert_eq!(phrases[7].text, "This plan is worth zero point zero seven five.");
        assert_eq!(phrases[79].amounts, BTreeMap::from([("agreed".to_owned(), 0.795)]));
        assert_eq!(phrases[80].amounts, BTreeMap::from([("contested".to_owned(), 0.805)]));
    }

    #[test]
    fn sentences_of_medley_s_own_are_sentences() {
        for lexicon in [Lexicon::HelpAndHarm, Lexicon::Contested(1000)] {
            check_all(&lexicon.phrases()).unwrap();
        }
    }

    #[test]
    fn what_is_no_sentence_is_refused() {
        let check = |texts: &[&str], expect: &str| {
            let phrase = |text: &&str| Phrase {
                text: (*text).to_owned(),
                amounts: BTreeMap::from([("worth".to_owned(), 1.0)]),
            };
            let error = check_all(&texts.iter().map(phrase).collect::<Vec<_>>()).unwrap_err();
            assert!(error.to_string().contains(expect), "{error}");
        };
        check(&[], "at least 1 is needed, found 0");
        check(&[""], "`0.text`: one sentence is needed");
        check(&["Yes.", "No. Never."], "`1.text`: one sentence is needed");
        check(&["Yes.", "no."], "found \"no.\"");
        check(&["Yes", "No."], "found \"Yes\"");
        check(&["Yes.", "Yes."], "`1.text`: sentences differ: \"Yes.\" is there twice");
    }
}
