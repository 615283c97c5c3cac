//! How a fit is carried out: a point estimate today, draws from a posterior by another method.

use crate::{CheckpointFolder, Event, Fitted, Options, Task, TrainingError};
use medley_reward_model::Backbone;
use medley_toml_file::Problem;
use std::fmt::Debug;

/// A method of inference, as named in TOML: `inference.map = {}`.
///
/// A draw from a posterior is a member of the ensemble that comes back: members are mixed by their
/// probabilities, which is the posterior predictive, so that evaluation and tables change nothing.
/// Methods that need a density take a [`Target`](crate::Target).
#[typetag::serde]
pub trait Inference: Debug + Send + Sync {
    /// Fits `task` until `options` say so, resuming from `checkpoints` if they hold any.
    ///
    /// # Errors
    /// If the loss diverges or a checkpoint cannot be written.
    fn infer(
        &self,
        task: &Task<'_>,
        options: &Options,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError>;

    /// Whether it can fit rewards of this network, and its own options are in range.
    ///
    /// # Errors
    /// What is wrong, and the keys that lead to it under the method's name in TOML.
    fn check(&self, _backbone: &dyn Backbone) -> Result<(), Problem> {
        Ok(())
    }

    /// Whether anything of [`Options`] changes a fit. For one that reads none of them, candidates that
    /// differ by them are one fit.
    fn reads_options(&self) -> bool {
        true
    }

    /// Whether it can fit rewards that the mixing ties: see [`Tie`](crate::Tie). One that cannot
    /// refuses a task that has a tie.
    fn can_tie(&self) -> bool {
        false
    }

    /// Whether it steps by gradients that the mixing projects: see [`Mixing`](crate::Mixing). One that
    /// cannot refuses a task whose mixing does.
    fn can_project(&self) -> bool {
        false
    }

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}
