//! How well could one reward for everybody do, and how much does a model that knows people gain over it?
//!
//! ```text
//! C1 = sum over pairs of n max(p, 1 - p) / sum n        floor = sum over pairs of n H(p) / sum n
//! ```
//!
//! where `p` of the `n` votes about an unordered pair of items are for its first. A model that answers alike
//! for everybody, whatever it is, has at most accuracy C1 and at least the floor in nats on these votes. A reward
//! must also be transitive, and may reach less: [`scalar_reward_ceiling_of_pairs`](crate::scalar_reward_ceiling_of_pairs).
//!
//! With few votes about a pair C1 is optimistic: of two coins thrown by three people each, the larger side
//! is never a half. Two remedies stand beside it. `held_out` lets the majority of the *other* people
//! predict each person, and errs to the other side: the ceiling in the population lies between both. The
//! jackknife takes off the bias of order 1/A. It works for the floor, which is smooth; for C1, which has a kink
//! at a half, it sees only pairs that are tied, so that with odd numbers of votes it corrects nothing.

use super::error::{MeasureError, check, some};
use super::jackknife::Jackknifed;
use crate::ceiling::entropy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one person said about an unordered pair of items.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairVote {
    /// Number of the person.
    pub person: u32,
    /// Number of the pair, the same whichever item was shown first.
    pub pair: u32,
    /// Share for the first item of the pair, in an order that is common to all votes: 1, 0, or 0.5 for a tie.
    pub first: f64,
}

/// The best that one answer a pair can do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SingleRewardCeiling {
    /// C1, a share of votes; ties count half.
    pub accuracy: Jackknifed,
    /// Accuracy of the majority of other people, where ties and pairs that nobody else judged count half.
    pub held_out: f64,
    /// Entropy floor, nats a vote.
    pub nll: Jackknifed,
    /// Number of votes.
    pub votes: usize,
    /// Number of pairs.
    pub pairs: usize,
    /// Number of people.
    pub people: usize,
}

impl SingleRewardCeiling {
    /// `(accuracy - 1/2) / (C1 - 1/2)`: the share of what one reward can capture. `None` where it can capture
    /// nothing.
    pub fn captured(&self, accuracy: f64) -> Option<f64> {
        let most = self.accuracy.value - 0.5;
        (most > 0.0).then(|| (accuracy - 0.5) / most)
    }

    /// `accuracy - C1`, of a model that knows who is asked: above 0 no single reward can be, on the votes that the
    /// ceiling is of.
    pub fn pluralism_gain(&self, accuracy: f64) -> f64 {
        accuracy - self.accuracy.value
    }
}

/// The ceiling of these votes.
///
/// # Errors
/// No votes, or a share outside of 0 to 1.
pub fn single_reward_ceiling(votes: &[PairVote]) -> Result<SingleRewardCeiling, MeasureError> {
    some("votes", votes)?;
    check_votes(votes)?;
    let pairs = sums(votes);
    let all: Best = pairs.values().map(Pair::best).sum();
    let (mut accuracy, mut nll, mut held_out, mut people) = (vec![], vec![], 0.0, 0);
    for own in by_person(votes) {
        people += 1;
        let mut rest = all;
        for (pair, own) in sums(&own) {
            let whole = pairs[&pair];
            let others = Pair { votes: whole.votes - own.votes, first: whole.first - own.first };
            rest = rest.plus(whole.best(), -1.0).plus(others.best(), 1.0);
            held_out += others.predicts(own);
        }
        // Rounding leaves something of nothing.
        let known = rest.votes > 0.5;
        accuracy.extend(known.then(|| rest.right / rest.votes));
        nll.extend(known.then(|| rest.nats / rest.votes));
    }
    Ok(SingleRewardCeiling {
        accuracy: Jackknifed::new(all.right / all.votes, &accuracy),
        held_out: held_out / all.votes,
        nll: Jackknifed::new(all.nats / all.votes, &nll),
        votes: votes.len(),
        pairs: pairs.len(),
        people,
    })
}

pub(super) fn check_votes(votes: &[PairVote]) -> Result<(), MeasureError> {
    let shares = votes.iter().map(|vote| vote.first);
    check("vote", "a share from 0 to 1", shares, |share| (0.0..=1.0).contains(&share))
}

/// Votes about one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pair {
    pub votes: f64,
    pub first: f64,
}

impl Pair {
    fn best(&self) -> Best {
        if self.votes <= 0.0 {
            return Best::default();
        }
        let share = (self.first / self.votes).clamp(0.0, 1.0);
        let right = self.first.max(self.votes - self.first);
        Best { votes: self.votes, right, nats: self.votes * entropy(&[share, 1.0 - share]) }
    }

