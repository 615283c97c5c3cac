//! The dynamics of a world as an array.

use super::shape::{TabularError, TabularShape, check_distribution, check_length};

/// How likely each next state is, `T(s' | s, a)`.
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionModel {
    shape: TabularShape,
    probabilities: Vec<f64>,
}

impl TransitionModel {
    /// Checks the dynamics of a world. A state that ends an episode is one that leads to itself.
    ///
    /// # Shapes
    /// `probabilities`: `[state][action][next]`.
    ///
    /// # Errors
    /// The length is another, an entry is negative or no number, or the next states of a state and an
    /// action do not sum to 1 within 1e-9.
    pub fn new(shape: TabularShape, probabilities: Vec<f64>) -> Result<Self, TabularError> {
        check_length(shape, &probabilities)?;
        for (pair, row) in probabilities.chunks_exact(shape.states).enumerate() {
            let (state, action) = (pair / shape.actions, pair % shape.actions);
            let name = || format!("next states of state {state} under action {action}");
            check_distribution(row, name)?;
        }
        Ok(Self { shape, probabilities })
    }

    /// The dynamics in which `next(state, action)` follows for sure.
    ///
    /// # Errors
    /// As [`TransitionModel::new`]; a next state beyond `shape.states` leaves a row that sums to 0.
    pub fn deterministic(
        shape: TabularShape,
        next: impl Fn(usize, usize) -> usize,
    ) -> Result<Self, TabularError> {
        let places = (0..shape.checked()?).map(|at| shape.place(at));
        let of = |(state, action, to)| f64::from(u8::from(next(state, action) == to));
        Self::new(shape, places.map(of).collect())
    }

    /// `[state][action][next]`.
    pub(super) fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Of how many states and actions it is.
    pub fn shape(&self) -> TabularShape {
        self.shape
    }

    /// The next states that are possible, with their probabilities.
    pub(crate) fn successors(
        &self,
        state: usize,
        action: usize,
    ) -> impl Iterator<Item = (usize, f64)> {
        let row = &self.probabilities[self.shape.row(state, action)];
        row.iter().copied().enumerate().filter(|(_, probability)| *probability > 0.0)
    }

    /// `E[values(S')]` for `S'` after a state and an action.
    pub(crate) fn mean_after(&self, state: usize, action: usize, values: &[f64]) -> f64 {
        self.successors(state, action).map(|(next, probability)| probability * values[next]).sum()
    }
}
