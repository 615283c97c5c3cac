//! A small network with derivatives written out, and Adam: for models of people that are published with one.
//!
//! One example at a time, in double precision. Networks here have a few thousand weights and panels a few
//! hundred people; tensors would buy nothing and cost the crate its independence.

use rand::{Rng, RngExt};

/// Layers of `W x + b` with a leaky ReLU between them. Without hidden layers it is linear.
#[derive(Clone, Debug)]
pub struct Mlp {
    sizes: Vec<usize>,
    leak: f64,
}

/// Values of each layer: the input first, the output last.
pub type Trace = Vec<Vec<f64>>;

impl Mlp {
    pub fn new(inputs: usize, hidden: &[usize], outputs: usize, leak: f64) -> Self {
        let mut sizes = vec![inputs];
        sizes.extend_from_slice(hidden);
        sizes.push(outputs);
        Self { sizes, leak }
    }

    /// Number of weights.
    pub fn count(&self) -> usize {
        self.sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
    }

    /// Uniform on `+-1 / sqrt(inputs of the layer)`, as PyTorch starts linear layers.
    pub fn start(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut weights = Vec::with_capacity(self.count());
        for pair in self.sizes.windows(2) {
            let bound = (pair[0].max(1) as f64).sqrt().recip();
            let draw = |_| bound * (2.0 * rng.random::<f64>() - 1.0);
            weights.extend((0..(pair[0] + 1) * pair[1]).map(draw));
        }
        weights
    }

    /// Values of all layers; the last is the output.
    pub fn forward(&self, weights: &[f64], input: &[f64]) -> Trace {
        let mut trace = Vec::with_capacity(self.sizes.len());
        trace.push(input.to_vec());
        let mut rest = weights;
        for (layer, pair) in self.sizes.windows(2).enumerate() {
            let (own, others) = rest.split_at((pair[0] + 1) * pair[1]);
            rest = others;
            let leak = if layer + 2 == self.sizes.len() { 1.0 } else { self.leak };
            let unit = |row: &[f64]| {
                let sum = dot(&row[..pair[0]], &trace[layer]) + row[pair[0]];
                if sum > 0.0 { sum } else { leak * sum }
            };
            let values = own.chunks_exact(pair[0] + 1).map(unit).collect();
            trace.push(values);
        }
        trace
    }

    /// Adds the slope in weights to `into`, given the slope in outputs; gives the slope in inputs.
    pub fn backward(
        &self,
        weights: &[f64],
        trace: &Trace,
        slope: &[f64],
        into: &mut [f64],
    ) -> Vec<f64> {
        let mut slope = slope.to_vec();
        let mut end = self.count();
        for (layer, pair) in self.sizes.windows(2).enumerate().rev() {
            let start = end - (pair[0] + 1) * pair[1];
            if layer + 2 != self.sizes.len() {
                let bent =
                    slope.iter_mut().zip(&trace[layer + 1]).filter(|(_, value)| **value <= 0.0);
                bent.for_each(|(slope, _)| *slope *= self.leak);
            }
            let mut below = vec![0.0; pair[0]];
            let rows = weights[start..end].chunks_exact(pair[0] + 1);
            let slopes = into[start..end].chunks_exact_mut(pair[0] + 1);
            for ((row, own), &s) in rows.zip(slopes).zip(&slope) {
                below.iter_mut().zip(row).for_each(|(sum, w)| *sum += s * w);
                own.iter_mut().zip(&trace[layer]).for_each(|(sum, x)| *sum += s * x);
                own[pair[0]] += s;
            }
            slope = below;
            end = start;
        }
        slope
    }
}

/// In eight sums, which a processor adds side by side.
pub fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest: f64 = ones.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in ones.zip(others) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Adam with decoupled decay of weights (Kingma and Ba 2015; Loshchilov and Hutter 2019), with the
/// published .9, .999 and 1e-8.
#[derive(Clone, Debug)]
pub struct Adam {
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl Adam {
    pub fn new(count: usize) -> Self {
        Self { first: vec![0.0; count], second: vec![0.0; count], steps: 0 }
    }

    /// One step down.
    pub fn step(&mut self, weights: &mut [f64], slopes: &[f64], rate: f64, decay: f64) {
        self.steps += 1;
        let first = 1.0 - 0.9_f64.powi(self.steps);
        let second = 1.0 - 0.999_f64.powi(self.steps);
        for (i, (weight, &slope)) in weights.iter_mut().zip(slopes).enumerate() {
            self.first[i] += 0.1 * (slope - self.first[i]);
            self.second[i] += 0.001 * (slope * slope - self.second[i]);
            let size = (self.second[i] / second).sqrt() + 1e-8;
            *weight -= rate * (decay * *weight + self.first[i] / first / size);
        }
    }
}

/// `[start, .., end]` by equal factors; `step` of `steps`.
pub fn exponential(start: f64, end: f64, step: u64, steps: u64) -> f64 {
    start * (end / start).powf(step as f64 / (steps.max(2) - 1) as f64)
}

/// That a slope is that of finite differences.
#[cfg(test)]
pub fn check_slope(at: &[f64], slope: &[f64], mut value: impl FnMut(&[f64]) -> f64) {
    for i in 0..at.len() {
        let mut moved = at.to_vec();
        let step = 1e-5;
        moved[i] += step;
        let above = value(&moved);
        moved[i] -= 2.0 * step;
        let expect = (above - value(&moved)) / (2.0 * step);
        let near = (slope[i] - expect).abs() < 1e-6 * (1.0 + expect.abs());
        assert!(near, "{i} of {}: {} for {expect}", at.len(), slope[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_in_weights_and_inputs() {
        let net = Mlp::new(3, &[5, 11], 2, 0.2);
        let mut rng = medley_random::stream(1, "test");
        let weights = net.start(&mut rng);
        let input = [0.4, -1.2, 0.7];
        let value = |weights: &[f64], input: &[f64]| {
            let out = net.forward(weights, input).pop().unwrap();
            out[0].sin() + 2.0 * out[1] * out[0]
        };
        let trace = net.forward(&weights, &input);
        let out = &trace[3];
        let mut slopes = vec![0.0; net.count()];
        let slope = [out[0].cos() + 2.0 * out[1], 2.0 * out[0]];
        let below = net.backward(&weights, &trace, &slope, &mut slopes);
        check_slope(&weights, &slopes, |weights| value(weights, &input));
        check_slope(&input, &below, |input| value(&weights, input));
    }

    #[test]
    fn one_layer_by_hand() {
        let net = Mlp::new(2, &[], 1, 0.0);
        assert_eq!(net.forward(&[2.0, -1.0, 0.5], &[3.0, 4.0])[1], [2.5]);
        let ones: Vec<f64> = (0..19).map(f64::from).collect();
        assert_eq!(dot(&ones, &ones), 2109.0);
    }

    #[test]
    fn adam_finds_the_bottom_of_a_bowl() {
        let mut at = [3.0, -2.0];
        let mut adam = Adam::new(2);
        for step in 0..2000 {
            let slopes = [2.0 * (at[0] - 1.0), 8.0 * (at[1] + 0.5)];
            adam.step(&mut at, &slopes, exponential(0.1, 1e-4, step, 2000), 0.0);
        }
        assert!((at[0] - 1.0).abs() < 1e-3 && (at[1] + 0.5).abs() < 1e-3, "{at:?}");
    }
}
