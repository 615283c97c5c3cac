//! What makes a reward model from TOML?

use crate::{HeadLayout, Placement, Trainable};
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// Sizes that a backbone has to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelShape {
    /// Features of a step.
    pub features: usize,
    /// The heads.
    pub layout: HeadLayout,
    /// Ensemble members.
    pub members: usize,
}

/// The network under the reward heads, as named in TOML: `backbone.mlp = { hidden = [64] }`.
#[typetag::serde]
pub trait Backbone: Debug + Send + Sync {
    /// A freshly initialized model. It learns if `place` is on an autodiff device.
    ///
    /// Initial weights of a member must come from its stream in `members` alone, so that a run
    /// reproduces on any thread and a member does not depend on the number of the others.
    fn module(
        &self,
        shape: &ModelShape,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Box<dyn Trainable>;

    /// Whether rewards are linear in the parameters, so that log-likelihoods that are concave in
    /// rewards have one optimum, and a second derivative that says how sure it is.
    fn is_linear(&self) -> bool {
        false
    }

    /// Width of the last hidden layer over so many features, for networks whose models offer it
    /// ([`RewardModel::last_layer`](crate::RewardModel::last_layer)).
    fn hidden_width(&self, _features: usize) -> Option<usize> {
        None
    }

    /// Bytes that it takes at once for a batch of `segments` segments of up to `steps` steps, where
    /// these grow faster than the number of steps; 0 where they do not. `learning`: with what the way
    /// back needs.
    fn attention_bytes(
        &self,
        _members: usize,
        _segments: usize,
        _steps: usize,
        _learning: bool,
    ) -> u64 {
        0
    }

    /// Whether the options make sense together.
    ///
    /// # Errors
    /// What is wrong, with expected and found.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}
