//! What can go wrong between a reward and behaviour.

use medley_dataset::DatasetError;
use medley_policy::tabular::SolveError;
use medley_ppo::PpoError;
use medley_report::ReportError;
use medley_saved_model::SavedModelError;
use medley_theory::{BestOfNError, FiniteChoiceError};
use medley_toml_file::Problem;
use medley_world::WorldError;

/// Why there is no behaviour, or no value of it.
#[derive(Debug, thiserror::Error)]
pub enum OptimizeError {
    /// An option is out of range.
    #[error(transparent)]
    Option(#[from] Problem),
    /// A model cannot be read, or does not fit the features of the world.
    #[error("{reward} in the world `{world}`, whose steps have the features {features}: {source}")]
    Model {
        /// Folder of the model.
        reward: String,
        /// Name of the world.
        world: String,
        /// Names of the features of its steps.
        features: String,
        /// What does not fit.
        source: Box<SavedModelError>,
    },
    /// A comparison names no models.
    #[error("`rewards.{name}`: {reason}")]
    Compared {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The world refuses something.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Steps of the world are no dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// Members cannot be made into one reward.
    #[error("{reward}: {source}")]
    Members {
        /// Folder of the model.
        reward: String,
        /// Why.
        source: FiniteChoiceError,
    },
    /// A reward that cannot be optimized.
    #[error("{reward}: {reason}")]
    Reward {
        /// Folder of the model, or `true`.
        reward: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A table has no solution.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// There is no best of n.
    #[error(transparent)]
    BestOfN(#[from] BestOfNError),
    /// A policy does not learn.
    #[error("{reward}, seed {seed}: {source}")]
    Ppo {
        /// Folder of the model, or `true`.
        reward: String,
        /// Seed of the policy.
        seed: u64,
        /// Why.
        source: PpoError,
    },
    /// Results cannot be written or drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
}
