//! Texts as TOML has them.

use super::context::{self, Context};
use super::lexicon::Lexicon;
use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

/// Prompts with answers that people of different contexts see differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Texts {
    /// How many prompts.
    #[serde(default = "fifty")]
    pub prompts: usize,
    /// Answers to each, of which no two have the same sentences.
    #[serde(default = "eight")]
    pub answers: usize,
    /// Sentences of each, drawn from the lexicon without replacement.
    #[serde(default = "three")]
    pub sentences: usize,
    /// The sentences that there are.
    #[serde(default)]
    pub lexicon: Lexicon,
    /// What people may want, and how many want it.
    pub contexts: Vec<Context>,
}

fn fifty() -> usize {
    50
}

fn eight() -> usize {
    8
}

fn three() -> usize {
    3
}

impl Texts {
    /// Refuses options that are out of range or do not go together.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("prompts", self.prompts as u64, 1)?;
        at_least("answers", self.answers as u64, 2)?;
        at_least("sentences", self.sentences as u64, 1)?;
        self.lexicon.check().map_err(|problem| problem.within("lexicon"))?;
        self.check_number()?;
        context::check(&self.contexts, &self.lexicon)
    }

    /// Refuses more answers than there are.
    fn check_number(&self) -> Result<(), Problem> {
        let phrases = self.lexicon.phrases().len();
        if self.sentences > phrases {
            let message = format!(
                "sentences of an answer differ: at most {phrases}, as the lexicon has, are needed, found {}",
                self.sentences
            );
            return Err(Problem::new("sentences", message));
        }
        let possible = binomial(phrases, self.sentences);
        match self.answers as f64 <= possible {
            true => Ok(()),
            false => {
                let message = format!(
                    "answers to a prompt differ: at most {possible}, all choices of {} out of {phrases} \
                     sentences, are needed, found {}",
                    self.sentences, self.answers
                );
                Err(Problem::new("answers", message))
            }
        }
    }
}

/// How many choices of `k` out of `n` there are; exact where it is below 2^53.
fn binomial(n: usize, k: usize) -> f64 {
    (1..=k.min(n - k)).fold(1.0, |all, i| (all * (n + 1 - i) as f64 / i as f64).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_counted() {
        let check = |n, k, expect| assert_eq!(binomial(n, k), expect, "{n} {k}");
        check(5, 0, 1.0);
        check(5, 2, 10.0);
        check(30, 3, 4060.0);
        check(30, 27, 4060.0);
        check(52, 5, 2_598_960.0);
    }
}
