//! A comparison as the checks see it: which of two contents it is for.

use crate::said::Said;
use medley_dataset::PersonIndex;
use medley_feedback::Comparison;

/// The side of a pair that an answer is for. Sides are in the order of the segments' content, not
/// of presentation, so answers to a swapped pair can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The segment whose content comes first in the dataset.
    Lower,
    /// No side has the most votes.
    Undecided,
    /// The other one.
    Upper,
}

/// A comparison as the checks see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// Position of the segment shown first.
    pub first: usize,
    /// Position of the segment shown second.
    pub second: usize,
    /// The contents of the two, the smaller first; equal where the two sides are identical.
    pub pair: (u32, u32),
    /// Whether the side shown first is the lower content, or the two are identical.
    pub first_is_lower: bool,
    /// Shares of votes for the lower content, a tie, and the upper content.
    pub shares: [f64; 3],
    /// Which side has the most votes.
    pub outcome: Outcome,
    /// Whether that is the side shown first; none if undecided.
    pub first_wins: Option<bool>,
    /// Whose it is, among the people of the dataset.
    pub annotator: Option<PersonIndex>,
}

impl Answer {
    /// Positions of the segments shown first and second.
    pub fn sides(&self) -> [usize; 2] {
        [self.first, self.second]
    }

    /// Shares of votes for the side shown first, a tie, and the side shown second.
    pub fn distribution(&self) -> [f64; 3] {
        let [lower, tie, upper] = self.shares;
        if self.first_is_lower { [lower, tie, upper] } else { [upper, tie, lower] }
    }
}

/// What the checks ask of a comparison, of which `contents` has the content of each segment.
pub(crate) fn answer(record: &Comparison, said: Said<'_>, contents: &[u32]) -> Answer {
    let &[first, second] = said.segments else { panic!("a comparison is of two segments") };
    let (first, second) = (first as usize, second as usize);
    let [for_first, tie, for_second] = record.distribution();
    let (a, b) = (contents[first], contents[second]);
    let first_is_lower = a <= b;
    let (pair, shares) = match first_is_lower {
        true => ((a, b), [for_first, tie, for_second]),
        false => ((b, a), [for_second, tie, for_first]),
    };
    let outcome = outcome(shares);
    let first_wins = match outcome {
        Outcome::Undecided => None,
        Outcome::Lower => Some(first_is_lower),
        Outcome::Upper => Some(!first_is_lower),
    };
    let annotator = said.person;
    Answer { first, second, pair, first_is_lower, shares, outcome, first_wins, annotator }
}

/// The side with more votes than the other and than the tie, as `decided-accuracy` has it.
fn outcome([lower, tie, upper]: [f64; 3]) -> Outcome {
    if lower > tie && lower > upper {
        Outcome::Lower
    } else if upper > tie && upper > lower {
        Outcome::Upper
    } else {
        Outcome::Undecided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_share_decides() {
        let check = |shares, expect| assert_eq!(outcome(shares), expect, "{shares:?}");
        check([1.0, 0.0, 0.0], Outcome::Lower);
        check([0.2, 0.3, 0.5], Outcome::Upper);
        check([0.5, 0.0, 0.5], Outcome::Undecided);
        check([0.3, 0.4, 0.3], Outcome::Undecided);
        check([0.4, 0.4, 0.2], Outcome::Undecided);
    }
}
