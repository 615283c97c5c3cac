//! A question that could be asked, in numbers.

use crate::Predicted;
use std::collections::BTreeSet;

/// A question that could be asked: a record that somebody could be asked to make.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Number of its source, which is of one kind.
    pub source: usize,
    /// Seconds that an answer is expected to take, from what those before it took; none if that is not
    /// known. How long this one takes shows when it is given.
    pub seconds: Option<f64>,
    /// Probability that it is answered at all, in (0, 1].
    pub answered: f64,
    /// Segments that it is about; none where they follow from the answer.
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
    /// What came of each source so far, by its number.
    pub kinds: &'a [Kind],
    /// How many are asked at once, at least one.
    pub batch: usize,
    /// What is left to ask with.
    pub left: Left,
}

impl Pool<'_> {
    /// Whether these may be asked, by their positions: what [`Strategy::choose`](crate::Strategy::choose)
    /// promises but for segments.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self, chosen: &[usize]) -> Result<(), String> {
        let (count, batch) = (self.questions.len(), self.batch);
        let distinct: BTreeSet<usize> = chosen.iter().copied().collect();
        let last = distinct.last().copied().unwrap_or(0);
        if chosen.is_empty() {
            return Err("it chose none of the questions that can be afforded".to_owned());
        }
        if last >= count {
            return Err(format!("it chose question {last} of {count}, which are counted from 0"));
        }
        if distinct.len() < chosen.len() {
            return Err("it chose a question twice".to_owned());
        }
        if chosen.len() > batch {
            return Err(format!("it chose {} questions for a batch of {batch}", chosen.len()));
        }
        let mut questions = chosen.iter().map(|&at| &self.questions[at]);
        let left = questions.try_fold(self.left, |left, question| left.after(question));
        match left {
            Some(_) => Ok(()),
            None => Err("it chose more than can be afforded".to_owned()),
        }
    }
}

/// What came of the questions of a source so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kind {
    /// How many were asked.
    pub asked: usize,
    /// Of these, how many were answered.
    pub answered: usize,
    /// Mean negative log-likelihood of a statement of the answers under the model, in nats: of
    /// probabilities, so that it has no unit and is never below 0. None if there is no answer, or nobody
    /// asks.
    pub surprise: Option<f64>,
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
    /// What is expected to be left after this question; none if it cannot be afforded.
    pub fn after(self, question: &Question) -> Option<Self> {
        self.spend(question.seconds)
    }

    /// What is left after a question that takes so many seconds; none if it cannot be afforded. Seconds
    /// that are not known cannot.
    pub fn spend(self, seconds: Option<f64>) -> Option<Self> {
        match self {
            Self::Seconds(left) => {
                let rest = left - seconds?;
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
    use crate::fixture::{pool, question};

    #[test]
    fn what_a_strategy_may_not_choose_is_told() {
        let questions = [10.0, 10.0, 50.0].map(|seconds| question(0, seconds, &[0.5]));
        let pool = Pool { left: Left::Seconds(60.0), ..pool(&questions, 2) };
        let check = |chosen: &[usize], expect: &str| {
            let found = pool.check(chosen).map_or_else(|problem| problem, |()| "fine".to_owned());
            assert!(found.contains(expect), "{chosen:?}: {found}");
        };
        check(&[0, 2], "fine");
        check(&[], "none of the questions");
        check(&[3, 0], "question 3 of 3");
        check(&[1, 1], "twice");
        check(&[0, 1, 2], "3 questions for a batch of 2");
        let pool = Pool { left: Left::Seconds(30.0), ..pool };
        assert!(pool.check(&[0, 2]).unwrap_err().contains("more than can be afforded"));
    }

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
