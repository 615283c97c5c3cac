//! What may people want, and who wants it?

use super::lexicon::{Lexicon, Phrase};
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

/// The contexts of so many people, in order: each time that which has come least often for its share, the
/// first of equal ones. Among any people in a row contexts are therefore nearly as frequent as among all,
/// so that a context goes with no group and no source; and where shares are whole people, it is as many.
///
/// Without contexts nobody has one.
pub(crate) fn taken_in_turn(people: usize, contexts: &[Context]) -> Vec<usize> {
    if contexts.is_empty() {
        return Vec::new();
    }
    let shares = shares(contexts);
    let mut missing = vec![0.0; shares.len()];
    let next = |_| {
        missing.iter_mut().zip(&shares).for_each(|(missing, share)| *missing += share);
        let largest = |best: usize, i: usize| {
            if missing[i] > missing[best] + 1e-9 { i } else { best }
        };
        let context = (0..missing.len()).reduce(largest).unwrap_or_default();
        missing[context] -= 1.0;
        context
    };
    (0..people).map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_take_turns() {
        let check = |shares: &[f64], people, expect: &[usize]| {
            let named = shares.iter().map(|&share| Context {
                name: String::new(),
                share,
                utility: BTreeMap::new(),
            });
            assert_eq!(taken_in_turn(people, &named.collect::<Vec<_>>()), expect);
        };
        check(&[0.6, 0.4], 5, &[0, 1, 0, 1, 0]);
        check(&[3.0, 1.0], 8, &[0, 0, 1, 0, 0, 0, 1, 0]);
        check(&[0.0, 1.0], 2, &[1, 1]);
        check(&[0.1; 10], 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}
