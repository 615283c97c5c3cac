//! How the rewards of several fits become one: a weighted sum, which is what can be saved.

use crate::TrainingError;
use burn::tensor::Tensor;
use medley_reward_model::{HeadLayout, RewardModel, SegmentBatch};
use serde::{Deserialize, Serialize};

/// A weighted sum of the rewards of fits, in their order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Combination {
    /// One weight for each fit.
    pub weights: Vec<f64>,
}

impl Combination {
    /// The reward of the only fit.
    pub fn only() -> Self {
        Self { weights: vec![1.0] }
    }

    /// Whether there is a finite weight for each of `fits` fits.
    ///
    /// # Errors
    /// If not, with what was found.
    pub fn check(&self, fits: usize) -> Result<(), TrainingError> {
        let weights = &self.weights;
        if weights.len() == fits && weights.iter().all(|weight| weight.is_finite()) {
            return Ok(());
        }
        let message =
            format!("expected a finite weight for each of {fits} fits, found {weights:?}");
        Err(TrainingError::Mixing(message))
    }
}

/// A weighted sum of reward models with as many members and the same heads.
pub struct SumModel {
    parts: Vec<(f64, Box<dyn RewardModel>)>,
}

impl SumModel {
    /// Sums `parts`, each with its weight.
    ///
    /// # Panics
    /// If there is none, or members or heads differ.
    pub fn new(parts: Vec<(f64, Box<dyn RewardModel>)>) -> Self {
        let first = &parts.first().expect("a sum has parts").1;
        let shape = (first.members(), first.layout());
        let same =
            |part: &(f64, Box<dyn RewardModel>)| (part.1.members(), part.1.layout()) == shape;
        assert!(parts.iter().all(same), "parts of a sum have other members or heads");
        Self { parts }
    }
}

impl RewardModel for SumModel {
    fn members(&self) -> usize {
        self.parts[0].1.members()
    }

    fn layout(&self) -> &HeadLayout {
        self.parts[0].1.layout()
    }

    fn is_stepwise(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.is_stepwise())
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let scaled = self.parts.iter().map(|(weight, part)| part.heads(batch).mul_scalar(*weight));
        scaled.reduce(|sum, part| sum + part).expect("a sum has parts")
    }
}
