//! Backbone `linear`: the reward is a weighted sum of a step's features.

use crate::{
    AdamWOptions, Backbone, Learner, ModelShape, ModuleLearner, Placement, RewardModel,
    SegmentBatch, uniform,
};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Options of the linear backbone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Linear {
    /// Bound of the uniform initial weights. Members of an ensemble differ by these and by their
    /// bootstrap weights.
    pub initial_scale: f64,
}

impl Default for Linear {
    fn default() -> Self {
        Self { initial_scale: 0.01 }
    }
}

/// `r = w . x` for each member and head. There is no bias: it would only add the number of steps
/// to a summed return, which is length entering in silence.
#[derive(Module, Debug)]
pub struct LinearModel {
    weight: Param<Tensor<3>>, // [member, feature, head]
}

impl LinearModel {
    /// Uniform initial weights in `[-scale, scale]`.
    pub fn new(shape: ModelShape, scale: f64, rng: &mut ChaCha8Rng, place: &Placement) -> Self {
        let ModelShape { features, heads, members } = shape;
        Self { weight: uniform([members, features, heads], scale as f32, rng, place) }
    }

    /// The weights.
    ///
    /// # Shapes
    /// `[member, feature, head]`
    pub fn weight(&self) -> Tensor<3> {
        self.weight.val()
    }
}

impl RewardModel for LinearModel {
    fn members(&self) -> usize {
        self.weight.dims()[0]
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(batch.rows().unsqueeze::<3>().matmul(self.weight.val()))
    }
}

#[typetag::serde(name = "linear")]
impl Backbone for Linear {
    fn build(
        &self,
        shape: ModelShape,
        optimizer: &AdamWOptions,
        rng: &mut ChaCha8Rng,
        place: &Placement,
    ) -> Box<dyn Learner> {
        let model = LinearModel::new(shape, self.initial_scale, rng, place);
        Box::new(ModuleLearner::new(model, optimizer))
    }

    fn summary(&self) -> &'static str {
        "reward linear in the features of a step, without bias"
    }
}
