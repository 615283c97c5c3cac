//! What does a network say of many states at once, and in which direction do its numbers fall?
//!
//! Plain loops over flat lists, forwards and, by the chain rule, backwards: states come in minibatches of
//! hundreds or one at a time, to networks of a few thousand numbers, which is less work than a tensor
//! library's own bookkeeping. A test holds the gradient against Burn's autodiff ([`crate::loss`]).

use crate::network::Layer;
use crate::product::{Left, add_product};
use crate::tanh::tanh;

/// Outputs of a network, `[row, output]`.
///
/// # Shapes
/// `seen` `[row, input]`; a row's outputs do not depend on its company, to the bit
pub(crate) fn run(layers: &[Layer], parameters: &[f32], seen: &[f32]) -> Vec<f32> {
    let mut now = None;
    for (number, layer) in layers.iter().enumerate() {
        let next = through(layer, parameters, now.as_deref().unwrap_or(seen));
        now = Some(if number + 1 < layers.len() { bent(next) } else { next });
    }
    now.unwrap_or_default()
}

fn through(layer: &Layer, parameters: &[f32], seen: &[f32]) -> Vec<f32> {
    let bias = &parameters[layer.bias.clone()];
    let mut sums = bias.repeat(seen.len() / layer.inputs);
    let left = Left { values: seen, row: layer.inputs, inner: 1 };
    add_product(left, &parameters[layer.weight.clone()], layer.outputs, &mut sums);
    sums
}

fn bent(mut sums: Vec<f32>) -> Vec<f32> {
    tanh(&mut sums);
    sums
}

/// A network with what each of its layers said.
pub(crate) struct Pass<'a> {
    layers: &'a [Layer],
    parameters: &'a [f32],
    /// What each layer read, `[row, input]`.
    read: Vec<Vec<f32>>,
    /// `[row, output]`.
    pub outputs: Vec<f32>,
}

impl<'a> Pass<'a> {
    /// As [`run`], with the same bits.
    pub fn new(layers: &'a [Layer], parameters: &'a [f32], seen: &[f32]) -> Self {
        let mut read = vec![seen.to_vec()];
        let mut outputs = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            outputs = through(layer, parameters, &read[number]);
            if number + 1 < layers.len() {
                read.push(bent(std::mem::take(&mut outputs)));
            }
        }
        Self { layers, parameters, read, outputs }
    }

    /// Adds to `gradient`, which is in the order of the parameters, what they get from the slope of a
    /// loss by the outputs, `[row, output]`.
    pub fn pull(&self, mut slope: Vec<f32>, gradient: &mut [f32]) {
        for (number, (layer, read)) in self.layers.iter().zip(&self.read).enumerate().rev() {
            let Layer { inputs, outputs, .. } = *layer;
            let bias = &mut gradient[layer.bias.clone()];
            for row in slope.chunks_exact(outputs) {
                bias.iter_mut().zip(row).for_each(|(sum, slope)| *sum += slope);
            }
            let turned = Left { values: read, row: 1, inner: inputs };
            add_product(turned, &slope, outputs, &mut gradient[layer.weight.clone()]);
            if number > 0 {
                slope = self.before(layer, read, &slope);
            }
        }
    }

    /// The slope by the sums that a layer's tangents were taken of, from that by its outputs.
    fn before(&self, layer: &Layer, read: &[f32], slope: &[f32]) -> Vec<f32> {
        let Layer { inputs, outputs, .. } = *layer;
        let weight = &self.parameters[layer.weight.clone()];
        let turned: Vec<f32> = (0..weight.len())
            .map(|place| weight[place % inputs * outputs + place / inputs])
            .collect(); // [output, input]
        let mut before = vec![0.0; read.len()];
        let left = Left { values: slope, row: outputs, inner: 1 };
        add_product(left, &turned, inputs, &mut before);
        before.iter_mut().zip(read).for_each(|(slope, tanh)| *slope *= 1.0 - tanh * tanh);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PpoOptions;
    use crate::network::Network;
    use medley_world::Pendulum;

    #[test]
    fn two_layers_by_hand() {
        let options = PpoOptions { hidden: vec![2], ..Default::default() };
        let network = Network::new(&Pendulum::default(), &options);
        assert_eq!((network.parameter_count(), network.log_sds.clone()), (23, 22..23));
        // Policy: weights [3, 2], biases, weights [2, 1], bias.
        let mut parameters = vec![0.0; 23];
        parameters[..11].copy_from_slice(&[1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.5, 0.0, 3.0, 1.0, -1.0]);
        let found = run(&network.policy, &parameters, &[0.25, 0.5, 9.0]);
        let expected = 3.0 * 0.75_f32.tanh() + 1.0_f32.tanh() - 1.0;
        assert!((found[0] - expected).abs() < 1e-6, "{found:?} {expected}");
    }

    #[test]
    fn rows_do_not_depend_on_their_company() {
        let network = Network::new(&Pendulum::default(), &PpoOptions::default());
        let parameters = network.initial(3);
        let seen: Vec<f32> = (0..3 * 20).map(|i| (i as f32).sin()).collect();
        let alone: Vec<f32> =
            seen.chunks_exact(3).flat_map(|row| run(&network.values, &parameters, row)).collect();
        assert_eq!(run(&network.values, &parameters, &seen), alone);
        assert_eq!(Pass::new(&network.values, &parameters, &seen).outputs, alone);
    }
}
