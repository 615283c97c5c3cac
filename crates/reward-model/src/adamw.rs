//! AdamW (Loshchilov and Hutter 2019) over one flat vector.
//!
//! Burn's own optimizer keys its state by parameter ids, which a fresh process draws anew; here the
//! state is two vectors in the order of the parameters, so that a resumed run continues with the
//! same bits, and a step moves the numbers where they lie.

use medley_toml_file::{Problem, above_zero, not_negative};
use serde::{Deserialize, Serialize};

/// Options of AdamW that do not change during a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdamWOptions {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled weight decay: each step multiplies weights by `1 - rate * decay`.
    pub weight_decay: f64,
}

impl Default for AdamWOptions {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

impl AdamWOptions {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        for (key, beta) in [("beta1", self.beta1), ("beta2", self.beta2)] {
            if !(0.0..1.0).contains(&beta) {
                let message = format!("a number in [0, 1) is needed, found {beta}");
                return Err(Problem::new(key, message));
            }
        }
        above_zero("epsilon", self.epsilon)?;
        not_negative("weight-decay", self.weight_decay)
    }
}

/// The optimizer and its moments.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    first: Vec<f32>,
    second: Vec<f32>,
    options: AdamWOptions,
    steps: u64,
}

impl AdamW {
    /// Zero moments for `count` parameters.
    pub fn new(count: usize, options: &AdamWOptions) -> Self {
        Self { first: vec![0.0; count], second: vec![0.0; count], options: *options, steps: 0 }
    }

    /// First and second moments, in the order of the parameters.
    pub fn moments(&self) -> [&[f32]; 2] {
        [&self.first, &self.second]
    }

    /// Continues as after `steps` steps that left these moments.
    ///
    /// # Panics
    /// If there are not as many moments as parameters.
    pub fn resume(&mut self, [first, second]: [Vec<f32>; 2], steps: u64) {
        let counts = (first.len(), second.len());
        assert_eq!(counts, (self.first.len(), self.second.len()), "moments of other parameters");
        (self.first, self.second, self.steps) = (first, second, steps);
    }

    /// Moves `values` one step down `gradient`.
    ///
    /// # Panics
    /// If values or gradient are not as many as the moments.
    pub fn step(&mut self, values: &mut [f32], gradient: &[f32], rate: f64) {
        assert_eq!(values.len(), self.first.len(), "parameters and moments");
        assert_eq!(gradient.len(), self.first.len(), "gradient and moments");
        self.steps += 1;
        let AdamWOptions { beta1, beta2, epsilon, weight_decay } = self.options;
        let steps = self.steps as i32;
        let correction1 = 1.0 - beta1.powi(steps);
        let correction2 = (1.0 - beta2.powi(steps)) as f32;
        let (keep1, add1) = (beta1 as f32, (1.0 - beta1) as f32);
        let (keep2, add2) = (beta2 as f32, (1.0 - beta2) as f32);
        let (scale, decay) = ((rate / correction1) as f32, (1.0 - rate * weight_decay) as f32);
        let epsilon = epsilon as f32;
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, &slope), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
            *first = *first * keep1 + slope * add1;
            *second = *second * keep2 + slope * slope * add2;
            let root = (*second / correction2).sqrt() + epsilon;
            *value = *value * decay - *first / root * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_steps_by_hand() {
        let options = AdamWOptions { beta1: 0.5, beta2: 0.75, epsilon: 0.0, weight_decay: 0.1 };
        let mut optimizer = AdamW::new(1, &options);
        let mut value = [2.0];
        // Moments 1 and 1 are corrected to 2 and 4: the step is the rate.
        optimizer.step(&mut value, &[2.0], 0.5);
        assert!((value[0] - (2.0 * 0.95 - 0.5)).abs() < 1e-6, "{value:?}");
        // First 0.5 + 0.5 * 4 = 2.5 of 0.75, second 0.75 + 0.25 * 16 = 4.75 of 0.4375.
        optimizer.step(&mut value, &[4.0], 0.5);
        let expected = 1.4 * 0.95 - 0.5 * (2.5 / 0.75) / (4.75f32 / 0.4375).sqrt();
        assert!((value[0] - expected).abs() < 1e-6, "{value:?} {expected}");
    }

    #[test]
    fn a_resumed_optimizer_goes_on_with_the_same_bits() {
        let mut one = AdamW::new(2, &AdamWOptions::default());
        let (mut a, mut b) = ([1.0, -1.0], [0.0; 2]);
        one.step(&mut a, &[0.5, 3.0], 0.1);
        let mut other = AdamW::new(2, &AdamWOptions::default());
        other.resume(one.moments().map(<[f32]>::to_vec), 1);
        b.copy_from_slice(&a);
        one.step(&mut a, &[0.1, 0.2], 0.1);
        other.step(&mut b, &[0.1, 0.2], 0.1);
        assert_eq!((a, one), (b, other));
    }
}
