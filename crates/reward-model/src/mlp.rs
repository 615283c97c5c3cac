//! Backbone `mlp`: dense layers with ReLU over the features of a step.

use crate::{
    Backbone, HeadLayout, LastLayer, ModelShape, ModuleModel, Placement, RewardModel, SegmentBatch,
    Trainable, uniform,
};
use burn::module::{Module, Param};
use burn::tensor::{Tensor, activation::relu};
use medley_toml_file::above_zero;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Options of the multi-layer perceptron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mlp {
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// Factor on the initial weights of the reward head. Small values start all rewards near 0,
    /// which keeps the first logits out of saturation (distributional preference learning).
    pub head_scale: f64,
}

impl Default for Mlp {
    fn default() -> Self {
        Self { hidden: vec![256, 256], head_scale: 0.1 }
    }
}

/// Layers for all members at once; the head has no bias, as in [`crate::LinearModel`].
#[derive(Module, Debug)]
pub struct MlpModel {
    weights: Vec<Param<Tensor<3>>>, // [member, input, output]
    biases: Vec<Param<Tensor<3>>>,  // [member, 1, output], one for each hidden layer
    #[module(skip)]
    layout: HeadLayout,
}

impl MlpModel {
    /// Weights and biases uniform within `1 / sqrt(inputs)`, as PyTorch's `nn.Linear`.
    pub fn new(
        shape: &ModelShape,
        options: &Mlp,
        streams: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Self {
        let ModelShape { features, ref layout, members } = *shape;
        let (mut weights, mut biases, mut input) = (Vec::new(), Vec::new(), features);
        for &width in &options.hidden {
            let bound = 1.0 / (input as f32).sqrt();
            weights.push(uniform([members, input, width], bound, streams, place));
            biases.push(uniform([members, 1, width], bound, streams, place));
            input = width;
        }
        let bound = options.head_scale as f32 / (input as f32).sqrt();
        weights.push(uniform([members, input, layout.len()], bound, streams, place));
        Self { weights, biases, layout: layout.clone() }
    }

    /// Activations of the last hidden layer at the real steps. `[1 or member, row, width]`
    fn hidden_rows(&self, batch: &SegmentBatch) -> Tensor<3> {
        let mut x: Tensor<3> = batch.rows().unsqueeze();
        for (weight, bias) in self.weights.iter().zip(&self.biases) {
            x = relu(x.matmul(weight.val()) + bias.val());
        }
        x
    }
}

impl RewardModel for MlpModel {
    fn members(&self) -> usize {
        self.weights[0].dims()[0]
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn last_layer(&self) -> Option<&dyn LastLayer> {
        Some(self)
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(self.hidden_rows(batch).matmul(self.weight().val()))
    }
}

impl LastLayer for MlpModel {
    fn hidden(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(self.hidden_rows(batch))
    }

    fn weight(&self) -> &Param<Tensor<3>> {
        &self.weights[self.weights.len() - 1]
    }
}

#[typetag::serde(name = "mlp")]
impl Backbone for Mlp {
    fn module(
        &self,
        shape: &ModelShape,
        members: &mut [ChaCha8Rng],
        place: &Placement,
    ) -> Box<dyn Trainable> {
        Box::new(ModuleModel(MlpModel::new(shape, self, members, place)))
    }

    fn hidden_width(&self, features: usize) -> Option<usize> {
        Some(self.hidden.last().copied().unwrap_or(features))
    }

    fn check(&self) -> Result<(), String> {
        if self.hidden.contains(&0) {
            return Err(format!("widths of `hidden` must be above 0, found {:?}", self.hidden));
        }
        above_zero("head-scale", self.head_scale).map_err(|problem| problem.to_string())
    }

    fn summary(&self) -> &'static str {
        "dense layers with ReLU over the features of a step"
    }
}
