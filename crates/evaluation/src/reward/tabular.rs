//! Which arrays describe a finite world: a reward, its dynamics, and which transitions matter?
//!
//! All are dense, `[state][action][next]` in one vector, since exact distances read every entry. They
//! are checked once, here, so that no measure has to ask again whether a number is finite or a row
//! sums to 1. Nothing here knows how a world is built or solved.

/// How many states and actions a finite world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TabularShape {
    /// States, from 0.
    pub states: usize,
    /// Actions, from 0; the same in every state.
    pub actions: usize,
}

impl TabularShape {
    /// Number of triples of a state, an action and a next state; `None` where no vector holds so many.
    fn triples(self) -> Option<usize> {
        self.states.checked_mul(self.actions)?.checked_mul(self.states)
    }

    fn checked(self) -> Result<usize, TabularError> {
        let TabularShape { states, actions } = self;
        let of = self.triples().filter(|count| *count > 0);
        of.ok_or(TabularError::Shape { states, actions })
    }

    fn row(self, state: usize, action: usize) -> std::ops::Range<usize> {
        let start = (state * self.actions + action) * self.states;
        start..start + self.states
    }

    /// State, action and next state of a position.
    fn place(self, at: usize) -> (usize, usize, usize) {
        let pair = at / self.states;
        (pair / self.actions, pair % self.actions, at % self.states)
    }
}

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
        let shape = model.shape;
        let weight = |(at, probability): (usize, &f64)| {
            let (state, action, _) = shape.place(at);
            let of = |list: &[f64], place: usize| list.get(place).copied().unwrap_or(f64::NAN);
            probability * of(&states, state) * of(&actions, action)
        };
        let transitions = model.probabilities.iter().enumerate().map(weight).collect();
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

/// How far a distribution may be from summing to 1.
const SLACK: f64 = 1e-9;

fn check_length(shape: TabularShape, values: &[f64]) -> Result<(), TabularError> {
    let (expected, found) = (shape.checked()?, values.len());
    let TabularShape { states, actions } = shape;
    if found == expected {
        Ok(())
    } else {
        Err(TabularError::Length { states, actions, expected, found })
    }
}

fn check_distribution(list: &[f64], name: impl Fn() -> String) -> Result<(), TabularError> {
    if let Some(index) = list.iter().position(|p| !(p.is_finite() && *p >= 0.0)) {
        return Err(TabularError::Probability { name: name(), index, value: list[index] });
    }
    let sum: f64 = list.iter().sum();
    if (sum - 1.0).abs() > SLACK {
        return Err(TabularError::Sum { name: name(), sum });
    }
    Ok(())
}

/// Why arrays describe no world.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TabularError {
    /// No world has so many states and actions.
    #[error("no array holds the transitions of {states} states and {actions} actions")]
    Shape {
        /// Given.
        states: usize,
        /// Given.
        actions: usize,
    },
    /// Entries are missing, or there are too many.
    #[error(
        "{states} states and {actions} actions have {expected} triples (state, action, next state), found {found} numbers"
    )]
    Length {
        /// Given.
        states: usize,
        /// Given.
        actions: usize,
        /// Triples.
        expected: usize,
        /// Numbers.
        found: usize,
    },
    /// The weights of states or actions are too few or too many.
    #[error("there are {expected} {name}, found {found} weights")]
    Weights {
        /// `states` or `actions`.
        name: &'static str,
        /// As many as there are.
        expected: usize,
        /// Weights.
        found: usize,
    },
    /// A reward is NaN or infinite.
    #[error("the reward of state {state}, action {action}, next state {next} is {value}")]
    Reward {
        /// From 0.
        state: usize,
        /// From 0.
        action: usize,
        /// From 0.
        next: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A probability is negative, NaN or infinite.
    #[error("{name}: probability {index} is {value}")]
    Probability {
        /// Of what.
        name: String,
        /// From 0.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// Probabilities do not sum to 1.
    #[error("{name}: the probabilities sum to {sum}, not to 1")]
    Sum {
        /// Of what.
        name: String,
        /// What they come to.
        sum: f64,
    },
}

#[cfg(test)]
#[path = "tabular_tests.rs"]
mod tests;
