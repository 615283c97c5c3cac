//! Rewards to be optimized: what a world pays, and what a saved model says of the same steps.

use crate::OptimizeError;
use burn::tensor::Device;
use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain};
use medley_ppo::{RewardSource, Steps, TrueReward};
use medley_saved_model::{SavedModelError, StepRewards};
use medley_theory::Pessimism;
use medley_world::World;
use std::path::Path;

/// A reward, and what it is called in tables.
pub struct NamedReward {
    /// Folder of a model, or `true`.
    pub name: String,
    /// The reward.
    pub source: Box<dyn RewardSource>,
}

/// What the world pays.
pub fn true_reward() -> NamedReward {
    NamedReward { name: "true".to_owned(), source: Box::new(TrueReward) }
}

/// What the model in `folder` says, of all people or of a `source`; members of an ensemble become one reward by
/// `pessimism`. It is asked about one step at once, so that a model that does not fit is refused before
/// anything is optimized.
///
/// # Errors
/// The model cannot be read, reads other features than the world has, scores whole segments only, or its
/// members cannot be made into one.
pub fn learned_reward(
    folder: &Path,
    source: Option<&str>,
    world: &dyn World,
    pessimism: Pessimism,
    device: &Device,
) -> Result<NamedReward, OptimizeError> {
    let name = folder.display().to_string();
    let features = world.feature_names();
    let unfit = |source: SavedModelError| OptimizeError::Model {
        reward: name.clone(),
        world: world.typetag_name().to_owned(),
        features: shortened(&features),
        source: Box::new(source),
    };
    let model = StepRewards::open(folder, source, device.clone()).map_err(unfit)?;
    let learned = LearnedReward { model, features: features.clone(), pessimism };
    let one = vec![0.0; features.len()];
    let members = learned.model.rewards(&learned.dataset(&one)?).map_err(unfit)?;
    let source = pessimism.scores(&members);
    source.map_err(|source| OptimizeError::Members { reward: name.clone(), source })?;
    Ok(NamedReward { name, source: Box::new(learned) })
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
        format!("{} {:?}", self.model.fingerprint(), self.pessimism)
    }

    fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String> {
        let dataset = self.dataset(steps.features).map_err(|error| error.to_string())?;
        let members = self.model.rewards(&dataset).map_err(|error| error.to_string())?;
        self.pessimism.scores(&members).map_err(|error| error.to_string())
    }
}
