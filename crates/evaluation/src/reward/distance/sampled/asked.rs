//! What is a reward asked, and are its answers numbers?

use std::collections::BTreeSet;

use crate::reward::distance::standardized::{RewardDistanceError, Which};

/// A step of a world, by row numbers in the caller's tables of states and actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabularTransition {
    /// Before.
    pub state: usize,
    /// What was done.
    pub action: usize,
    /// After.
    pub next: usize,
}

/// A reward whose answers are checked.
pub(super) struct Asked<R> {
    which: Which,
    reward: R,
    /// The largest absolute value so far.
    pub largest: f64,
}

impl<R: FnMut(&[TabularTransition]) -> Vec<f64>> Asked<R> {
    pub fn new(which: Which, reward: R) -> Self {
        Self { which, reward, largest: 0.0 }
    }

    pub fn of(&mut self, batch: &[TabularTransition]) -> Result<Vec<f64>, SampleError> {
        let values = (self.reward)(batch);
        let which = self.which;
        if values.len() != batch.len() {
            let (expected, found) = (batch.len(), values.len());
            return Err(SampleError::Answers { which, expected, found });
        }
        for (&transition, &value) in batch.iter().zip(&values) {
            if !value.is_finite() {
                return Err(SampleError::Reward { which, transition, value });
            }
            self.largest = self.largest.max(value.abs());
        }
        Ok(values)
    }
}

/// Every state that transitions name, rising.
pub(super) fn named(transitions: &[TabularTransition]) -> BTreeSet<usize> {
    transitions.iter().flat_map(|of| [of.state, of.next]).collect()
}

pub(super) fn even(count: usize) -> Vec<f64> {
    vec![1.0 / count as f64; count]
}

pub(super) fn check_count(
    name: &'static str,
    least: usize,
    found: usize,
) -> Result<(), SampleError> {
    if found < least { Err(SampleError::TooFew { name, least, found }) } else { Ok(()) }
}

/// Why samples give no distance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// Not enough was drawn.
    #[error("a distance needs at least {least} {name}, found {found}")]
    TooFew {
        /// What was drawn.
        name: &'static str,
        /// Needed.
        least: usize,
        /// Found.
        found: usize,
    },
    /// A state has no draws of what follows it.
    #[error(
        "state {state} has {found} successors, and there are {expected} actions: one draw for each"
    )]
    Successors {
        /// Its number.
        state: usize,
        /// Actions drawn.
        expected: usize,
        /// Successors.
        found: usize,
    },
    /// A pair has nothing to compare.
    #[error("pair {pair} lacks rollouts after its action or after its state")]
    NoRollout {
        /// From 0.
        pair: usize,
    },
    /// A reward answered for another batch.
    #[error("the {which} reward gave {found} values for {expected} transitions")]
    Answers {
        /// Which reward.
        which: Which,
        /// Transitions.
        expected: usize,
        /// Values.
        found: usize,
    },
    /// A reward is NaN or infinite.
    #[error(
        "the {which} reward of state {}, action {}, next state {} is {value}",
        transition.state, transition.action, transition.next
    )]
    Reward {
        /// Which reward.
        which: Which,
        /// Where.
        transition: TabularTransition,
        /// NaN or an infinity.
        value: f64,
    },
    /// The two have no distance.
    #[error(transparent)]
    Distance(#[from] RewardDistanceError),
}
