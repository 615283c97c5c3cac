//! What can be done in a world?

use crate::WorldError;
use std::fmt;

/// The set of actions of a world.
#[derive(Clone, Debug, PartialEq)]
pub enum Actions {
    /// So many, by their numbers from 0.
    Discrete(usize),
    /// A vector; each number has bounds of its own, both within.
    Continuous {
        /// Lowest values, `[width]`.
        low: Vec<f64>,
        /// Highest values, `[width]`.
        high: Vec<f64>,
    },
}

/// One action, borrowed, so that a step allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action<'a> {
    /// By its number.
    Discrete(usize),
    /// A vector, `[width]`.
    Continuous(&'a [f64]),
}

impl Actions {
    /// Numbers that an action is stored as: 1 for its number, else those of the vector.
    pub fn width(&self) -> usize {
        match self {
            Self::Discrete(_) => 1,
            Self::Continuous { low, .. } => low.len(),
        }
    }

    /// Columns that an action takes in features: one for each discrete action (one of them is 1),
    /// else those of the vector.
    pub fn feature_width(&self) -> usize {
        match self {
            Self::Discrete(count) => *count,
            Self::Continuous { low, .. } => low.len(),
        }
    }

    /// The action that was stored as these numbers ([`Action::store`]).
    pub fn load<'a>(&self, stored: &'a [f64]) -> Action<'a> {
        match self {
            Self::Discrete(_) => Action::Discrete(stored[0] as usize),
            Self::Continuous { .. } => Action::Continuous(stored),
        }
    }

    /// Refuses an action of another kind, a number beyond the set, a vector of another width and
    /// numbers that are not finite. A finite number beyond its bounds is let through: worlds clip
    /// it, as Gymnasium's do.
    ///
    /// # Errors
    /// [`WorldError::Action`] in these cases.
    pub fn check(&self, action: Action<'_>) -> Result<(), WorldError> {
        let fits = match (self, action) {
            (Self::Discrete(count), Action::Discrete(number)) => number < *count,
            (Self::Continuous { low, .. }, Action::Continuous(values)) => {
                values.len() == low.len() && values.iter().all(|value| value.is_finite())
            }
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => {
                Err(WorldError::Action { expected: self.to_string(), found: action.to_string() })
            }
        }
    }
}

impl Action<'_> {
    /// Writes the action as numbers, [`Actions::width`] of them.
    pub fn store(&self, into: &mut [f64]) {
        match self {
            Self::Discrete(number) => into[0] = *number as f64,
            Self::Continuous(values) => into.copy_from_slice(values),
        }
    }

    /// Writes what a model reads of the action, [`Actions::feature_width`] numbers.
    pub fn encode(&self, into: &mut [f32]) {
        match self {
            Self::Discrete(number) => {
                into.fill(0.0);
                into[*number] = 1.0;
            }
            Self::Continuous(values) => {
                into.iter_mut().zip(*values).for_each(|(into, value)| *into = *value as f32);
            }
        }
    }
}

impl fmt::Display for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discrete(count) => write!(f, "one of {count} actions, from 0"),
            Self::Continuous { low, .. } => write!(f, "{} finite numbers", low.len()),
        }
    }
}

impl fmt::Display for Action<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discrete(number) => write!(f, "action {number}"),
            Self::Continuous(values) => write!(f, "the numbers {values:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(actions: &Actions, action: Action<'_>, expect: Option<&str>) {
        let found = actions.check(action).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), expect);
    }

    #[test]
    fn what_is_no_action_is_refused() {
        let discrete = Actions::Discrete(3);
        let torque = Actions::Continuous { low: vec![-2.0], high: vec![2.0] };
        check(&discrete, Action::Discrete(2), None);
        check(&torque, Action::Continuous(&[9.0]), None);
        let one_of = "expected one of 3 actions, from 0, found ";
        check(&discrete, Action::Discrete(3), Some(&format!("{one_of}action 3")));
        check(&discrete, Action::Continuous(&[1.0]), Some(&format!("{one_of}the numbers [1.0]")));
        let number = "expected 1 finite numbers, found ";
        check(&torque, Action::Discrete(0), Some(&format!("{number}action 0")));
        check(&torque, Action::Continuous(&[]), Some(&format!("{number}the numbers []")));
        check(
            &torque,
            Action::Continuous(&[f64::NAN]),
            Some(&format!("{number}the numbers [NaN]")),
        );
    }

    #[test]
    fn a_stored_action_is_loaded_again() {
        let torque = Actions::Continuous { low: vec![-2.0], high: vec![2.0] };
        for (actions, action) in
            [(Actions::Discrete(3), Action::Discrete(2)), (torque, Action::Continuous(&[0.1]))]
        {
            let mut stored = vec![0.0; actions.width()];
            action.store(&mut stored);
            assert_eq!(actions.load(&stored), action);
        }
    }

    #[test]
    fn a_discrete_action_is_a_column() {
        let mut columns = [9.0; 3];
        Action::Discrete(1).encode(&mut columns);
        assert_eq!(columns, [0.0, 1.0, 0.0]);
    }
}
