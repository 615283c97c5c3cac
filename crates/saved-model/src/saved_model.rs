//! A trained reward model on disk: enough to score new segments, and nothing that can be mistaken.

use crate::{SavedModelError, check_files};
use burn::tensor::Device;
use medley_adapter::StepValues;
use medley_dataset::{Dataset, Encoder, Standardizer};
use medley_report::write_whole;
use medley_reward_model::{Learner, ModelShape, Placement, Returns, RewardModelSpec, SegmentBatch};
use medley_toml_file::{Tagged, parse};
use medley_training::stream;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// What a model needs besides its weights: `model.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SavedModel {
    /// Version of Medley that wrote it.
    pub medley: String,
    /// Features of a step.
    pub features: usize,
    /// Aspects with a head of their own.
    pub aspects: Vec<String>,
    /// Hash of the files that the encoder read, if it read any.
    #[serde(default)]
    pub encoder_fingerprint: Option<String>,
    /// Hash of `standardizer.json`, if features are standardized.
    #[serde(default)]
    pub standardizer: Option<String>,
    /// Hash of `model.safetensors`; models of before it was recorded have none.
    #[serde(default)]
    pub weights: Option<String>,
    /// How steps become features.
    pub encoder: Tagged<dyn Encoder>,
    /// Network and returns.
    pub reward_model: RewardModelSpec,
}

/// A trained model that is not on disk yet, with what it needs besides its weights.
pub struct Unsaved<'a> {
    /// Features of a step.
    pub features: usize,
    /// Aspects with a head of their own.
    pub aspects: &'a [String],
    /// How steps become features.
    pub encoder: &'a dyn Encoder,
    /// Hash of the files that the encoder read, if it read any.
    pub encoder_fingerprint: Option<&'a str>,
    /// What brought features to one scale, if anything did.
    pub standardizer: Option<&'a Standardizer>,
    /// Network and returns.
    pub reward_model: &'a RewardModelSpec,
    /// The weights.
    pub learner: &'a dyn Learner,
}

/// Score of one segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Its id.
    pub segment: String,
    /// Return, mean over members.
    pub mean: f32,
    /// Standard deviation over members; 0 for one member.
    pub sd: f32,
}

const MODEL: &str = "model.toml";
const WEIGHTS: &str = "model.safetensors";
const STANDARDIZER: &str = "standardizer.json";

