//! Backbone `linear`: the reward is a weighted sum of a step's features.

use crate::{
    Backbone, HeadLayout, LastLayer, ModelShape, ModuleModel, Placement, RewardModel, SegmentBatch,
    Trainable, uniform,
};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use medley_toml_file::not_negative;
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
    #[module(skip)]
    layout: HeadLayout,
}

impl LinearModel {
    /// Uniform initial weights in `[-scale, scale]`.
    pub fn new(
        shape: &ModelShape,
        scale: f64,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Self {
        let sizes = [shape.members, shape.features, shape.layout.len()];
        let weight = uniform(sizes, scale as f32, members, place);
        Self { weight, layout: shape.layout.clone() }
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

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn last_layer(&self) -> Option<&dyn LastLayer> {
        Some(self)
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(batch.rows().unsqueeze::<3>().matmul(self.weight.val()))
    }
}

/// There is no layer before: the features of a step are what is multiplied.
impl LastLayer for LinearModel {
    fn hidden(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(batch.rows().unsqueeze())
    }

    fn weight(&self) -> &Param<Tensor<3>> {
        &self.weight
    }
}

#[typetag::serde(name = "linear")]
impl Backbone for Linear {
    fn module(
        &self,
        shape: &ModelShape,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Box<dyn Trainable> {
        Box::new(ModuleModel(LinearModel::new(shape, self.initial_scale, members, place)))
    }

    fn is_linear(&self) -> bool {
        true
    }

    fn hidden_width(&self, features: usize) -> Option<usize> {
        Some(features)
    }

    fn check(&self) -> Result<(), String> {
        not_negative("initial-scale", self.initial_scale).map_err(|problem| problem.to_string())
    }

    fn summary(&self) -> &'static str {
        "reward linear in the features of a step, without bias"
    }
}
