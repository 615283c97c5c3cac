//! What may people want, and who wants it?

use super::lexicon::{Lexicon, Phrase};
use crate::turns::in_turn;
use medley_toml_file::{Problem, not_negative};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What some people want. Nothing of it is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Context {
    /// Its name, for messages.
    pub name: String,
    /// Which share of people has it, up to a common factor.
    pub share: f64,
    /// What an objective is worth to them; of one that is not named, nothing.
    pub utility: BTreeMap<String, f64>,
}

impl Context {
    /// What a sentence is worth in it.
    pub(super) fn worth(&self, phrase: &Phrase) -> f64 {
        let of = |(name, weight): (&String, &f64)| {
            weight * phrase.amounts.get(name).copied().unwrap_or_default()
        };
        self.utility.iter().map(of).sum()
    }
}

pub(super) fn check(contexts: &[Context], lexicon: &Lexicon) -> Result<(), Problem> {
    let objectives = lexicon.objectives();
    let mut names = BTreeSet::new();
    for (place, context) in contexts.iter().enumerate() {
        let within = |problem: Problem| problem.within(&place.to_string()).within("contexts");
        not_negative("share", context.share).map_err(within)?;
        for (name, weight) in &context.utility {
            let message = match (objectives.contains(name), (*weight as f32).is_finite()) {
                (true, true) => continue,
                (true, false) => {
                    format!("a number that single precision can hold is needed, found {weight}")
                }
                (false, _) => {
                    let known: Vec<&str> = objectives.iter().map(String::as_str).collect();
                    format!("no sentence has this objective; there are: {}", known.join(", "))
                }
            };
            return Err(within(Problem::new(name, message).within("utility")));
        }
        if !names.insert(&context.name) {
            let message = format!("two contexts are called `{}`", context.name);
            return Err(within(Problem::new("name", message)));
        }
    }
    let total: f64 = contexts.iter().map(|context| context.share).sum();
    match total > 0.0 {
        true => Ok(()),
        false => {
            let message = "shares whose sum is above 0 are needed, found 0";
            Err(Problem::new("contexts", message))
        }
    }
}

/// Shares that sum to 1.
pub(super) fn shares(contexts: &[Context]) -> Vec<f64> {
    let total: f64 = contexts.iter().map(|context| context.share).sum();
    contexts.iter().map(|context| context.share / total).collect()
}

/// The contexts of so many people, in order: they take turns, so that a context goes with no group and no
/// source.
///
/// Without contexts nobody has one.
pub(crate) fn taken_in_turn(people: usize, contexts: &[Context]) -> Vec<usize> {
    in_turn(people, &shares(contexts))
}