impl SavedModel {
    /// Writes a trained model into `folder`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save(unsaved: &Unsaved<'_>, folder: &Path) -> Result<(), SavedModelError> {
        #[derive(Serialize)]
        #[serde(rename_all = "kebab-case")]
        struct Borrowed<'a> {
            medley: &'a str,
            features: usize,
            aspects: &'a [String],
            #[serde(skip_serializing_if = "Option::is_none")]
            encoder_fingerprint: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            standardizer: Option<String>,
            weights: String,
            encoder: &'a dyn Encoder,
            reward_model: &'a RewardModelSpec,
        }
        let standardizer = unsaved.standardizer.map(to_json).transpose()?;
        let weights = folder.join(WEIGHTS);
        unsaved.learner.save_model(&weights)?;
        let borrowed = Borrowed {
            medley: env!("CARGO_PKG_VERSION"),
            features: unsaved.features,
            aspects: unsaved.aspects,
            encoder_fingerprint: unsaved.encoder_fingerprint,
            standardizer: standardizer.as_deref().map(|text| hash(text.as_bytes())),
            weights: hash(&read_bytes(&weights)?),
            encoder: unsaved.encoder,
            reward_model: unsaved.reward_model,
        };
        let text = toml::to_string(&borrowed).map_err(|error| SavedModelError::Broken {
            what: "model.toml",
            reason: error.to_string(),
        })?;
        if let Some(standardizer) = &standardizer {
            write_whole(&folder.join(STANDARDIZER), standardizer.as_bytes())?;
        }
        Ok(write_whole(&folder.join(MODEL), text.as_bytes())?)
    }

    /// Scores every segment of `dataset` with the model in `folder`, `batch_size` at a time.
    ///
    /// The number does not depend on the batch size: rewards are computed in batches of a fixed
    /// number of steps whatever it is.
    ///
    /// # Errors
    /// If a file is missing, broken or of another model, or the dataset has other features.
    pub fn score(
        folder: &Path,
        dataset: &Dataset,
        batch_size: usize,
        device: Device,
    ) -> Result<Vec<Score>, SavedModelError> {
        let path = folder.join(MODEL);
        let saved: Self = parse(&path, &read(&path)?)?;
        saved.check_version()?;
        saved.check_weights(folder)?;
        let expected = saved.encoder_fingerprint.as_deref();
        check_files(saved.encoder.as_ref(), expected, "the model was trained")?;
        let mut features = saved.encoder.encode(dataset)?;
        if let Some(expected) = &saved.standardizer {
            let path = folder.join(STANDARDIZER);
            let text = read(&path)?;
            if hash(text.as_bytes()) != *expected {
                let reason = format!("{} is not the one of this model", path.display());
                return Err(SavedModelError::Broken { what: "standardizer", reason });
            }
            let standardizer: Standardizer = serde_json::from_str(&text)
                .map_err(|error| SavedModelError::io("read", &path, error))?;
            features = features.standardized(&standardizer)?;
        } else if folder.join(STANDARDIZER).exists() {
            let reason = format!("{MODEL} does not know of {STANDARDIZER}; train the model again");
            return Err(SavedModelError::Broken { what: "model", reason });
        }
        if features.feature_count() != saved.features {
            return Err(SavedModelError::Broken {
                what: "dataset",
                reason: format!(
                    "the model reads {} features and the dataset gives {}",
                    saved.features,
                    features.feature_count()
                ),
            });
        }
        let place = Placement::single(device);
        let shape = ModelShape {
            features: saved.features,
            heads: 1 + saved.aspects.len(),
            members: saved.reward_model.members,
        };
        let options = medley_training::Options::default().adamw;
        let rng = &mut stream(0, "overwritten-by-the-checkpoint");
        let mut learner = saved.reward_model.backbone.build(shape, &options, rng, &place);
        learner.load_model(&folder.join(WEIGHTS))?;
        let values = StepValues::compute(learner.model(), &features, &place);
        let returns = saved.reward_model.returns;
        let segments: Vec<usize> = (0..dataset.segments().len()).collect();
        let scores: Vec<Score> = segments
            .chunks(batch_size.max(1))
            .flat_map(|chunk| score_batch(dataset, &values, chunk, returns, &place))
            .collect();
        match scores.iter().find(|score| !score.mean.is_finite()) {
            None => Ok(scores),
            Some(Score { segment, mean, .. }) => {
                let reason = format!("it gives segment `{segment}` the return {mean}");
                Err(SavedModelError::Broken { what: "model", reason })
            }
        }
    }

    /// What a later version wrote may mean something else.
    fn check_version(&self) -> Result<(), SavedModelError> {
        let ours = env!("CARGO_PKG_VERSION");
        match version(&self.medley) <= version(ours) {
            true => Ok(()),
            false => {
                let reason = format!("medley {} wrote it, and this is {ours}", self.medley);
                Err(SavedModelError::Broken { what: "model", reason })
            }
        }
    }

    fn check_weights(&self, folder: &Path) -> Result<(), SavedModelError> {
        let Some(expected) = &self.weights else { return Ok(()) };
        let path = folder.join(WEIGHTS);
        if hash(&read_bytes(&path)?) == *expected {
            return Ok(());
        }
        let reason = format!("{} is not what was written with {MODEL}", path.display());
        Err(SavedModelError::Broken { what: "model", reason })
    }
}

/// Numbers of a version, which compare as versions do.
fn version(text: &str) -> Vec<u64> {
    text.split(['.', '-', '+']).map_while(|number| number.parse().ok()).collect()
}

fn to_json(standardizer: &Standardizer) -> Result<String, SavedModelError> {
    serde_json::to_string_pretty(standardizer)
        .map_err(|error| SavedModelError::Broken { what: "JSON", reason: error.to_string() })
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn score_batch(
    dataset: &Dataset,
    values: &StepValues,
    chunk: &[usize],
    returns: Returns,
    place: &Placement,
) -> Vec<Score> {
    use medley_reward_model::RewardModel;
    let rows: Vec<_> = chunk.iter().map(|&i| values.features.segment(i)).collect();
    let slices: Vec<&[f32]> = rows.iter().map(AsRef::as_ref).collect();
    let batch = SegmentBatch::collate(values.features.feature_count(), &slices, place);
    let told = batch.returns(values.model.rewards(&batch), returns); // [member, batch]
    let [members, size] = told.dims();
    let told: Vec<f32> = told.into_data().iter::<f32>().collect();
    let score = |position: usize| {
        let of = |member: usize| told[member * size + position];
        let mean = (0..members).map(of).sum::<f32>() / members as f32;
        let variance = (0..members).map(|m| (of(m) - mean).powi(2)).sum::<f32>() / members as f32;
        (mean, variance.sqrt())
    };
    chunk
        .iter()
        .enumerate()
        .map(|(position, &segment)| {
            let (mean, sd) = score(position);
            Score { segment: dataset.segments().id(segment).0.clone(), mean, sd }
        })
        .collect()
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, SavedModelError> {
    fs::read(path).map_err(|error| SavedModelError::io("read", path, error))
}

fn read(path: &Path) -> Result<String, SavedModelError> {
    fs::read_to_string(path).map_err(|error| SavedModelError::io("read", path, error))
}
