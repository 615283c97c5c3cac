//! How the rewards of steps add up to the return of a segment.

use serde::{Deserialize, Serialize};

/// Return of a segment given its rewards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// `sum_t r_t`. Longer segments can earn more.
    Sum,
    /// `1/T sum_t r_t`. Length does not enter, and logits do not saturate with it (MAVRL).
    #[default]
    Mean,
    /// `sum_t gamma^t r_t` with this `gamma`.
    Discounted(f64),
}

/// Which steps of a segment a return is about. Step indices count from the segment's start.
#[derive(Clone, Debug, PartialEq)]
pub enum Span<'a> {
    /// All of them.
    Whole,
    /// The part of the whole segment's return that these steps contribute: weights are those of
    /// the whole segment. The empty set contributes 0.
    Part(&'a [u32]),
    /// These steps as if they were a segment of their own. The empty set has return 0.
    Alone(&'a [u32]),
}

impl Returns {
    /// Writes the weight of each step of a segment of `length` steps into `weights`, which is
    /// zero on entry and at least `length` long.
    pub(crate) fn weigh(self, span: &Span<'_>, length: usize, weights: &mut [f32]) {
        match span {
            Span::Whole => {
                for (step, weight) in weights[..length].iter_mut().enumerate() {
                    *weight = self.weight(step, length);
                }
            }
            Span::Part(steps) => {
                for &step in *steps {
                    weights[step as usize] = self.weight(step as usize, length);
                }
            }
            Span::Alone(steps) => {
                for (position, &step) in steps.iter().enumerate() {
                    weights[step as usize] = self.weight(position, steps.len());
                }
            }
        }
    }

    /// Features of a segment's steps, `[time, feature]` in row-major order, added up as rewards are:
    /// the return of a linear reward is their product with its weights.
    pub fn sum_features(self, steps: &[f32], features: usize) -> Vec<f64> {
        let mut sum = vec![0.0; features];
        let length = steps.len() / features.max(1);
        for (step, row) in steps.chunks(features.max(1)).enumerate() {
            let weight = f64::from(self.weight(step, length));
            sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += weight * f64::from(x));
        }
        sum
    }

    fn weight(self, step: usize, length: usize) -> f32 {
        match self {
            Self::Sum => 1.0,
            Self::Mean => 1.0 / length as f32,
            Self::Discounted(gamma) => gamma.powi(step as i32) as f32,
        }
    }
}
