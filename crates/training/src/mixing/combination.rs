//! What the rewards of several fits come to: weighted sums, which is what can be saved.

use crate::TrainingError;
use burn::tensor::Tensor;
use medley_reward_model::{HeadLayout, LastLayer, RewardModel, SegmentBatch};
use std::collections::BTreeMap;

/// Weighted sums of the rewards of fits, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    /// The reward for all: to export, and to judge sources that have none of their own. None if the
    /// fits speak of different things, so that no sum of them is meant by anybody.
    pub shared: Option<Vec<f64>>,
    /// The rewards of sources that have their own.
    pub of_source: BTreeMap<String, Vec<f64>>,
}

impl Combination {
    /// The reward of the only fit.
    pub fn only() -> Self {
        Self { shared: Some(vec![1.0]), of_source: BTreeMap::new() }
    }

    /// Weights of the reward that a source is judged by; none if there is no such reward.
    pub fn of(&self, source: &str) -> Option<&[f64]> {
        self.of_source.get(source).or(self.shared.as_ref()).map(Vec::as_slice)
    }

    /// Whether there is a finite weight for each of `fits` fits.
    ///
    /// # Errors
    /// If not, with what was found.
    pub fn check(&self, fits: usize) -> Result<(), TrainingError> {
        let is_sound = |weights: &&Vec<f64>| {
            weights.len() == fits && weights.iter().all(|weight| weight.is_finite())
        };
        let mut all = self.shared.iter().chain(self.of_source.values());
        match all.find(|weights| !is_sound(weights)) {
            None => Ok(()),
            Some(weights) => {
                let message =
                    format!("expected a finite weight for each of {fits} fits, found {weights:?}");
                Err(TrainingError::Mixing(message))
            }
        }
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

    /// Of one part alone, as it is: several have as many layers.
    fn last_layer(&self) -> Option<&dyn LastLayer> {
        match self.parts.as_slice() {
            [(1.0, part)] => part.last_layer(),
            _ => None,
        }
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let scaled = self.parts.iter().map(|(weight, part)| part.heads(batch).mul_scalar(*weight));
        scaled.reduce(|sum, part| sum + part).expect("a sum has parts")
    }
}
