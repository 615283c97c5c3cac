//! What can go wrong between a world and who acts in it?

use medley_toml_file::Problem;

/// Why a step, an episode or a dataset could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WorldError {
    /// An action that is none of the world's.
    #[error("expected {expected}, found {found}")]
    Action {
        /// The set.
        expected: String,
        /// The action.
        found: String,
    },
    /// A world, or a policy, gave a number that is not finite. Nothing of the episode is kept.
    #[error(
        "`{world}`, episode {episode}, step {step}: {what}: expected a finite number, found {value}"
    )]
    NotFinite {
        /// Name of the world.
        world: String,
        /// Number of the episode, from 0.
        episode: usize,
        /// Number of the step in it, from 0.
        step: usize,
        /// Which number.
        what: String,
        /// What it was.
        value: f64,
    },
    /// An action of a policy that the world does not have.
    #[error("`{world}`, episode {episode}, step {step}: {source}")]
    Step {
        /// Name of the world.
        world: String,
        /// Number of the episode, from 0.
        episode: usize,
        /// Number of the step in it, from 0.
        step: usize,
        /// What is wrong.
        source: Box<WorldError>,
    },
    /// Options of a world or of a collection that are out of range.
    #[error(transparent)]
    Option(#[from] Problem),
    /// Nothing would ever end an episode.
    #[error("`{world}` has no limit of its own: expected a number of steps of at least 1")]
    Endless {
        /// Name of the world.
        world: String,
    },
    /// A table that is no Markov decision process.
    #[error("{place}: expected {expected}, found {found}")]
    Table {
        /// State, or state and action, at fault.
        place: String,
        /// What was expected there.
        expected: String,
        /// What is there.
        found: String,
    },
}
