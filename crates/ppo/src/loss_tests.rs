//! The gradient held against Burn's autodiff of the same loss, written as tensors.

use super::*;
use crate::distribution::HALF_LOG_TAU;
use crate::network::{Head, Layer};
use burn::tensor::activation::log_softmax;
use burn::tensor::{DType, Device, Tensor, TensorData};
use medley_world::{Acrobot, Pendulum, World};
use std::ops::Range;

#[test]
fn the_slope_of_the_surrogate_stops_where_it_is_clipped() {
    let check = |ratio: f32, advantage: f32, slope: f32| {
        assert_eq!(surrogate_slope(ratio, advantage, 0.2), slope, "{ratio} {advantage}");
    };
    // Within the clip: -ratio A, which is its own derivative by the logarithm.
    check(1.125, 2.0, -2.25);
    check(0.875, -2.0, 1.75);
    // Beyond it, where going on would gain: no slope.
    check(1.5, 2.0, 0.0);
    check(0.5, -2.0, 0.0);
    // Beyond it, where coming back would gain: the slope stays.
    check(0.5, 2.0, -1.0);
    check(1.5, -2.0, 3.0);
    assert!(surrogate_slope(f32::NAN, 1.0, 0.2).is_nan(), "a policy that ran away is noticed");
}

#[test]
fn the_gradient_is_that_of_autodiff() {
    let check = |world: &dyn World, hidden: &[usize], steps: usize, choice: fn(usize) -> f32| {
        let options = PpoOptions { hidden: hidden.to_vec(), entropy: 0.1, ..Default::default() };
        let network = Network::new(world, &options);
        let wave = |count: usize, by: f32| -> Vec<f32> {
            (0..count).map(|i| (by * (i as f32 + 1.0)).sin()).collect()
        };
        let narrow = |value: f32| value * 0.3;
        let parameters: Vec<f32> =
            wave(network.parameter_count(), 0.7).into_iter().map(narrow).collect();
        let batch = Minibatch {
            seen: wave(steps * network.inputs, 1.3),
            choices: (0..steps).map(choice).collect(),
            // So that some ratios are clipped and others are not.
            log_probabilities: wave(steps, 2.1).iter().map(|x| x * 0.5 - 1.1).collect(),
            advantages: wave(steps, 0.9),
            returns: wave(steps, 1.7),
        };
        let found = gradient(&network, &parameters, &batch, &options);
        let expected = by_autodiff(&network, &parameters, &batch, &options);
        assert_eq!(found.len(), expected.len());
        let longest = expected.iter().fold(0.0_f32, |most, slope| most.max(slope.abs()));
        for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let off = (found - expected).abs();
            assert!(off <= 1e-5 * expected.abs() + 1e-6 * longest, "{place}: {found} {expected}");
        }
        assert!(longest > 0.01, "{longest}");
    };
    for hidden in [&[][..], &[3], &[64, 64], &[33, 7, 20]] {
        for steps in [1, 4, 37, 256] {
            check(&Acrobot::default(), hidden, steps, |step| (step % 3) as f32);
            check(&Pendulum::default(), hidden, steps, |step| (step as f32).cos());
        }
    }
}

fn by_autodiff(
    network: &Network,
    parameters: &[f32],
    batch: &Minibatch,
    options: &PpoOptions,
) -> Vec<f32> {
    let steps = batch.advantages.len();
    let place = Place { device: Device::flex().autodiff(), parameters };
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
    let ratio = (log_probability - place.constant(&batch.log_probabilities, [steps])).exp();
    let advantage: Tensor<1> = place.constant(&batch.advantages, [steps]);
    let near = ratio.clone().clamp(1.0 - options.clip, 1.0 + options.clip);
    let surrogate = -(ratio * advantage.clone()).min_pair(near * advantage);
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
    device: Device,
    parameters: &'a [f32],
}

impl Place<'_> {
    fn constant<const D: usize>(&self, values: &[f32], shape: [usize; D]) -> Tensor<D> {
        let data = TensorData::new(values.to_vec(), shape);
        Tensor::from_data(data, (&self.device, DType::F32))
    }

    fn leaf(&self, place: &Range<usize>, shape: [usize; 2]) -> Tensor<2> {
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
