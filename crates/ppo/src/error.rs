//! What can go wrong while a policy learns.

use medley_toml_file::Problem;
use medley_world::WorldError;
use std::path::PathBuf;

/// Why a policy does not learn, or does not learn on.
#[derive(Debug, thiserror::Error)]
pub enum PpoError {
    /// An option is out of range.
    #[error(transparent)]
    Option(#[from] Problem),
    /// The world refuses its rules or an action.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A number that cannot be learned from.
    #[error(
        "step {step} of world {world}: {what} should be a finite number and is {value}; nothing was \
         learned from this rollout"
    )]
    NotFinite {
        /// What it is of.
        what: &'static str,
        /// Which of the worlds side by side.
        world: usize,
        /// Step of that world, from 0, over all its episodes.
        step: u64,
        /// NaN or an infinity.
        value: f64,
    },
    /// The reward that is optimized cannot be had.
    #[error("the reward of the steps {from} to {to} of each world: {reason}")]
    Reward {
        /// First step of each world.
        from: u64,
        /// Last step of each world.
        to: u64,
        /// What its source said.
        reason: String,
    },
    /// Learning ran away.
    #[error("update {update} gives gradients that are not finite: a smaller `rate` may help")]
    Diverged {
        /// From 0.
        update: u64,
    },
    /// A file operation failed.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A checkpoint is not what was written, or of something else.
    #[error("{path} is no checkpoint to go on from: {reason}; remove it to start anew")]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Expected and found.
        reason: String,
    },
    /// There are no threads to compute on.
    #[error("cannot start a thread: {0}")]
    Threads(String),
}
