//! A reward as an array.

use super::shape::{TabularError, TabularShape, check_length};

/// A reward `R(s, a, s')`, every entry a number.
#[derive(Clone, Debug, PartialEq)]
pub struct TabularReward {
    shape: TabularShape,
    values: Vec<f64>,
}

impl TabularReward {
    /// Checks a reward.
    ///
    /// # Shapes
    /// `values`: `[state][action][next]`.
    ///
    /// # Errors
    /// There is no state or no action, the length is another, or an entry is NaN or infinite.
    pub fn new(shape: TabularShape, values: Vec<f64>) -> Result<Self, TabularError> {
        check_length(shape, &values)?;
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (state, action, next) = shape.place(at);
            return Err(TabularError::Reward { state, action, next, value: values[at] });
        }
        Ok(Self { shape, values })
    }

    /// The reward that `of(state, action, next)` is.
    ///
    /// ```
    /// use medley_evaluation::{TabularReward, TabularShape};
    /// let shape = TabularShape { states: 3, actions: 2 };
    /// let goal = TabularReward::from_fn(shape, |_, _, next| f64::from(u8::from(next == 2))).unwrap();
    /// assert_eq!(goal.at(0, 1, 2), 1.0);
    /// ```
    ///
    /// # Errors
    /// As [`TabularReward::new`].
    pub fn from_fn(
        shape: TabularShape,
        of: impl Fn(usize, usize, usize) -> f64,
    ) -> Result<Self, TabularError> {
        let places = (0..shape.checked()?).map(|at| shape.place(at));
        Self::new(shape, places.map(|(state, action, next)| of(state, action, next)).collect())
    }

    /// A reward of the state alone, paid on leaving it, whatever the action.
    ///
    /// # Errors
    /// As [`TabularReward::new`].
    pub fn of_states(actions: usize, values: &[f64]) -> Result<Self, TabularError> {
        let shape = TabularShape { states: values.len(), actions };
        Self::from_fn(shape, |state, _, _| values[state])
    }

    /// Of how many states and actions it is.
    pub fn shape(&self) -> TabularShape {
        self.shape
    }

    /// `R(s, a, s')`.
    ///
    /// # Panics
    /// Where there is no such state or action.
    pub fn at(&self, state: usize, action: usize, next: usize) -> f64 {
        self.row(state, action)[next]
    }

    /// `[next]`.
    pub(crate) fn row(&self, state: usize, action: usize) -> &[f64] {
        &self.values[self.shape.row(state, action)]
    }

    /// The largest of all absolute values.
    pub(crate) fn largest(&self) -> f64 {
        self.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()))
    }
}
