//! `ExperimentSpec`: an experiment as TOML writes it.
//!
//! Every key has a serde default where one makes sense; `docs/default.toml` shows them all and is
//! tested to be what the code says. Unknown keys are errors. Extension points are externally
//! tagged (`adapter.comparison = {}`), which keeps the position of a mistake.

use medley_adapter::{Adapter, Select};
use medley_dataset::{Budget, Split, SplitBy};
use medley_encoder::Encoder;
use medley_reward_model::RewardModelSpec;
use medley_training::{CalibrationOptions, Inference, Joint, Map, Mixing, Options};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// An experiment on a dataset.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExperimentSpec {
    /// Name: the folder under `runs/`, and the title of figures.
    pub name: String,
    /// One run for each mix and seed.
    #[serde(default = "default_seeds")]
    pub seeds: Vec<u64>,
    /// Where to compute: `flex`, `ndarray`, `tch` or `cuda`, as compiled in.
    #[serde(default = "default_device")]
    pub device: String,
    /// The data.
    pub dataset: DatasetSpec,
    /// The network and how rewards add up.
    #[serde(default)]
    pub reward_model: RewardModelSpec,
    /// The sources of feedback, by a name of your choice.
    pub feedback: BTreeMap<String, FeedbackSpec>,
    /// How sources are mixed.
    #[serde(default = "default_mixing")]
    pub mixing: Box<dyn Mixing>,
    /// How a fit is carried out.
    #[serde(default = "default_inference")]
    pub inference: Box<dyn Inference>,
    /// The loop.
    #[serde(default)]
    pub training: Options,
    /// Which mixes to compare.
    #[serde(default)]
    pub ablation: AblationSpec,
    /// What to measure.
    #[serde(default)]
    pub evaluation: EvaluationSpec,
}

fn default_mixing() -> Box<dyn Mixing> {
    Box::new(Joint::default())
}

fn default_inference() -> Box<dyn Inference> {
    Box::new(Map::default())
}

fn default_seeds() -> Vec<u64> {
    vec![0]
}

fn default_device() -> String {
    "flex".to_owned()
}

/// The data of an experiment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DatasetSpec {
    /// Dataset folder, relative to the working directory.
    pub path: PathBuf,
    /// Shares for validation and test, and what stays whole.
    #[serde(default = "default_split")]
    pub split: Split,
    /// Seed of the split, the same for all runs. Left out, each seed of the experiment draws its
    /// own split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
    /// How steps become features.
    pub encoder: Box<dyn Encoder>,
    /// Whether features are brought to mean 0 and standard deviation 1 over the training part.
    #[serde(default)]
    pub standardize: bool,
    /// MiB that features from files may take in memory; larger tables are read from disk, batch by
    /// batch. It changes no number.
    #[serde(default = "default_memory")]
    pub memory_mib: usize,
}

impl DatasetSpec {
    /// What may be in memory.
    pub fn budget(&self) -> Budget {
        let feature_bytes = self.memory_mib.saturating_mul(1 << 20);
        Budget { feature_bytes, ..Budget::default() }
    }
}

fn default_memory() -> usize {
    Budget::default().feature_bytes >> 20
}

fn default_split() -> Split {
    Split { by: SplitBy::Prompt, validation: 0.1, test: 0.2 }
}

/// One source of feedback.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FeedbackSpec {
    /// How its records are read.
    pub adapter: Box<dyn Adapter>,
    /// Which records are meant: of a source of provenance, of annotators, of groups of people.
    #[serde(default, skip_serializing_if = "Select::is_all")]
    pub select: Select,
}

/// Which mixes of sources to compare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AblationSpec {
    /// All subsets, all but one, or only the full mix.
    pub feedback: FeedbackAblation,
    /// Mixes by name, in place of `feedback`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mixes: BTreeMap<String, Vec<String>>,
    /// How many labels a mix may learn from.
    pub protocol: Protocol,
    /// Number of statements for `equal-labels`; left out, the most that every mix can fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<usize>,
}

impl Default for AblationSpec {
    fn default() -> Self {
        Self {
            feedback: FeedbackAblation::None,
            mixes: BTreeMap::new(),
            protocol: Protocol::Fixed,
            labels: None,
        }
    }
}

/// Families of mixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedbackAblation {
    /// Only the full mix.
    #[default]
    None,
    /// Every non-empty subset of the sources.
    Subsets,
    /// The full mix, and the full mix less each source.
    LeaveOneOut,
}

/// How many labels a mix may learn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// All that its sources have: a mix of more sources has more labels.
    #[default]
    Fixed,
    /// The same number of statements for every mix, shared evenly by its sources.
    EqualLabels,
}

/// What to measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[derive(Default)]
pub struct EvaluationSpec {
    /// Sources whose test part is judged; empty means all.
    pub sources: Vec<String>,
    /// Linear models of a few features to stand beside the reward model, by name. `length-only`
    /// is always there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub baselines: BTreeMap<String, Vec<String>>,
    /// Bootstrap intervals and calibration bins.
    pub measure: medley_evaluation::Options,
    /// Fit of response models to the validation part, reward frozen, for all mixes alike.
    pub calibration: CalibrationOptions,
}
