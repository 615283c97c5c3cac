//! The reward of every step as a person sees it, as a model that an adapter can ask.

use crate::ground::Ground;
use crate::reward::{Reward, Weighing};
use crate::untaken::{Untaken, bits};
use crate::{Distortion, SimulationError};
use burn::tensor::Tensor;
use medley_adapter::{LookupModel, StepValues};
use medley_encoder::Features;
use medley_reward_model::{HeadLayout, Placement, RewardModel, SegmentBatch};
use medley_toml_file::Tagged;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// What somebody sees.
pub(crate) struct Perceived {
    /// One reward a step and segment, since a step may count differently in another segment.
    pub steps: Features,
    pub model: LookupModel,
    /// Rewards of the step table before any distortion of them, by the features of the step.
    pub points: Points,
    /// Sums of rewards of segments before any distortion of them.
    pub totals: Vec<f64>,
    /// Absolutely largest reward that is seen of a step.
    pub largest: f64,
}

impl Perceived {
    pub fn new(
        ground: &Ground,
        context: Option<usize>,
        reward: &Reward,
        distortions: &[Tagged<dyn Distortion>],
    ) -> Result<Self, SimulationError> {
        let dataset = &ground.dataset;
        let of_steps =
            reward.of_steps(ground.worth(context)?, dataset, ground.features.as_ref())?;
        let segments = dataset.segments();
        let (mut values, mut windows) = (Vec::new(), Vec::with_capacity(segments.len()));
        let mut totals = Vec::with_capacity(segments.len());
        let mut largest: f64 = 0.0;
        for segment in 0..segments.len() {
            let mut seen: Vec<f64> = of_steps[segments.steps(segment)].to_vec();
            totals.push(seen.iter().sum());
            distortions.iter().for_each(|distortion| distortion.perceive(&mut seen));
            largest = seen.iter().fold(largest, |largest, reward| largest.max(reward.abs()));
            let start = values.len();
            values.extend(seen.iter().map(|reward| *reward as f32));
            windows.push(start..values.len());
        }
        let of_table = reward.of_points(dataset, &ground.table)?;
        let of_points = of_table.iter().map(|(_, reward)| *reward);
        let mut all = of_steps.iter().copied().chain(of_points);
        // Sums of so many as a segment has are in double precision.
        if let Some(worth) = all.find(|worth| !(*worth as f32).is_finite()) {
            return Err(SimulationError::Reward { worth });
        }
        let mut points = Points::new(ground.features.as_ref(), &of_steps, of_table);
        if let Some(untaken) = &ground.untaken {
            points.wanted = Some((reward.weighing(dataset)?, untaken.clone()));
        }
        let StepValues { features, model } = StepValues::of_one(values, windows);
        Ok(Self { steps: features, model, points, totals, largest })
    }
}

/// Rewards of points of feature space that are steps of the dataset, states and actions of its world if
/// that is a table, or else actions in states that were lived through, if they are discrete. Nobody knows what
/// any other point is worth.
#[derive(Clone, Debug)]
pub(crate) struct Points {
    known: Arc<HashMap<Vec<u32>, f32>>,
    /// Whether a reward was asked for.
    asked: Arc<AtomicBool>,
    /// What is wanted of actions that nobody took, where the world can be asked.
    wanted: Option<(Weighing, Arc<Untaken>)>,
    /// The first point of which that was asked for in vain.
    unknown: Arc<OnceLock<Vec<f32>>>,
    layout: HeadLayout,
}

impl Points {
    fn new(features: Option<&Features>, rewards: &[f64], of_table: Vec<(Vec<f32>, f64)>) -> Self {
        let of_table = of_table.into_iter().map(|(point, reward)| (bits(&point), reward as f32));
        let mut known: HashMap<Vec<u32>, f32> = of_table.collect();
        if let Some(features) = features {
            let width = features.feature_count();
            let mut row = 0;
            for chunk in features.row_chunks(4096) {
                for step in chunk.chunks_exact(width.max(1)) {
                    known.entry(bits(step)).or_insert(rewards[row] as f32);
                    row += 1;
                }
            }
        }
        let (known, layout) = (Arc::new(known), HeadLayout::shared());
        let (asked, unknown) = (Arc::default(), Arc::default());
        Self { known, asked, wanted: None, unknown, layout }
    }

    /// Whether people go by rewards of points: known once a likelihood has predicted something.
    pub fn were_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// A point whose reward was asked for and is not known.
    pub fn unknown(&self) -> Option<&[f32]> {
        self.unknown.get().map(Vec::as_slice)
    }

    fn reward(&self, step: &[f32]) -> f32 {
        let known = self.known.get(&bits(step)).copied();
        let untaken = || {
            let (weighing, untaken) = self.wanted.as_ref()?;
            let wanted = weighing.of(step, untaken.reward(step)?) as f32;
            wanted.is_finite().then_some(wanted)
        };
        known.or_else(untaken).unwrap_or_else(|| {
            self.unknown.get_or_init(|| step.to_vec());
            0.0
        })
    }
}

impl RewardModel for Points {
    fn members(&self) -> usize {
        1
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        self.asked.store(true, Ordering::Relaxed);
        let rows = batch.rows();
        let [count, width] = rows.dims();
        let values: Vec<f32> = rows.into_data().iter::<f32>().collect();
        let rewards = values.chunks_exact(width.max(1)).map(|step| self.reward(step)).collect();
        let place: &Placement = batch.place();
        batch.spread(place.tensor(rewards, [1, count, 1]))
    }
}
