//! Pairs that one person answered about a set of candidates: are they one order, told as pairs?
//!
//! Whoever orders `k` candidates and writes the order down as `k (k - 1) / 2` pairs makes no cycle;
//! answers given one by one, with any noise, do. Both the doctor and the adapter of rankings ask this,
//! of candidates that they number themselves, so that it stands here and knows no segments.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What was said of some or all pairs out of some candidates, once each.
///
/// ```
/// use medley_feedback::RoundRobin;
/// use std::cmp::Ordering::{Equal, Greater};
/// // 7 before 8, 8 as good as 9, 7 before 9.
/// let told = RoundRobin::new([(7, 8, Greater), (8, 9, Equal), (7, 9, Greater)]);
/// assert_eq!(told.and_then(|told| told.ranks()), Some(vec![1, 2, 2]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundRobin {
    candidates: Vec<usize>,
    answers: BTreeMap<(usize, usize), Ordering>, // the smaller candidate first
}

/// Triples of candidates whose three pairs were all decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Triples {
    /// How many there are.
    pub decided: usize,
    /// Those where a is better than b, b than c, and c than a. A quarter of the decided ones, if
    /// each pair is a flip of a coin (Kendall and Babington Smith 1940).
    pub cyclic: usize,
}

impl RoundRobin {
    /// Pairs of candidates, each with whether the first is better (`Greater`), as good, or worse.
    /// None if a pair is there twice, in either order, or a candidate is paired with itself.
    pub fn new(pairs: impl IntoIterator<Item = (usize, usize, Ordering)>) -> Option<Self> {
        let mut answers = BTreeMap::new();
        for (first, second, said) in pairs {
            let (pair, said) = match first.cmp(&second) {
                Ordering::Less => ((first, second), said),
                Ordering::Equal => return None,
                Ordering::Greater => ((second, first), said.reverse()),
            };
            if answers.insert(pair, said).is_some() {
                return None;
            }
        }
        let candidates: BTreeSet<usize> = answers.keys().flat_map(|&(a, b)| [a, b]).collect();
        Some(Self { candidates: candidates.into_iter().collect(), answers })
    }

    /// All that is in some pair, rising.
    pub fn candidates(&self) -> &[usize] {
        &self.candidates
    }

    /// Number of pairs that were answered.
    pub fn answered(&self) -> usize {
        self.answers.len()
    }

    /// Number of pairs that there are, `k (k - 1) / 2`.
    pub fn pairs(&self) -> usize {
        let k = self.candidates.len();
        k * k.saturating_sub(1) / 2
    }

    /// The decided triples.
    pub fn triples(&self) -> Triples {
        let mut triples = Triples::default();
        for (i, &a) in self.candidates.iter().enumerate() {
            for (j, &b) in self.candidates.iter().enumerate().skip(i + 1) {
                let Some(ab) = self.decided(a, b) else { continue };
                for &c in &self.candidates[j + 1..] {
                    if let (Some(bc), Some(ac)) = (self.decided(b, c), self.decided(a, c)) {
                        triples.decided += 1;
                        triples.cyclic += usize::from(ab == bc && ab != ac);
                    }
                }
            }
        }
        triples
    }

    /// Rank of each candidate, 1 for the best and the same for ties; none if a pair is missing or the
    /// answers are no order with ties: they contradict each other, or a tie is not handed on.
    ///
    /// In an order, wins less losses fall from each rank to the next. So answers are an order just if
    /// all of them are as these scores are.
    pub fn ranks(&self) -> Option<Vec<u32>> {
        if self.answered() < self.pairs() {
            return None;
        }
        let mut scores: BTreeMap<usize, i64> = BTreeMap::new();
        for (&(a, b), &said) in &self.answers {
            let won = said as i64; // 1, 0 or -1
            *scores.entry(a).or_default() += won;
            *scores.entry(b).or_default() -= won;
        }
        if self.answers.iter().any(|((a, b), said)| scores[a].cmp(&scores[b]) != *said) {
            return None;
        }
        let better = |own: i64| scores.values().filter(|&&score| score > own).count() as u32;
        Some(self.candidates.iter().map(|candidate| 1 + better(scores[candidate])).collect())
    }

    /// Which of two is better, the smaller one given first; none for a tie and for a missing pair.
    fn decided(&self, a: usize, b: usize) -> Option<Ordering> {
        self.answers.get(&(a, b)).copied().filter(|said| said.is_ne())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    fn told(pairs: &[(usize, usize, Ordering)]) -> RoundRobin {
        RoundRobin::new(pairs.iter().copied()).unwrap()
    }

    #[test]
    fn an_order_in_any_presentation() {
        // 5 before 2, 2 as good as 9, both before 4.
        let order = told(&[
            (2, 5, Less),
            (9, 2, Equal),
            (4, 2, Less),
            (5, 9, Greater),
            (5, 4, Greater),
            (9, 4, Greater),
        ]);
        assert_eq!(order.candidates(), [2, 4, 5, 9]);
        assert_eq!(order.ranks(), Some(vec![2, 4, 1, 2]));
        assert_eq!((order.answered(), order.pairs()), (6, 6));
        // Of four triples, the tie is in two.
        assert_eq!(order.triples(), Triples { decided: 2, cyclic: 0 });
    }

    #[test]
    fn what_is_no_order_has_no_ranks() {
        let cycle = told(&[(0, 1, Greater), (1, 2, Greater), (0, 2, Less)]);
        assert_eq!((cycle.ranks(), cycle.triples()), (None, Triples { decided: 1, cyclic: 1 }));
        // As good as the next, and better than the one after.
        let steps = told(&[(0, 1, Equal), (1, 2, Equal), (0, 2, Greater)]);
        assert_eq!((steps.ranks(), steps.triples()), (None, Triples::default()));
        let missing = told(&[(0, 1, Greater), (1, 2, Greater)]);
        assert_eq!((missing.ranks(), missing.pairs()), (None, 3));
        assert_eq!(RoundRobin::new([(0, 1, Greater), (1, 0, Less)]), None);
        assert_eq!(RoundRobin::new([(3, 3, Equal)]), None);
    }

    /// Every set of answers about four candidates: those with ranks are the 75 orders with ties, each
    /// once, and no decided triple of theirs is a cycle.
    #[test]
    fn of_all_answers_about_four_the_75_orders_with_ties_have_ranks() {
        let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let mut found = BTreeSet::new();
        let (mut decided, mut cyclic) = (0, 0);
        for code in 0..3_usize.pow(6) {
            let said = |place: u32| [Greater, Equal, Less][code / 3_usize.pow(place) % 3];
            let answers = pairs.iter().zip(0..).map(|(&(a, b), place)| (a, b, said(place)));
            let all = RoundRobin::new(answers).unwrap();
            let triples = all.triples();
            if triples.decided == 4 {
                decided += triples.decided;
                cyclic += triples.cyclic;
            }
            if let Some(ranks) = all.ranks() {
                assert_eq!(triples.cyclic, 0);
                assert!(found.insert(ranks));
            }
        }
        assert_eq!(found.len(), 75);
        // Over all answers without ties, a quarter.
        assert_eq!((decided, cyclic), (4 * 64, 64));
    }
}
