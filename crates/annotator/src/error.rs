//! Why could people not be simulated?

use medley_adapter::BindError;
use medley_dataset::DatasetError;
use medley_toml_file::{Problem, SpecError};
use medley_world::{ToDatasetError, WorldError};
use std::path::Path;

/// Why a simulation came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// An option is out of range or does not fit.
    #[error(transparent)]
    Option(#[from] Problem),
    /// The same, where it is in the file.
    #[error(transparent)]
    Parse(#[from] Box<SpecError>),
    /// The world could not be lived through.
    #[error(transparent)]
    World(#[from] WorldError),
    /// No dataset could be made of its episodes.
    #[error(transparent)]
    Episodes(#[from] ToDatasetError),
    /// A dataset could not be read or added to.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A policy needs a world that is a table, or could not be found.
    #[error("policy `{policy}`: {problem}")]
    Policy {
        /// Its name.
        policy: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// Questions of a source could not be answered.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The dataset knows no true reward.
    #[error(
        "dataset `{dataset}` has no true rewards: expected a column `reward` in its steps, by which people \
         could answer"
    )]
    NoReward {
        /// Name of the dataset.
        dataset: String,
    },
    /// A step is worth more than single precision can hold, in which people see it.
    #[error(
        "a step is worth {worth:e}, expected a number that single precision can hold, within 3.4e38 of 0"
    )]
    Reward {
        /// What it is worth.
        worth: f64,
    },
    /// A reward names a feature that is not stored.
    #[error("a reward weighs feature `{name}`, expected one of: {known}")]
    Feature {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
}

impl SimulationError {
    /// Gives an error about an option its position in the file, below the key `key`.
    pub fn located(self, file: &Path, text: &str, key: &str) -> Self {
        match self {
            Self::Option(problem) => {
                let problem = problem.within(key);
                let keys: Vec<&str> = problem.path.iter().map(String::as_str).collect();
                Self::Parse(Box::new(SpecError::at(file, text, &keys, problem.to_string())))
            }
            other => other,
        }
    }
}
