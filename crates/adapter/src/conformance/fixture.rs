//! What the suite cannot know about an adapter: its data, its responses, how people answer.

use super::world::stored;
use super::{RecordSet, Truth};
use crate::{Form, Query};
use burn::tensor::Device;
use medley_dataset::Dataset;
use medley_encoder::Features;
use medley_reward_model::Returns;
use rand_chacha::ChaCha8Rng;

/// How people with this reward would answer.
pub type Simulation = fn(&Truth, &mut ChaCha8Rng) -> RecordSet;

/// Data for the laws.
///
/// Records should be about several groups, and some of them within one group, so that a split can
/// divide them; by several people, or anonymous; and different enough that some of them have all
/// levels, stages and aspects that all of them have.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// Segments of unequal length.
    pub segments: Dataset,
    /// Records about them that the adapter reads, all of them.
    pub records: RecordSet,
    /// Features of the segments, as the model sees them.
    pub features: Features,
    /// How many statements the records are.
    pub statements: usize,
    /// How rewards add up.
    pub returns: Returns,
    /// Where to compute, without autodiff.
    pub device: Device,
    /// Each response that one more question can have, as the records of that response.
    pub responses: Vec<RecordSet>,
    /// Distance between neighbouring responses where they are numbers and `responses` is a grid.
    pub spacing: Option<f64>,
    /// The records with their sides swapped, and the answers with them.
    pub mirrored: Option<RecordSet>,
    /// Whether a constant added to every reward changes nothing.
    pub shift_invariant: bool,
    /// Whether the order of steps inside a segment matters under mean returns, as it does where
    /// feedback is about some of the steps.
    pub step_order: bool,
    /// Steps that no statement is about, as `(segment, step)`: those that an edit left alone, or
    /// that came after a stop. Losses depend on every other step of a segment that a statement
    /// reads, and on none of these.
    pub unread_steps: Vec<(u32, usize)>,
    /// Whether one of exchangeable options is favoured at equal rewards, such as leaving a text as
    /// it is because an edit takes effort.
    pub favoured: bool,
    /// Questions that records are elicited by; whoever is not named is one of those of the records.
    pub queries: Vec<Query>,
    /// How these may be answered.
    pub form: Form,
    /// How people would answer.
    pub simulate: Option<Simulation>,
    /// Least Spearman correlation of true and learned returns.
    pub recovery: f64,
}

impl Fixture {
    /// Records on a control dataset, with nothing but the laws that need no more.
    pub fn new(segments: Dataset, records: RecordSet, statements: usize, device: Device) -> Self {
        let features = stored(&segments);
        Self {
            segments,
            records,
            features,
            statements,
            returns: Returns::Mean,
            device,
            responses: Vec::new(),
            spacing: None,
            mirrored: None,
            shift_invariant: false,
            step_order: false,
            unread_steps: Vec::new(),
            favoured: false,
            queries: Vec::new(),
            form: Form::default(),
            simulate: None,
            recovery: 0.8,
        }
    }
}
