//! What the suite cannot know about an adapter: its data, its responses, how people answer.

use burn::tensor::Device;
use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain};
use medley_encoder::Features;
use medley_reward_model::Returns;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// How people with this reward would answer: a dataset with records.
pub type Simulation = fn(&Truth, &mut ChaCha8Rng) -> Dataset;

/// Data for the laws.
pub struct Fixture {
    /// Records that the adapter reads, on segments of unequal length.
    pub dataset: Dataset,
    /// Features of the dataset, as the model sees them.
    pub features: Features,
    /// How many statements the records are.
    pub statements: usize,
    /// How rewards add up.
    pub returns: Returns,
    /// Where to compute, without autodiff.
    pub device: Device,
    /// The dataset with one more record, once for each response that its question can have.
    pub responses: Vec<Dataset>,
    /// Distance between neighbouring responses where they are numbers and `responses` is a grid.
    pub spacing: Option<f64>,
    /// The dataset with the sides of every record swapped, and the answers with them.
    pub mirrored: Option<Dataset>,
    /// Whether a constant added to every reward changes nothing.
    pub shift_invariant: bool,
    /// How people would answer.
    pub simulate: Option<Simulation>,
    /// Least Spearman correlation of true and learned returns.
    pub recovery: f64,
}

impl Fixture {
    /// A fixture for records on a control dataset, with nothing but the laws that need no more.
    pub fn new(dataset: Dataset, statements: usize, device: Device) -> Self {
        let features = stored(&dataset);
        Self {
            dataset,
            features,
            statements,
            returns: Returns::Mean,
            device,
            responses: Vec::new(),
            spacing: None,
            mirrored: None,
            shift_invariant: false,
            simulate: None,
            recovery: 0.8,
        }
    }
}

/// The stored features of a control dataset; none of any other.
pub(super) fn stored(dataset: &Dataset) -> Features {
    use medley_encoder::Encoder;
    let none = |_| Features::new(Vec::new(), Vec::new(), Vec::new());
    medley_encoder::StoredSteps {}.encode(dataset).unwrap_or_else(none)
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
