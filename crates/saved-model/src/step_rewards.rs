//! What does a saved model say of single steps, asked again and again?
//!
//! [`SavedModel::score`] reads a model, scores a dataset and forgets the model. Whoever optimizes a reward
//! asks thousands of times; here the files are read once.

use crate::{SavedModel, SavedModelError};
use burn::tensor::Device;
use medley_adapter::StepValues;
use medley_dataset::Dataset;
use medley_encoder::Standardizer;
use medley_reward_model::{Placement, RewardModel, SegmentBatch};
use std::path::Path;

/// The reward of steps by a saved model, without any optimizer.
pub struct StepRewards {
    saved: SavedModel,
    standardizer: Option<Standardizer>,
    model: Box<dyn RewardModel>,
    place: Placement,
    fingerprint: String,
}

impl StepRewards {
    /// Reads the model in `folder`: the reward of a source, or the one for all.
    ///
    /// # Errors
    /// A file is missing or broken, there is no such source, or the reward of a step depends on other
    /// steps, so that a step alone has none.
    pub fn open(
        folder: &Path,
        source: Option<&str>,
        device: Device,
    ) -> Result<Self, SavedModelError> {
        let saved = SavedModel::read(folder)?;
        let standardizer = saved.standardizer(folder)?;
        let place = Placement::single(device);
        let model = saved.model(folder, source, &place)?;
        if !model.is_stepwise() {
            let reason =
                "its backbone reads whole segments: the reward of a step depends on others, \
                          and a single step has none"
                    .to_owned();
            return Err(SavedModelError::Broken { what: "model", reason });
        }
        let mut hash = blake3::Hasher::new();
        let text = toml::to_string(&saved).map_err(|error| SavedModelError::Broken {
            what: "model",
            reason: error.to_string(),
        })?;
        hash.update(text.as_bytes());
        hash.update(source.unwrap_or_default().as_bytes());
        let fingerprint = hash.finalize().to_hex().to_string();
        Ok(Self { saved, standardizer, model, place, fingerprint })
    }

    /// Hash of what the model is: weights, network, encoder, scale of features, source.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Members of the ensemble.
    pub fn members(&self) -> usize {
        self.model.members()
    }

    /// Rewards of the steps of the first segment of `dataset`, `[member][step]`, in the unit of the model.
    ///
    /// # Errors
    /// The dataset has other features, or no segment.
    pub fn rewards(&self, dataset: &Dataset) -> Result<Vec<Vec<f64>>, SavedModelError> {
        let features = self.saved.features_of(self.standardizer.as_ref(), dataset)?;
        if dataset.segments().is_empty() {
            let reason = "it has no segment".to_owned();
            return Err(SavedModelError::Broken { what: "dataset", reason });
        }
        let values = StepValues::compute(self.model.as_ref(), &features, &self.place);
        let rows = values.features.segment(0);
        let batch = SegmentBatch::collate(values.features.feature_count(), &[&rows], &self.place);
        let rewards = values.model.rewards(&batch); // [member, 1, time]
        let [members, _, time] = rewards.dims();
        let flat: Vec<f64> = rewards.into_data().iter::<f64>().collect();
        let of = |member: usize| flat[member * time..][..time].to_vec();
        Ok((0..members).map(of).collect())
    }

    /// How far steps of the first segment of `dataset` lie from the training part of the model, `[step]`:
    /// the root of the mean square over features, each counted from its mean in its standard deviations,
    /// about 1 for a step like those. None if features were not standardized, as then nothing is known of
    /// the training part. Features that depend on each other are not told from others.
    ///
    /// # Errors
    /// The dataset has other features, or no segment.
    pub fn data_distances(&self, dataset: &Dataset) -> Result<Option<Vec<f64>>, SavedModelError> {
        let Some(standardizer) = &self.standardizer else { return Ok(None) };
        let plain = Standardizer { components: Vec::new(), ..standardizer.clone() };
        let features = self.saved.features_as_stored(dataset)?.standardized(&plain)?;
        if dataset.segments().is_empty() {
            let reason = "it has no segment".to_owned();
            return Err(SavedModelError::Broken { what: "dataset", reason });
        }
        let of = |row: &[f32]| {
            let squares: f64 = row.iter().map(|value| f64::from(*value).powi(2)).sum();
            (squares / row.len() as f64).sqrt()
        };
        let rows = features.segment(0);
        Ok(Some(rows.chunks_exact(features.feature_count().max(1)).map(of).collect()))
    }
}
