//! Segments for fixtures, and a reward that is known.

use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain};
use medley_encoder::{Encoder, Features, StoredSteps};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Segments `s0`, `s1`, ... of 1 to 4 steps with three features, two in each group `g0`, `g1`, ...
///
/// # Errors
/// None for a positive number of segments.
pub fn world(segments: usize, seed: u64) -> Result<Dataset, DatasetError> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let mut card = Card::new("conformance", Domain::Control);
    card.features = ["x", "y", "z"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut first = 0;
    for number in 0..segments {
        let group = format!("g{}", number / 2);
        if number % 2 == 0 {
            builder.add_group(&group, None, None);
        }
        let steps = 1 + number % 4;
        let rows: Vec<f32> = (0..3 * steps).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect();
        builder.add_steps(&rows);
        builder.add_window(&format!("s{number}"), &[&group], first, steps);
        first += steps;
    }
    builder.build()
}

/// A known reward: `r = weights . x`.
pub struct Truth {
    /// Segments without records.
    pub dataset: Dataset,
    /// Their features.
    pub features: Features,
    /// Weights of the reward.
    pub weights: Vec<f64>,
}

impl Truth {
    /// Reward of one step.
    pub fn reward(&self, step: &[f32]) -> f64 {
        step.iter().zip(&self.weights).map(|(&x, w)| f64::from(x) * w).sum()
    }

    /// Rewards of the steps of a segment.
    pub fn rewards(&self, segment: usize) -> Vec<f64> {
        let width = self.features.feature_count();
        self.features.segment(segment).chunks(width).map(|step| self.reward(step)).collect()
    }

    /// Mean reward of a segment.
    pub fn mean(&self, segment: usize) -> f64 {
        let rewards = self.rewards(segment);
        rewards.iter().sum::<f64>() / rewards.len() as f64
    }

    /// Id of a segment.
    pub fn id(&self, segment: usize) -> medley_feedback::SegmentId {
        self.dataset.segments().id(segment).clone()
    }
}

/// The stored features of a control dataset; none of any other.
pub(super) fn stored(dataset: &Dataset) -> Features {
    let none = |_| Features::new(Vec::new(), Vec::new(), Vec::new());
    StoredSteps {}.encode(dataset).unwrap_or_else(none)
}
