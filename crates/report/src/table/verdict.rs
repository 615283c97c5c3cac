//! What do both directions of a pair of sources say together?

use crate::mix::distinct;
use crate::{AgreementMatrix, Sign};

/// Two sources, and what the reward of each says about the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    pub first: String,
    pub second: String,
    /// The reward of `first`, judged on `second`.
    pub forth: Sign,
    /// The reward of `second`, judged on `first`.
    pub back: Sign,
}

/// What holds of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Each predicts the other.
    Agree,
    /// Each predicts the reverse of the other.
    Oppose,
    /// One predicts the other or its reverse, and nothing is known of the way back.
    OneWay,
    /// One predicts the other, which predicts the reverse of the one.
    Crossed,
    /// Neither direction is known.
    Open,
}

impl Pair {
    pub fn verdict(&self) -> Verdict {
        match (self.forth, self.back) {
            (Sign::Positive, Sign::Positive) => Verdict::Agree,
            (Sign::Negative, Sign::Negative) => Verdict::Oppose,
            (Sign::Open, Sign::Open) => Verdict::Open,
            (Sign::Open, _) | (_, Sign::Open) => Verdict::OneWay,
            (Sign::Positive, Sign::Negative) | (Sign::Negative, Sign::Positive) => Verdict::Crossed,
        }
    }
}

/// The pairs of two different sources that have a cell in some direction.
pub(crate) fn pairs(matrix: &AgreementMatrix) -> Vec<Pair> {
    let names = distinct(matrix.trained_on.iter().chain(&matrix.sources));
    let sign = |of: &str, on: &str| matrix.cell(of, on).map(|cell| cell.sign());
    let pair = |first: &String, second: &String| {
        let (forth, back) = (sign(first, second), sign(second, first));
        (forth.is_some() || back.is_some()).then(|| Pair {
            first: first.clone(),
            second: second.clone(),
            forth: forth.unwrap_or(Sign::Open),
            back: back.unwrap_or(Sign::Open),
        })
    };
    let later = |(place, first): (usize, &String)| {
        let seconds = names[place + 1..].iter();
        seconds.filter_map(|second| pair(first, second)).collect::<Vec<_>>()
    };
    names.iter().enumerate().flat_map(later).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement_matrix::matrices;
    use crate::sample::agreement;
    use crate::{AgreementRow, aggregate_agreement};

    fn pairs_of(rows: &[AgreementRow]) -> Vec<Pair> {
        let matrices = matrices(&aggregate_agreement(rows).unwrap());
        pairs(&matrices[0])
    }

    /// The pair of a and b under these values; the interval of each is [-0.05, +0.04] around it.
    fn verdict(forth: f64, back: f64) -> Verdict {
        let rows = [agreement("a", 0, "b", forth), agreement("b", 0, "a", back)];
        let pairs = pairs_of(&rows);
        let [pair] = pairs.as_slice() else { panic!("{pairs:?}") };
        pair.verdict()
    }

    #[test]
    fn both_directions_count() {
        assert_eq!(verdict(0.2, 0.3), Verdict::Agree);
        assert_eq!(verdict(-0.2, -0.3), Verdict::Oppose);
        assert_eq!(verdict(0.2, 0.01), Verdict::OneWay);
        assert_eq!(verdict(0.01, -0.2), Verdict::OneWay);
        assert_eq!(verdict(0.2, -0.2), Verdict::Crossed);
        assert_eq!(verdict(-0.01, 0.01), Verdict::Open);
    }

    #[test]
    fn a_direction_without_a_row_is_open() {
        let rows =
            [agreement("a", 0, "a", 0.3), agreement("a", 0, "b", 0.3), agreement("a", 0, "c", 0.3)];
        let pairs = pairs_of(&rows);
        let ends: Vec<[&str; 2]> =
            pairs.iter().map(|pair| [pair.first.as_str(), pair.second.as_str()]).collect();
        assert_eq!(ends, [["a", "b"], ["a", "c"]], "of b and c no reward was judged on the other");
        assert!(pairs.iter().all(|pair| pair.verdict() == Verdict::OneWay));
    }
}
