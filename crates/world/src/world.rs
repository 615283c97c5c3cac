//! What is a world?

use crate::{Action, Actions, Mdp, WorldError};
use medley_toml_file::Problem;
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// A world whose reward is known. Named in TOML, externally tagged: `world.grid = { preset = "trap" }`.
///
/// It holds its rules only and never changes. The state is a slice of numbers that the caller
/// keeps: to save or restore it is to copy it, and many worlds side by side are the rows of a
/// matrix. A world knows nothing of time limits: whoever collects episodes cuts them off
/// ([`World::steps`] says where it is usual to) and keeps that apart from an end by the world.
///
/// A state is one that [`World::reset`] or [`World::step`] wrote, or a copy: what is done with other
/// numbers is not defined, and a number of a state beyond a table panics, as an index does.
///
/// Randomness comes from the `rng` alone. Deterministic worlds draw nothing from it in a step.
#[typetag::serde]
pub trait World: Debug + Send + Sync {
    /// What it is, in one line.
    fn summary(&self) -> &'static str;

    /// How many numbers a state has.
    fn state_width(&self) -> usize;

    /// Names of what whoever acts sees, in the order of [`World::observe`].
    fn observation_names(&self) -> Vec<String>;

    /// Writes what is seen of a state, one number for each name.
    fn observe(&self, state: &[f64], into: &mut [f32]);

    /// The set of actions.
    fn actions(&self) -> Actions;

    /// Draws a first state, `[state_width]`.
    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]);

    /// Moves the state on. Numbers of a continuous action beyond their bounds are clipped.
    ///
    /// # Errors
    /// [`WorldError::Action`]: an action that is none of the world's ([`Actions::check`]). The
    /// state is as it was.
    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError>;

    /// After how many steps it is usual to cut an episode off; none if there is no such number.
    fn steps(&self) -> Option<u32>;

    /// Names of the features of a step, in the order of [`World::features`]. Unless a world says
    /// otherwise: what is seen before the step, then the action (`action` for a number, one column
    /// for each discrete one).
    fn feature_names(&self) -> Vec<String> {
        let mut names = self.observation_names();
        names.extend(action_names(&self.actions()));
        names
    }

    /// Writes what a reward model reads of a step: from the state before it and the action.
    fn features(&self, state: &[f64], action: Action<'_>, into: &mut [f32]) {
        let columns = match action {
            Action::Discrete(_) => self.actions().feature_width(),
            Action::Continuous(values) => values.len(),
        };
        let (seen, acted) = into.split_at_mut(into.len() - columns);
        self.observe(state, seen);
        action.encode(acted);
    }

    /// The world as a table, where it is one. Its state is then one number, that of the state in the
    /// table.
    fn mdp(&self) -> Option<Mdp> {
        None
    }

    /// Refuses rules that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The true reward.
    pub reward: f64,
    /// Whether the world ended the episode. What follows is worth nothing, where an episode that
    /// was only cut off would have gone on: learners must not confuse the two.
    pub terminated: bool,
}

/// Names of the columns of an action.
pub(crate) fn action_names(actions: &Actions) -> Vec<String> {
    match actions {
        Actions::Discrete(count) => (0..*count).map(|number| format!("action-{number}")).collect(),
        Actions::Continuous { low, .. } if low.len() == 1 => vec!["action".to_owned()],
        Actions::Continuous { low, .. } => {
            (0..low.len()).map(|place| format!("action-{place}")).collect()
        }
    }
}

/// Names as they are kept.
pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The number of a discrete action of a world with `count` of them.
pub(crate) fn discrete(action: Action<'_>, count: usize) -> Result<usize, WorldError> {
    match action {
        Action::Discrete(number) if number < count => Ok(number),
        other => Err(WorldError::Action {
            expected: Actions::Discrete(count).to_string(),
            found: other.to_string(),
        }),
    }
}

/// The numbers of a continuous action of a world with so many.
pub(crate) fn continuous(action: Action<'_>, width: usize) -> Result<&[f64], WorldError> {
    match action {
        Action::Continuous(values)
            if values.len() == width && values.iter().all(|value| value.is_finite()) =>
        {
            Ok(values)
        }
        other => Err(WorldError::Action {
            expected: Actions::Continuous { low: vec![0.0; width], high: vec![0.0; width] }
                .to_string(),
            found: other.to_string(),
        }),
    }
}
