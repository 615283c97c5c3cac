//! What a reward model is, and what makes one from TOML.

use crate::{HeadLayout, Placement, SegmentBatch, Trainable, View};
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// A function from the steps of segments to reward, one for each member of an ensemble.
///
/// A model has one or more heads, named by its [`HeadLayout`]. Which of them add up to a reward is
/// a [`View`]; the reward that all share is the sum of the shared head and of the aspects.
pub trait RewardModel: Send + Sync {
    /// Number of ensemble members.
    fn members(&self) -> usize;

    /// What the heads are for.
    fn layout(&self) -> &HeadLayout;

    /// Whether the value of a step depends on that step alone. Then steps that several segments
    /// share are computed once where nothing is learned.
    fn is_stepwise(&self) -> bool {
        true
    }

    /// Values of every head at every step.
    ///
    /// # Shapes
    /// `[member, batch, time, head]`, zero where the batch has padding: see [`SegmentBatch::spread`].
    fn heads(&self, batch: &SegmentBatch) -> Tensor<4>;

    /// The rewards that all share.
    ///
    /// # Shapes
    /// `[member, batch, time]`
    fn rewards(&self, batch: &SegmentBatch) -> Tensor<3> {
        View::Common.rewards(self.heads(batch), self.layout())
    }
}

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
