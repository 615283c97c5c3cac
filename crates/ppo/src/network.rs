//! Policy and values: two networks of tanh layers over one flat list of numbers.
//!
//! Here is where each number lies and what it is at first; what networks say is [`crate::pass`].

use crate::PpoOptions;
use medley_random::{normal, stream};
use medley_world::{Actions, World};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// What an action looks like to a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Head {
    /// One of so many, by logits.
    Discrete(usize),
    /// Independent Gaussians, in units of half the range of the action where it has bounds.
    /// `middle + half * number`, cut to the bounds, is the action of the world.
    Continuous { middle: Vec<f64>, half: Vec<f64>, low: Vec<f64>, high: Vec<f64> },
}

impl Head {
    fn of(actions: &Actions) -> Self {
        match actions {
            Actions::Discrete(count) => Self::Discrete(*count),
            Actions::Continuous { low, high } => {
                let bounded = |low: &f64, high: &f64| (high - low).is_finite() && high > low;
                let scale = |(low, high): (&f64, &f64)| match bounded(low, high) {
                    true => ((low + high) / 2.0, (high - low) / 2.0),
                    false => (0.0, 1.0),
                };
                let (middle, half) = low.iter().zip(high).map(scale).unzip();
                Self::Continuous { middle, half, low: low.clone(), high: high.clone() }
            }
        }
    }

    /// Logits, or means.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Discrete(count) => *count,
            Self::Continuous { middle, .. } => middle.len(),
        }
    }

    /// Numbers that a choice is stored as.
    pub fn width(&self) -> usize {
        match self {
            Self::Discrete(_) => 1,
            Self::Continuous { middle, .. } => middle.len(),
        }
    }
}

/// A dense layer: where its numbers are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    /// `[inputs, outputs]` in row-major order.
    pub weight: Range<usize>,
    /// `[outputs]`.
    pub bias: Range<usize>,
    pub inputs: usize,
    pub outputs: usize,
    /// Size of the initial weights.
    gain: f64,
}

/// Shape of both networks: policy first, then values, then log standard deviations if actions are
/// continuous.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Network {
    pub inputs: usize,
    pub head: Head,
    pub policy: Vec<Layer>,
    pub values: Vec<Layer>,
    pub log_sds: Range<usize>,
}

impl Network {
    pub fn new(world: &dyn World, options: &PpoOptions) -> Self {
        let inputs = world.observation_names().len();
        let head = Head::of(&world.actions());
        let mut end = 0;
        // A policy that starts near indifference, and values of their own size (Andrychowicz 2021).
        let policy = layers(inputs, &options.hidden, head.outputs(), 0.01, &mut end);
        let values = layers(inputs, &options.hidden, 1, 1.0, &mut end);
        let sds = match head {
            Head::Discrete(_) => 0,
            Head::Continuous { .. } => head.outputs(),
        };
        Self { inputs, head, policy, values, log_sds: end..end + sds }
    }

    pub fn parameter_count(&self) -> usize {
        self.log_sds.end
    }

    /// Orthogonal weights, biases of 0 and standard deviations of 1.
    pub fn initial(&self, seed: u64) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameter_count()];
        let rng = &mut stream(seed, "ppo weights");
        for layer in self.policy.iter().chain(&self.values) {
            orthogonal(layer, rng, &mut parameters[layer.weight.clone()]);
        }
        parameters
    }
}

fn layers(
    inputs: usize,
    hidden: &[usize],
    outputs: usize,
    gain: f64,
    end: &mut usize,
) -> Vec<Layer> {
    let widths = hidden.iter().map(|&width| (width, 2.0_f64.sqrt()));
    let mut inputs = inputs;
    let mut place = |(outputs, gain)| {
        let weight = *end..*end + inputs * outputs;
        let bias = weight.end..weight.end + outputs;
        *end = bias.end;
        let layer = Layer { weight, bias, inputs, outputs, gain };
        inputs = outputs;
        layer
    };
    widths.chain([(outputs, gain)]).map(&mut place).collect()
}

/// Rows, or columns if there are fewer, that are orthogonal and of length `gain` (Saxe et al. 2014), by
/// Gram and Schmidt.
fn orthogonal(layer: &Layer, rng: &mut ChaCha8Rng, weight: &mut [f32]) {
    let (count, length) = (layer.inputs.min(layer.outputs), layer.inputs.max(layer.outputs));
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    while vectors.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| normal(rng)).collect();
        // Twice, since one pass leaves what rounding makes of it.
        for other in vectors.iter().chain(&vectors) {
            let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
            vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
        }
        let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
        if norm > 1e-6 {
            vector.iter_mut().for_each(|a| *a /= norm);
            vectors.push(vector);
        }
    }
    for (i, vector) in vectors.iter().enumerate() {
        for (j, value) in vector.iter().enumerate() {
            let (row, column) = if layer.inputs <= layer.outputs { (i, j) } else { (j, i) };
            weight[row * layer.outputs + column] = (value * layer.gain) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_world::CartPole;

    #[test]
    fn initial_weights_are_orthogonal() {
        let options = PpoOptions { hidden: vec![6, 3], ..Default::default() };
        let network = Network::new(&CartPole::default(), &options);
        let parameters = network.initial(1);
        let check = |layer: &Layer, of_rows: bool, length: f64| {
            let at = |row, column| {
                f64::from(parameters[layer.weight.clone()][row * layer.outputs + column])
            };
            let (count, other) =
                if of_rows { (layer.inputs, layer.outputs) } else { (layer.outputs, layer.inputs) };
            for (i, j) in (0..count).flat_map(|i| (0..count).map(move |j| (i, j))) {
                let pair = |k| if of_rows { at(i, k) * at(j, k) } else { at(k, i) * at(k, j) };
                let product: f64 = (0..other).map(pair).sum();
                let expected = if i == j { length * length } else { 0.0 };
                assert!((product - expected).abs() < 1e-6, "{product} {expected}");
            }
        };
        check(&network.policy[0], true, 2.0_f64.sqrt());
        check(&network.policy[1], false, 2.0_f64.sqrt());
        check(&network.policy[2], false, 0.01);
        check(&network.values[2], false, 1.0);
        assert_ne!(parameters, network.initial(2));
    }
}
