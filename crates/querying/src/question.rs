//! A question that could be asked, in numbers.

use crate::Predicted;

/// A question that could be asked: a record that somebody could be asked to make.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Number of its source, which is of one kind.
    pub source: usize,
    /// Seconds that an answer takes; none if that is not known.
    pub seconds: Option<f64>,
    /// Probability that it is answered at all, in (0, 1].
    pub answered: f64,
    /// Segments that it is about.
    pub segments: Vec<u32>,
    /// What it is about, as features; empty if nobody asks.
    pub features: Vec<f64>,
    /// Predictions of its statements: a review of an answer has one for each sentence. Empty if
    /// nobody asks.
    pub parts: Vec<Predicted>,
}

/// What can be asked next.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// Questions that were not asked yet.
    pub questions: &'a [Question],
    /// Features of those that were.
    pub asked: &'a [Vec<f64>],
    /// How many are asked at once, at least one.
    pub batch: usize,
    /// What is left to ask with.
    pub left: Left,
}

/// What is left to ask with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Left {
    /// So many seconds of people's time.
    Seconds(f64),
    /// So many questions, however long they take.
    Questions(usize),
}

impl Left {
    /// What is left after this question; none if it cannot be afforded. Seconds that are not known
    /// cannot.
    pub fn after(self, question: &Question) -> Option<Self> {
        match self {
            Self::Seconds(left) => {
                let rest = left - question.seconds?;
                // A budget that is a sum of costs is not missed by rounding.
                (rest >= -1e-9 * left.abs()).then_some(Self::Seconds(rest.max(0.0)))
            }
            Self::Questions(left) => left.checked_sub(1).map(Self::Questions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted_in_its_own_unit() {
        let long = Question { seconds: Some(30.0), ..Question::default() };
        let unknown = Question::default();
        assert_eq!(Left::Seconds(40.0).after(&long), Some(Left::Seconds(10.0)));
        assert_eq!(Left::Seconds(20.0).after(&long), None);
        assert_eq!(Left::Seconds(20.0).after(&unknown), None);
        assert_eq!(Left::Questions(1).after(&unknown), Some(Left::Questions(0)));
        assert_eq!(Left::Questions(0).after(&long), None);
        // 0.1 + 0.2 seconds are enough for 0.1 and 0.2.
        let of = |seconds| Question { seconds: Some(seconds), ..Question::default() };
        let rest = Left::Seconds(0.3).after(&of(0.1)).and_then(|left| left.after(&of(0.2)));
        assert!(rest.is_some());
    }
}
