//! The reward model of the suite, and numbers for it and for a response model.

use burn::tensor::{Tensor, TensorData};
use medley_reward_model::{HeadLayout, Placement, RewardModel, SegmentBatch};

/// Numbers of a model and a response model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    pub members: usize,
    /// `[member, feature, head]`
    pub weights: Vec<f64>,
    /// Added to the reward of every step.
    pub shift: f64,
    /// Name and values, `[member, value]`.
    pub response: Vec<(String, Vec<f64>)>,
}

impl Numbers {
    /// The same where every reward is multiplied by this.
    pub fn scaled(&self, factor: f64) -> Self {
        let weights = self.weights.iter().map(|weight| factor * weight).collect();
        Self { weights, shift: factor * self.shift, ..self.clone() }
    }

    /// Values of a response parameter.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Vec<f64>> {
        self.response.iter_mut().find(|(known, _)| known == name).map(|(_, values)| values)
    }
}

/// `r = w . x + shift`, every head linear, the shift on head 0.
pub(super) struct Linear {
    pub weights: Tensor<3>,
    pub shift: f64,
    pub layout: HeadLayout,
}

impl RewardModel for Linear {
    fn members(&self) -> usize {
        self.weights.dims()[0]
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let [_, _, heads] = self.weights.dims();
        let values = batch.rows().unsqueeze::<3>().matmul(self.weights.clone());
        let mut first = vec![0.0; heads];
        first[0] = self.shift as f32;
        batch.spread(values + batch.place().tensor(first, [1, 1, heads]))
    }
}

pub(super) fn tensor<const D: usize>(
    values: &[f64],
    shape: [usize; D],
    place: &Placement,
) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (&place.device, place.dtype))
}
