//! Which transitions a distance is about.

use super::model::TransitionModel;
use super::shape::{TabularError, TabularShape, check_distribution, check_length};

/// Which transitions a distance is about: `D(s, a, s')`, and the states and actions that canonical
/// rewards are averaged over, `D_S` and `D_A`.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageDistribution {
    shape: TabularShape,
    transitions: Vec<f64>,
    states: Vec<f64>,
    actions: Vec<f64>,
}

impl CoverageDistribution {
    /// Checks a distribution.
    ///
    /// # Shapes
    /// `transitions`: `[state][action][next]`; `states`: `[state]`; `actions`: `[action]`.
    ///
    /// # Errors
    /// A length is another, an entry is negative or no number, or one of the three does not sum to 1
    /// within 1e-9.
    pub fn new(
        shape: TabularShape,
        transitions: Vec<f64>,
        states: Vec<f64>,
        actions: Vec<f64>,
    ) -> Result<Self, TabularError> {
        check_length(shape, &transitions)?;
        for (name, expected, list) in
            [("states", shape.states, &states), ("actions", shape.actions, &actions)]
        {
            let found = list.len();
            if found != expected {
                return Err(TabularError::Weights { name, expected, found });
            }
            check_distribution(list, || name.to_owned())?;
        }
        check_distribution(&transitions, || "transitions".to_owned())?;
        Ok(Self { shape, transitions, states, actions })
    }

    /// All transitions alike, whether the world allows them or not: the coverage of most published
    /// tables.
    ///
    /// # Errors
    /// There is no state or no action.
    pub fn uniform(shape: TabularShape) -> Result<Self, TabularError> {
        let count = shape.checked()?;
        let even = |count: usize| vec![1.0 / count as f64; count];
        Self::new(shape, even(count), even(shape.states), even(shape.actions))
    }

    /// Transitions as the world makes them: `D(s, a, s') = D_S(s) D_A(a) T(s' | s, a)`.
    ///
    /// # Errors
    /// As [`CoverageDistribution::new`].
    pub fn along(
        model: &TransitionModel,
        states: Vec<f64>,
        actions: Vec<f64>,
    ) -> Result<Self, TabularError> {
        let shape = model.shape();
        let weight = |(at, probability): (usize, &f64)| {
            let (state, action, _) = shape.place(at);
            let of = |list: &[f64], place: usize| list.get(place).copied().unwrap_or(f64::NAN);
            probability * of(&states, state) * of(&actions, action)
        };
        let transitions = model.probabilities().iter().enumerate().map(weight).collect();
        Self::new(shape, transitions, states, actions)
    }

    /// Of how many states and actions it is.
    pub fn shape(&self) -> TabularShape {
        self.shape
    }

    /// `[state][action][next]`.
    pub(crate) fn transitions(&self) -> &[f64] {
        &self.transitions
    }

    /// `[state]`.
    pub(crate) fn states(&self) -> &[f64] {
        &self.states
    }

    /// `[action]`.
    pub(crate) fn actions(&self) -> &[f64] {
        &self.actions
    }
}
