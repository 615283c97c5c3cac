//! Answers dealt anew among the questions that were asked: a control that says nothing of any reward.
//!
//! Answers of a fixed meaning (levels of a scale, sides of a comparison) change hands within a part of
//! the split, so that how often each was given stays. Options without a meaning of their own, such as
//! the versions of an edit, are shuffled within their statement. What a mix gains from sources whose
//! answers were dealt, it gains from a leak.

use medley_evaluation::ResponseSet;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// What was said in a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    /// Shares of the responses; see [`FiniteChoice::observed`](crate::FiniteChoice::observed).
    pub observed: Vec<f32>,
    /// As a number; see [`About::value`](crate::About::value).
    pub value: Option<f64>,
}

/// Why some answers stay where they are.
pub(crate) const ALONE: &str = "keep their answer in a control: no other of their part is alike";

/// Who gives an answer to whom.
pub(crate) struct Exchange {
    /// The statement whose answer each takes, among those of a part that are alike; its own if it is in
    /// no part.
    pub from: Vec<usize>,
    /// Statements of parts in which no other is alike.
    pub alone: usize,
}

/// Draws who gives an answer to whom.
pub(crate) fn exchanged<K: Ord>(
    count: usize,
    parts: &[Vec<usize>],
    alike: impl Fn(usize) -> K,
    rng: &mut ChaCha8Rng,
) -> Exchange {
    let mut from: Vec<usize> = (0..count).collect();
    let mut alone = 0;
    for part in parts {
        let mut classes: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for &statement in part {
            classes.entry(alike(statement)).or_default().push(statement);
        }
        for statements in classes.values() {
            alone += usize::from(statements.len() == 1);
            let mut givers = statements.clone();
            givers.shuffle(rng);
            statements.iter().zip(givers).for_each(|(&to, giver)| from[to] = giver);
        }
    }
    Exchange { from, alone }
}

/// Answers dealt anew among the statements of each part. `about` says of each statement which others are
/// alike, and whether its value changes its sign with the sides. With them, how many have nobody alike.
pub(crate) fn deal(
    responses: &ResponseSet,
    given: &[Told],
    about: &[(usize, bool)],
    parts: &[Vec<usize>],
    rng: &mut ChaCha8Rng,
) -> (Vec<Told>, usize) {
    match responses {
        ResponseSet::Labelled(_) | ResponseSet::Sides(_) | ResponseSet::Density => {
            let alike = |statement: usize| (given[statement].observed.len(), about[statement].0);
            let Exchange { from, alone } = exchanged(given.len(), parts, alike, rng);
            (from.into_iter().map(|giver| given[giver].clone()).collect(), alone)
        }
        ResponseSet::Exchangeable => {
            let shuffled = |(told, &(_, antisymmetric)): (&Told, &(usize, bool))| {
                let order = order(told.observed.len(), rng);
                let turned = antisymmetric && order.first() == Some(&1);
                Told {
                    observed: order.iter().map(|&option| told.observed[option]).collect(),
                    value: told.value.map(|value| if turned { -value } else { value }),
                }
            };
            (given.iter().zip(about).map(shuffled).collect(), 0)
        }
        ResponseSet::TiedSets => {
            let shuffled = |told: &Told| {
                let order = order((told.observed.len() + 1).trailing_zeros() as usize, rng);
                let mut observed = vec![0.0; told.observed.len()];
                for (set, &share) in told.observed.iter().enumerate() {
                    observed[renamed(set, &order)] = share;
                }
                Told { observed, value: told.value }
            };
            (given.iter().map(shuffled).collect(), 0)
        }
    }
}

fn order(options: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..options).collect();
    order.shuffle(rng);
    order
}

/// The set of options that a set becomes if option `i` is named `order[i]`; see
/// [`ResponseSet::TiedSets`].
fn renamed(set: usize, order: &[usize]) -> usize {
    let named = |(option, &name): (usize, &usize)| ((set + 1) >> option & 1) << name;
    order.iter().enumerate().map(named).sum::<usize>() - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn answers_stay_in_their_part_and_among_those_alike() {
        let parts = [(0..40).collect::<Vec<usize>>(), (40..60).collect()];
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        let parts = [parts[0].clone(), parts[1].clone(), vec![61]];
        let Exchange { from, alone } = exchanged(62, &parts, |statement| statement % 2, rng);
        assert_eq!(alone, 1);
        let mut seen = from.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..62).collect::<Vec<_>>());
        for (to, &giver) in from.iter().enumerate() {
            assert_eq!((to % 2, to < 40), (giver % 2, giver < 40));
        }
        assert_eq!(from[60..], [60, 61]);
        let moved = from.iter().enumerate().filter(|(to, giver)| to != *giver).count();
        assert!(moved > 40, "{moved}");
    }

    /// Sets of three options: {0}, {1}, {0, 1}, {2}, {0, 2}, {1, 2}, all.
    #[test]
    fn sets_are_renamed_by_hand() {
        let order = [2, 0, 1];
        let found: Vec<usize> = (0..7).map(|set| renamed(set, &order)).collect();
        assert_eq!(found, [3, 0, 4, 1, 5, 2, 6]);
    }
}
