//! A trained reward model on disk: enough to score new segments, and nothing that can be mistaken.

use crate::{SavedModelError, check_files};
use burn::tensor::Device;
use medley_adapter::StepValues;
use medley_dataset::Dataset;
use medley_encoder::{Encoder, Standardizer};
use medley_reward_model::{
    HeadLayout, ModelShape, OfSource, Placement, Returns, RewardModel, RewardModelSpec,
    SegmentBatch, Trainable,
};
use medley_toml_file::{SpecError, Tagged, parse};
use medley_training::{Combination, SumModel, stream};
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The heads. Models of version 0.1.0 list `aspects` instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<HeadLayout>,
    /// Aspects with a head of their own, as version 0.1.0 wrote them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspects: Option<Vec<String>>,
    /// Hash of the files that the encoder read, if it read any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_fingerprint: Option<String>,
    /// Hash of `standardizer.json`, if features are standardized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standardizer: Option<String>,
    /// Hash of `model.safetensors`, in files that have no `parts`; the first ones have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// How steps become features.
    pub encoder: Tagged<dyn Encoder>,
    /// Network and returns.
    pub reward_model: RewardModelSpec,
    /// Weights of the fits whose rewards add up. Models of version 0.1.0 have one and no hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SavedPart>,
}

/// The weights of one fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SavedPart {
    /// File in the folder of the model.
    pub file: String,
    /// Factor on its reward in the one for all; 0 in every part if there is none.
    pub weight: f64,
    /// Factor on its reward in those of sources that have their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, f64>,
    /// Blake3 hash of the file.
    pub blake3: String,
}

/// A trained model that is not on disk yet, with what it needs besides its weights.
pub struct Unsaved<'a> {
    /// Features of a step.
    pub features: usize,
    /// The heads.
    pub layout: &'a HeadLayout,
    /// How steps become features.
    pub encoder: &'a dyn Encoder,
    /// Hash of the files that the encoder read, if it read any.
    pub encoder_fingerprint: Option<&'a str>,
    /// What brought features to one scale, if anything did.
    pub standardizer: Option<&'a Standardizer>,
    /// Network and returns.
    pub reward_model: &'a RewardModelSpec,
    /// The fits, at least one.
    pub fits: Vec<&'a dyn Trainable>,
    /// Their weights.
    pub combination: &'a Combination,
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
/// What a run records of its files, if the model is one of a run: the hash of each, by name.
const RECORD: &str = "done.json";

impl SavedModel {
    /// Whether [`save`](Self::save) writes files of this name.
    pub fn writes(name: &str) -> bool {
        let number = name.strip_prefix("model-").and_then(|rest| rest.strip_suffix(".safetensors"));
        let number = number.and_then(|number| number.parse().ok());
        [MODEL, STANDARDIZER, WEIGHTS].contains(&name)
            || number.is_some_and(|number| weights_file(number) == name)
    }

