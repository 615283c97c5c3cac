//! What is a reward model?

use crate::{HeadLayout, LastLayer, SegmentBatch, View};
use burn::tensor::Tensor;

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

    /// The last layer, if heads are a product of a hidden layer and their weights.
    fn last_layer(&self) -> Option<&dyn LastLayer> {
        None
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
