//! Which numbers of states and actions fit an array, and which arrays hold probabilities?

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

    pub(super) fn checked(self) -> Result<usize, TabularError> {
        let TabularShape { states, actions } = self;
        let of = self.triples().filter(|count| *count > 0);
        of.ok_or(TabularError::Shape { states, actions })
    }

    pub(super) fn row(self, state: usize, action: usize) -> std::ops::Range<usize> {
        let start = (state * self.actions + action) * self.states;
        start..start + self.states
    }

    /// State, action and next state of a position.
    pub(super) fn place(self, at: usize) -> (usize, usize, usize) {
        let pair = at / self.states;
        (pair / self.actions, pair % self.actions, at % self.states)
    }
}

/// How far a distribution may be from summing to 1.
const SLACK: f64 = 1e-9;

pub(super) fn check_length(shape: TabularShape, values: &[f64]) -> Result<(), TabularError> {
    let (expected, found) = (shape.checked()?, values.len());
    let TabularShape { states, actions } = shape;
    if found == expected {
        Ok(())
    } else {
        Err(TabularError::Length { states, actions, expected, found })
    }
}

pub(super) fn check_distribution(
    list: &[f64],
    name: impl Fn() -> String,
) -> Result<(), TabularError> {
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