    /// Writes a trained model into `folder`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save(model: &Unsaved<'_>, folder: &Path) -> Result<(), SavedModelError> {
        let standardizer = match model.standardizer {
            None => None,
            Some(standardizer) => {
                Some(serde_json::to_string_pretty(standardizer).map_err(|error| {
                    SavedModelError::Broken { what: STANDARDIZER, reason: error.to_string() }
                })?)
            }
        };
        let mut parts = Vec::new();
        for (number, part) in model.fits.iter().enumerate() {
            let file = weights_file(number);
            let bytes = part.to_bytes()?;
            write(&folder.join(&file), &bytes)?;
            let Combination { shared, of_source } = model.combination;
            let weight = shared.as_ref().map_or(0.0, |weights| weights[number]);
            let of_source = of_source.iter();
            let sources = of_source.map(|(source, weights)| (source.clone(), weights[number]));
            let sources = sources.collect();
            parts.push(SavedPart { file, weight, sources, blake3: hash(&bytes) });
        }
        let borrowed = Borrowed {
            medley: env!("CARGO_PKG_VERSION"),
            features: model.features,
            encoder_fingerprint: model.encoder_fingerprint,
            standardizer: standardizer.as_deref().map(|text| hash(text.as_bytes())),
            layout: model.layout,
            encoder: model.encoder,
            reward_model: model.reward_model,
            parts,
        };
        let text = toml::to_string(&borrowed)
            .map_err(|error| SavedModelError::Broken { what: MODEL, reason: error.to_string() })?;
        if let Some(standardizer) = &standardizer {
            write(&folder.join(STANDARDIZER), standardizer.as_bytes())?;
        }
        write(&folder.join(MODEL), text.as_bytes())
    }

    /// Scores every segment of `dataset` with the model in `folder`, `batch_size` at a time: by the
    /// reward of a source, or by the one for all.
    ///
    /// The number does not depend on the batch size: rewards are computed in batches of a fixed
    /// number of steps whatever it is.
    ///
    /// # Errors
    /// If a file is missing, broken or of another model, the dataset has other features, or a
    /// return is no finite number.
    pub fn score(
        folder: &Path,
        dataset: &Dataset,
        source: Option<&str>,
        batch_size: usize,
        device: Device,
    ) -> Result<Vec<Score>, SavedModelError> {
        let saved = Self::read(folder)?;
        let standardizer = saved.standardizer(folder)?;
        let features = saved.features_of(standardizer.as_ref(), dataset)?;
        let place = Placement::single(device);
        let model = saved.model(folder, source, &place)?;
        let values = StepValues::compute(model.as_ref(), &features, &place);
        let returns = saved.reward_model.returns;
        let segments: Vec<usize> = (0..dataset.segments().len()).collect();
        let scores: Vec<Score> = segments
            .chunks(batch_size.max(1))
            .flat_map(|chunk| score_batch(dataset, &values, chunk, returns, &place))
            .collect();
        match scores.iter().find(|score| !score.mean.is_finite() || !score.sd.is_finite()) {
            None => Ok(scores),
            Some(score) => Err(SavedModelError::Broken {
                what: WEIGHTS,
                reason: format!(
                    "the return of segment `{}` should be a finite number and is {}",
                    score.segment, score.mean
                ),
            }),
        }
    }

    /// Reads and checks what a model needs besides its weights.
    pub(crate) fn read(folder: &Path) -> Result<Self, SavedModelError> {
        let path = folder.join(MODEL);
        let text = read(&path)?;
        let saved: Self = parse(&path, &text)?;
        saved.check_version()?;
        saved.reward_model.check().map_err(|problem| {
            let problem = problem.within("reward-model");
            let keys: Vec<&str> = problem.path.iter().map(String::as_str).collect();
            Box::new(SpecError::at(&path, &text, &keys, problem.to_string()))
        })?;
        match recorded(folder, MODEL).filter(|expected| *expected != hash(text.as_bytes())) {
            None => Ok(saved),
            Some(expected) => {
                let found = hash(text.as_bytes());
                let reason = format!(
                    "it is not what the run wrote: expected blake3 {expected}, as {RECORD} says, \
                     found {found}"
                );
                Err(SavedModelError::Broken { what: MODEL, reason })
            }
        }
    }

    /// What brought features to one scale in training, if anything did.
    pub(crate) fn standardizer(
        &self,
        folder: &Path,
    ) -> Result<Option<Standardizer>, SavedModelError> {
        let path = folder.join(STANDARDIZER);
        if let Some(expected) = &self.standardizer {
            let text = read(&path)?;
            if hash(text.as_bytes()) != *expected {
                let reason = format!("{} does not match this model", path.display());
                return Err(SavedModelError::Broken { what: STANDARDIZER, reason });
            }
            let standardizer = serde_json::from_str(&text)
                .map_err(|error| SavedModelError::io("read", &path, error))?;
            return Ok(Some(standardizer));
        }
        if path.exists() {
            let reason = format!("{MODEL} does not know of {STANDARDIZER}; train the model again");
            return Err(SavedModelError::Broken { what: MODEL, reason });
        }
        Ok(None)
    }

    /// Features of a dataset as the model read them in training.
    pub(crate) fn features_of(
        &self,
        standardizer: Option<&Standardizer>,
        dataset: &Dataset,
    ) -> Result<medley_encoder::Features, SavedModelError> {
        let mut features = self.features_as_stored(dataset)?;
        if let Some(standardizer) = standardizer {
            features = features.standardized(standardizer)?;
        }
        if features.feature_count() != self.features {
            return Err(SavedModelError::Broken {
                what: "dataset",
                reason: format!(
                    "the model reads {} features and the dataset gives {}",
                    self.features,
                    features.feature_count()
                ),
            });
        }
        Ok(features)
    }

    /// Features of a dataset before they are brought to one scale.
    pub(crate) fn features_as_stored(
        &self,
        dataset: &Dataset,
    ) -> Result<medley_encoder::Features, SavedModelError> {
        let expected = self.encoder_fingerprint.as_deref();
        check_files(self.encoder.as_ref(), expected, "the model was trained")?;
        Ok(self.encoder.encode(dataset)?)
    }

    /// The model, without any optimizer.
    pub(crate) fn model(
        &self,
        folder: &Path,
        source: Option<&str>,
        place: &Placement,
    ) -> Result<Box<dyn RewardModel>, SavedModelError> {
        let layout = match (&self.layout, &self.aspects) {
            (Some(layout), _) => layout.clone(),
            (None, Some(aspects)) => HeadLayout::with_aspects(aspects.clone()),
            (None, None) => {
                let reason = "it has no `layout` of heads".to_owned();
                return Err(SavedModelError::Broken { what: MODEL, reason });
            }
        };
        let members = self.reward_model.members;
        let shape = ModelShape { features: self.features, layout, members };
        let part = |file: &str, weight: f64, expected: Option<&str>| {
            if Path::new(file).file_name() != Some(std::ffi::OsStr::new(file)) {
                let reason = format!("`parts`: `{file}` is no name of a file in its folder");
                return Err(SavedModelError::Broken { what: MODEL, reason });
            }
            let path = folder.join(file);
            let bytes = medley_whole_file::read(&path)
                .map_err(|error| SavedModelError::io("read", &path, error))?;
            let found = hash(&bytes);
            if let Some(expected) = expected
                && expected != found
            {
                let reason = format!("{file}: expected blake3 {expected}, found {found}");
                return Err(SavedModelError::Broken { what: WEIGHTS, reason });
            }
            check_members(&bytes, members, file)?;
            let mut streams = vec![stream(0, "overwritten"); members];
            let mut model = self.reward_model.backbone.module(&shape, &mut streams, place);
            model.restore(bytes, &path)?;
            if let Some(wrong) = model.read().into_iter().find(|weight| !weight.is_finite()) {
                let reason = format!("{file}: weights must be finite, found {wrong}");
                return Err(SavedModelError::Broken { what: WEIGHTS, reason });
            }
            Ok((weight, model.frozen()))
        };
        let parts = match &self.parts[..] {
            [] => vec![part(WEIGHTS, 1.0, self.weights.as_deref())?],
            parts => parts
                .iter()
                .zip(self.weights_for(source)?)
                .map(|(saved, weight)| part(&saved.file, weight, Some(&saved.blake3)))
                .collect::<Result<Vec<_>, _>>()?,
        };
        let sum: Box<dyn RewardModel> = Box::new(SumModel::new(parts));
        Ok(match source {
            Some(source) => Box::new(OfSource::new(sum, source)),
            None => sum,
        })
    }

    /// Weights of the parts in the reward of a source, or in the one for all.
    fn weights_for(&self, source: Option<&str>) -> Result<Vec<f64>, SavedModelError> {
        let broken = |reason: String| SavedModelError::Broken { what: MODEL, reason };
        let named: Vec<&str> =
            self.parts.iter().flat_map(|p| p.sources.keys()).map(String::as_str).collect();
        let named: BTreeSet<&str> = named.into_iter().collect();
        let list = || named.iter().copied().collect::<Vec<_>>().join(", ");
        let Some(source) = source else {
            let weights: Vec<f64> = self.parts.iter().map(|part| part.weight).collect();
            if !named.is_empty() && weights.iter().all(|&weight| weight == 0.0) {
                return Err(broken(format!(
                    "its sources oppose each other, so that there is no reward for all; ask for that \
                     of a source with `--for`: {}",
                    list()
                )));
            }
            return Ok(weights);
        };
        if !named.contains(source) {
            let found = if named.is_empty() {
                "it has one reward for all".to_owned()
            } else {
                format!("there are {}", list())
            };
            return Err(broken(format!("there is no reward of a source `{source}`; {found}")));
        }
        let weight = |part: &SavedPart| part.sources.get(source).copied().unwrap_or(0.0);
        Ok(self.parts.iter().map(weight).collect())
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
}

