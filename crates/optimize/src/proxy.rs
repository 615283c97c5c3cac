//! Rewards to be optimized: what a world pays, and what a saved model says of the same steps.

use crate::OptimizeError;
use crate::reward::{EnsembleReward, NamedReward};
use crate::standard::{Standard, standards};
use burn::tensor::Device;
use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain};
use medley_ppo::{RewardSource, Steps};
use medley_saved_model::{SavedModelError, StepRewards};
use medley_theory::Pessimism;
use medley_world::World;
use std::path::Path;

/// How a saved model is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading<'a> {
    /// Whose reward: of a source, or the one for all.
    pub source: Option<&'a str>,
    /// How members become one.
    pub pessimism: Pessimism,
    /// Whether members are brought to one origin and unit first.
    pub standardize: bool,
}

/// What the model in `folder` says, under its own name. It is asked about one step at once, so that a model
/// that does not fit is refused before anything is optimized.
///
/// # Errors
/// The model cannot be read, reads other features than the world has, scores whole segments only, or its
/// members cannot be made into one or be standardized.
pub fn learned_reward(
    folder: &Path,
    world: &dyn World,
    reading: Reading<'_>,
    device: &Device,
) -> Result<NamedReward, OptimizeError> {
    // `true` alone is what the world pays, and not a folder that is called so.
    let name = match folder.to_str() {
        Some("true") => "./true".to_owned(),
        _ => folder.display().to_string(),
    };
    let features = world.feature_names();
    let unfit = |source: SavedModelError| OptimizeError::Model {
        reward: name.clone(),
        world: world.typetag_name().to_owned(),
        features: shortened(&features),
        source: Box::new(source),
    };
    let model = StepRewards::open(folder, reading.source, device.clone()).map_err(unfit)?;
    let pessimism = reading.pessimism;
    let features = features.clone();
    let mut learned = LearnedReward { model, features, pessimism, standards: None };
    let one = vec![0.0; learned.features.len()];
    let members = learned.model.rewards(&learned.dataset(&one)?).map_err(unfit)?;
    let source = pessimism.scores(&members);
    source.map_err(|source| OptimizeError::Members { reward: name.clone(), source })?;
    if reading.standardize {
        learned.standards = Some(standards(world, &name, &learned)?);
    }
    Ok(NamedReward { label: name.clone(), name, price: 0.0, source: Box::new(learned) })
}

fn shortened(names: &[String]) -> String {
    match names {
        [first, second, .., last] if names.len() > 8 => {
            format!("{first}, {second}, ..., {last} ({} of them)", names.len())
        }
        names => names.join(", "),
    }
}

/// What a saved model says of steps.
struct LearnedReward {
    model: StepRewards,
    features: Vec<String>,
    pessimism: Pessimism,
    /// Origin and unit of each member; none: those of the model.
    standards: Option<Vec<Standard>>,
}

impl LearnedReward {
    /// Steps as the only segment of a dataset, which is what encoders read.
    fn dataset(&self, rows: &[f32]) -> Result<Dataset, DatasetError> {
        let mut card = Card::new("steps", Domain::Control);
        card.features = self.features.clone();
        let mut builder = DatasetBuilder::new(card);
        builder.add_group("all", None, None);
        builder.add_steps(rows);
        builder.add_window("all", &["all"], 0, rows.len() / self.features.len().max(1));
        builder.build()
    }
}

impl RewardSource for LearnedReward {
    fn fingerprint(&self) -> String {
        let standards = self.standards.iter().flatten().map(Standard::fingerprint);
        let standards: String = standards.collect();
        format!("{} {:?}{standards}", self.model.fingerprint(), self.pessimism)
    }

    fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String> {
        let members = self.members(steps)?;
        self.pessimism.scores(&members).map_err(|error| error.to_string())
    }
}

impl EnsembleReward for LearnedReward {
    fn members(&self, steps: &Steps<'_>) -> Result<Vec<Vec<f64>>, String> {
        let dataset = self.dataset(steps.features).map_err(|error| error.to_string())?;
        let mut members = self.model.rewards(&dataset).map_err(|error| error.to_string())?;
        for (rewards, standard) in members.iter_mut().zip(self.standards.iter().flatten()) {
            rewards.iter_mut().for_each(|reward| *reward = standard.of(*reward));
        }
        Ok(members)
    }

    fn pessimism(&self) -> Pessimism {
        self.pessimism
    }

    fn data_distances(&self, steps: &Steps<'_>) -> Result<Option<Vec<f64>>, String> {
        let dataset = self.dataset(steps.features).map_err(|error| error.to_string())?;
        self.model.data_distances(&dataset).map_err(|error| error.to_string())
    }
}
