//! What does an update minimize, and in which direction does it fall? The clipped surrogate (Schulman et
//! al. 2017).
//!
//! ```text
//! ratio = exp(ln policy(action) - ln old(action))
//! loss  = mean of -min(ratio A, clip(ratio, 1 - c, 1 + c) A)
//!       + value * mean of (V - return)^2 / 2 - entropy * mean entropy
//! ```

use crate::PpoOptions;
use crate::distribution::HALF_LOG_TAU;
use crate::minibatch::Minibatch;
use crate::network::{Head, Layer, Network};
use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, Device, Tensor, TensorData};

/// `-min(ratio A, clip(ratio) A)` of each step.
///
/// # Shapes
/// all `[step]`
pub fn clipped_surrogate(
    log_probability: Tensor<1>,
    old: Tensor<1>,
    advantage: Tensor<1>,
    clip: f64,
) -> Tensor<1> {
    let ratio = (log_probability - old).exp();
    let near = ratio.clone().clamp(1.0 - clip, 1.0 + clip);
    -(ratio * advantage.clone()).min_pair(near * advantage)
}

/// Gradient of the loss, in the order of the parameters.
pub(crate) fn gradient(
    network: &Network,
    parameters: &[f32],
    batch: &Minibatch,
    options: &PpoOptions,
    device: &Device,
) -> Vec<f32> {
    let steps = batch.advantages.len();
    let place = Place { device, parameters };
    let policy = place.leaves(&network.policy);
    let values = place.leaves(&network.values);
    let log_sds = place.leaf(&network.log_sds, [1, network.log_sds.len()]);
    let seen = place.constant(&batch.seen, [steps, network.inputs]);
    let outputs = through(&policy, seen.clone()); // [step, output]
    let (log_probability, entropy) = match &network.head {
        Head::Discrete(count) => discrete(outputs, place.one_hot(&batch.choices, *count)),
        Head::Continuous { .. } => {
            let chosen = place.constant(&batch.choices, [steps, network.head.width()]);
            continuous(outputs, log_sds.clone(), chosen)
        }
    };
    let surrogate = clipped_surrogate(
        log_probability,
        place.constant(&batch.log_probabilities, [steps]),
        place.constant(&batch.advantages, [steps]),
        options.clip,
    );
    let value: Tensor<1> = through(&values, seen).reshape([steps]);
    let miss = (value - place.constant(&batch.returns, [steps])).square() / 2.0;
    let loss = surrogate.mean() + miss.mean() * options.value - entropy.mean() * options.entropy;
    let gradients = loss.backward();
    let leaves = policy.into_iter().chain(values).flatten().chain([log_sds]);
    let slope = |leaf: Tensor<2>| match leaf.grad(&gradients) {
        Some(slope) => slope.into_data().iter::<f32>().collect(),
        None => vec![0.0; leaf.shape().num_elements()],
    };
    leaves.take_while(|leaf| leaf.shape().num_elements() > 0).flat_map(slope).collect()
}

/// Of log-probabilities that are taken and of the whole policy, nats, `[step]`.
fn discrete(logits: Tensor<2>, one_hot: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
    let [steps, _] = logits.dims();
    let all = log_softmax(logits, 1);
    let taken = (all.clone() * one_hot).sum_dim(1).reshape([steps]);
    let entropy = -(all.clone().exp() * all).sum_dim(1).reshape([steps]);
    (taken, entropy)
}

/// The same of Gaussians; their entropy is the same in every state.
fn continuous(means: Tensor<2>, log_sds: Tensor<2>, chosen: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
    let [steps, width] = means.dims();
    let off = (chosen - means) * (-log_sds.clone()).exp();
    let constant = f64::from(HALF_LOG_TAU) * width as f64;
    let density = off.square().sum_dim(1) / -2.0 - log_sds.clone().sum_dim(1);
    let entropy: Tensor<1> = log_sds.sum_dim(1).reshape([1]);
    (density.reshape([steps]) - constant, entropy + (constant + 0.5 * width as f64))
}

/// Weight and bias of each layer.
type Leaves = Vec<[Tensor<2>; 2]>;

fn through(layers: &Leaves, seen: Tensor<2>) -> Tensor<2> {
    let mut now = seen;
    for (number, [weight, bias]) in layers.iter().enumerate() {
        now = now.matmul(weight.clone()) + bias.clone();
        if number + 1 < layers.len() {
            now = now.tanh();
        }
    }
    now
}

/// Makes tensors where gradients are taken.
struct Place<'a> {
    device: &'a Device,
    parameters: &'a [f32],
}

impl Place<'_> {
    fn constant<const D: usize>(&self, values: &[f32], shape: [usize; D]) -> Tensor<D> {
        let data = TensorData::new(values.to_vec(), shape);
        Tensor::from_data(data, (self.device, DType::F32))
    }

    fn leaf(&self, place: &std::ops::Range<usize>, shape: [usize; 2]) -> Tensor<2> {
        self.constant(&self.parameters[place.clone()], shape).require_grad()
    }

    fn leaves(&self, layers: &[Layer]) -> Leaves {
        let of = |layer: &Layer| {
            let weight = self.leaf(&layer.weight, [layer.inputs, layer.outputs]);
            [weight, self.leaf(&layer.bias, [1, layer.outputs])]
        };
        layers.iter().map(of).collect()
    }

    fn one_hot(&self, choices: &[f32], count: usize) -> Tensor<2> {
        let mut rows = vec![0.0; choices.len() * count];
        for (row, choice) in rows.chunks_exact_mut(count).zip(choices) {
            row[*choice as usize] = 1.0;
        }
        self.constant(&rows, [choices.len(), count])
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