/// Name of the file with the weights of a fit.
fn weights_file(number: usize) -> String {
    match number {
        0 => WEIGHTS.to_owned(),
        _ => format!("model-{number}.safetensors"),
    }
}

/// The hash that a run has recorded of a file of its folder, if it has: a model that was copied
/// elsewhere, or that no run wrote, has none.
fn recorded(folder: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join(RECORD)).ok()?;
    let record: serde_json::Value = serde_json::from_str(&text).ok()?;
    record.get("files")?.get(name)?.as_str().map(str::to_owned)
}

/// Refuses a number of members that the weights do not have, before a model of that size is made:
/// parameters have a row for each member, or there is a tensor for each.
fn check_members(bytes: &[u8], members: usize, file: &str) -> Result<(), SavedModelError> {
    // What is no safetensors file is refused where it is read.
    let Ok(tensors) = SafeTensors::deserialize(bytes) else { return Ok(()) };
    let has_row_each = tensors.iter().any(|(_, tensor)| tensor.shape().first() == Some(&members));
    if has_row_each || tensors.len() >= members {
        return Ok(());
    }
    let mut rows: Vec<usize> =
        tensors.iter().filter_map(|(_, tensor)| tensor.shape().first().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    let reason = format!(
        "{MODEL} says `members = {members}`, and tensors of {file} have {rows:?} rows: expected one for \
         each member"
    );
    Err(SavedModelError::Broken { what: WEIGHTS, reason })
}

/// Numbers of a version, which compare as versions do.
fn version(text: &str) -> Vec<u64> {
    text.split(['.', '-', '+']).map_while(|number| number.parse().ok()).collect()
}

/// [`SavedModel`] from what a run has.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Borrowed<'a> {
    medley: &'a str,
    features: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder_fingerprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standardizer: Option<String>,
    layout: &'a HeadLayout,
    encoder: &'a dyn Encoder,
    reward_model: &'a RewardModelSpec,
    parts: Vec<SavedPart>,
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SavedModelError> {
    medley_whole_file::write(path, bytes).map_err(|error| SavedModelError::io("write", path, error))
}

fn score_batch(
    dataset: &Dataset,
    values: &StepValues,
    chunk: &[usize],
    returns: Returns,
    place: &Placement,
) -> Vec<Score> {
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

fn read(path: &Path) -> Result<String, SavedModelError> {
    medley_whole_file::read_text(path, medley_whole_file::SETTINGS)
        .map_err(|error| SavedModelError::io("read", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_model_are_known_by_their_names() {
        let ours = ["model.toml", "model.safetensors", "model-1.safetensors", "standardizer.json"];
        assert!(ours.into_iter().all(SavedModel::writes));
        let others = [
            "model-0.safetensors",
            "model-01.safetensors",
            "model-ours.safetensors",
            "model.toml.bak",
            "notes.md",
        ];
        assert!(!others.into_iter().any(SavedModel::writes));
    }

    #[test]
    fn members_that_weights_do_not_have_are_refused_before_anything_is_made() {
        use safetensors::tensor::{Dtype, TensorView, serialize};
        let weights = [0u8; 2 * 3 * 4];
        let view = TensorView::new(Dtype::F32, vec![2, 3, 1], &weights).unwrap();
        let bytes = serialize([("weight", view)], None).unwrap();
        assert!(check_members(&bytes, 2, WEIGHTS).is_ok());
        let error = check_members(&bytes, 100_000_000_000, WEIGHTS).unwrap_err().to_string();
        assert!(error.contains("`members = 100000000000`"), "{error}");
        assert!(error.contains("tensors of model.safetensors have [2] rows"), "{error}");
    }
}