    /// How many of these votes the majority predicts.
    fn predicts(&self, votes: Self) -> f64 {
        let lead = 2.0 * self.first - self.votes;
        match lead.abs() < 1e-9 {
            true => votes.votes / 2.0,
            false if lead > 0.0 => votes.first,
            false => votes.votes - votes.first,
        }
    }
}

/// Sums over votes under the best answer of each pair.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    votes: f64,
    right: f64,
    nats: f64,
}

impl Best {
    fn plus(self, other: Self, times: f64) -> Self {
        Self {
            votes: self.votes + times * other.votes,
            right: self.right + times * other.right,
            nats: self.nats + times * other.nats,
        }
    }
}

impl std::iter::Sum for Best {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| sum.plus(one, 1.0))
    }
}

/// Votes about each pair.
pub(super) fn sums(votes: &[PairVote]) -> BTreeMap<u32, Pair> {
    let mut pairs: BTreeMap<u32, Pair> = BTreeMap::new();
    for vote in votes {
        let pair = pairs.entry(vote.pair).or_default();
        pair.votes += 1.0;
        pair.first += vote.first;
    }
    pairs
}

/// Votes of each person.
pub(super) fn by_person(votes: &[PairVote]) -> Vec<Vec<PairVote>> {
    let mut people: BTreeMap<u32, Vec<PairVote>> = BTreeMap::new();
    votes.iter().for_each(|vote| people.entry(vote.person).or_default().push(*vote));
    people.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    fn votes(table: &[(u32, u32, f64)]) -> Vec<PairVote> {
        table.iter().map(|&(person, pair, first)| PairVote { person, pair, first }).collect()
    }

    #[test]
    fn by_hand() {
        // Pair 0: 3 of 4 for the first; pair 1: one of each.
        let list =
            votes(&[(0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0), (3, 0, 0.0), (0, 1, 1.0), (3, 1, 0.0)]);
        let found = single_reward_ceiling(&list).unwrap();
        assert_eq!((found.votes, found.pairs, found.people), (6, 2, 4));
        assert!((found.accuracy.value - 4.0 / 6.0).abs() < 1e-12);
        let floor = (4.0 * entropy(&[0.75, 0.25]) + 2.0 * 2.0_f64.ln()) / 6.0;
        assert!((found.nll.value - floor).abs() < 1e-12);
        // Without 0: 2 of 3 and 1; without 1 or 2: 2 of 3 and 1 of 2; without 3: 3 of 3 and 1.
        let without = [3.0 / 4.0, 3.0 / 5.0, 3.0 / 5.0, 1.0];
        assert!(
            (found.accuracy.corrected - Jackknifed::new(4.0 / 6.0, &without).corrected).abs()
                < 1e-12
        );
        // Others get the three right (each sees 2 of 3), not the fourth; of pair 1 each sees the other.
        assert!((found.held_out - 0.5).abs() < 1e-12, "{found:?}");
        assert!((found.captured(0.6).unwrap() - 0.6).abs() < 1e-12);
        assert!((found.pluralism_gain(0.75) - (0.75 - 4.0 / 6.0)).abs() < 1e-12);
    }

    /// Coins: a ceiling of 1/2, which C1 overstates, and the floor by the jackknife hits.
    #[test]
    fn few_votes_make_the_ceiling_optimistic() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        let mut list = Vec::new();
        for pair in 0..4000 {
            let coin =
                |person| PairVote { person, pair, first: f64::from(rng.random_range(0..2_u8)) };
            list.extend((0..11).map(coin));
        }
        let found = single_reward_ceiling(&list).unwrap();
        // E max(k, 11 - k) / 11 = 0.5 + 0.1230 for a fair coin.
        assert!((found.accuracy.value - 0.6230).abs() < 0.005, "{found:?}");
        assert!((found.held_out - 0.5).abs() < 0.01, "{found:?}");
        assert!((found.accuracy.corrected - found.accuracy.value).abs() < 1e-9, "odd: {found:?}");
        assert!(2.0_f64.ln() - found.nll.value > 0.04, "{found:?}");
        assert!((found.nll.corrected - 2.0_f64.ln()).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn edges() {
        assert!(single_reward_ceiling(&[]).is_err());
        let error = single_reward_ceiling(&votes(&[(0, 0, 1.5)])).unwrap_err().to_string();
        assert_eq!(error, "vote 0: expected a share from 0 to 1, found 1.5");
        let one = single_reward_ceiling(&votes(&[(0, 0, 1.0)])).unwrap();
        assert!(one.accuracy.value == 1.0 && one.accuracy.se.is_nan() && one.held_out == 0.5);
        let ties = single_reward_ceiling(&votes(&[(0, 0, 0.5), (1, 0, 0.5)])).unwrap();
        assert_eq!((ties.accuracy.value, ties.captured(0.7)), (0.5, None));
    }
}
