//! A ranking while it is made: what is left, and what has come before.

use super::options::TiedRanks;
use super::stages::Stage;
use crate::{Origin, Reply};

/// An order of some segments, begun at its best end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Making {
    /// Places in the question of what is left, in the order of its segments.
    pub left: Vec<usize>,
    segments: Vec<usize>, // by place
    ranks: Vec<u32>,      // by place, 0 for what is left
    next: u32,
    broken_off: bool,
}

impl Making {
    pub fn new(origin: &Origin) -> Self {
        let segments: Vec<usize> = origin.segments.iter().map(|&s| s as usize).collect();
        let mut left: Vec<usize> = (0..segments.len()).collect();
        left.sort_by_key(|&place| segments[place]);
        let ranks = vec![0; segments.len()];
        Self { left, segments, ranks, next: 1, broken_off: false }
    }

    /// Whether something is to be chosen: of one that is left nothing is.
    pub fn is_open(&self) -> bool {
        self.left.len() > 1 && !self.broken_off
    }

    /// The next stage, as if the first of its options were chosen.
    pub fn stage(&self, number: usize) -> Stage {
        let options = self.left.iter().map(|&place| self.segments[place]).collect();
        Stage { options, chosen: vec![0], number, last: self.left.len() == 2 }
    }

    /// Places in the question of what is left, by option.
    pub fn places(&self) -> Vec<usize> {
        self.left.clone()
    }

    /// Takes what is chosen; a ranking of which a stage is not answered is broken off.
    pub fn take(&mut self, reply: Reply, ties: TiedRanks) {
        let Reply::Outcome(outcome) = reply else {
            self.broken_off = true;
            return;
        };
        let is_chosen = |option: usize| match ties {
            TiedRanks::UnobservedOrder => option == outcome,
            TiedRanks::DavidsonLuce => (outcome + 1) >> option & 1 == 1,
        };
        let mut rest = Vec::new();
        for (option, &place) in self.left.iter().enumerate() {
            if is_chosen(option) {
                self.ranks[place] = self.next;
            } else {
                rest.push(place);
            }
        }
        self.left = rest;
        self.next += 1;
    }

    /// The whole order; none if it was broken off.
    pub fn ranks(&self) -> Option<Vec<u32>> {
        let last = self.next;
        let rank = |&rank: &u32| if rank == 0 { last } else { rank };
        (!self.broken_off).then(|| self.ranks.iter().map(rank).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_feedback::Role;

    fn making(segments: &[u32]) -> Making {
        Making::new(&Origin {
            record: 0,
            clusters: vec![0],
            person: None,
            segments: segments.to_vec(),
            question: None,
            seconds: None,
            part: None,
            role: Role::Evidence,
        })
    }

    #[test]
    fn an_order_is_made_from_its_best_end() {
        let mut one = making(&[7, 3, 5]);
        assert_eq!(one.stage(0).options, [3, 5, 7]);
        assert_eq!(one.places(), [1, 2, 0]);
        one.take(Reply::Outcome(1), TiedRanks::UnobservedOrder); // 5
        assert_eq!(one.stage(1).options, [3, 7]);
        one.take(Reply::Outcome(1), TiedRanks::UnobservedOrder); // 7
        assert!(!one.is_open());
        assert_eq!(one.ranks(), Some(vec![2, 3, 1]));
    }

    #[test]
    fn sets_are_tied_and_what_is_not_answered_is_no_order() {
        let mut one = making(&[7, 3, 5]);
        one.take(Reply::Outcome(4), TiedRanks::DavidsonLuce); // bits of 5: options 0 and 2
        assert_eq!(one.ranks(), Some(vec![1, 1, 2]));
        let mut all = making(&[1, 2]);
        all.take(Reply::Outcome(2), TiedRanks::DavidsonLuce);
        assert_eq!(all.ranks(), Some(vec![1, 1]));
        let mut none = making(&[1, 2, 3]);
        none.take(Reply::Unanswered, TiedRanks::DavidsonLuce);
        assert!(!none.is_open() && none.ranks().is_none());
    }
}
