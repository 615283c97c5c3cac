//! `ExperimentSpec`: an experiment as TOML writes it.
//!
//! Every key has a serde default where one makes sense; `docs/default.toml` shows them all and is
//! tested to be what the code says. Unknown keys are errors. Extension points are externally
//! tagged (`adapter.comparison = {}`), which keeps the position of a mistake.

use crate::{AblationSpec, ExecutionSpec, QueryingSpec, SweepSpec, TruthSpec, TuningSpec};
use medley_adapter::{Adapter, Select};
use medley_dataset::{Split, SplitBy};
use medley_encoder::Encoder;
use medley_reward_model::RewardModelSpec;
use medley_toml_file::{Problem, Tagged, above_zero, at_least};
use medley_training::{CalibrationOptions, Inference, Map, Mixing, Options, Separate};
use medley_world::Generator;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// An experiment on a dataset.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// How runs are carried out; no number depends on it.
    #[serde(default)]
    pub execution: ExecutionSpec,
    /// The data.
    pub dataset: DatasetSpec,
    /// The network and how rewards add up.
    #[serde(default)]
    pub reward_model: RewardModelSpec,
    /// The sources of feedback, by a name of your choice.
    pub feedback: BTreeMap<String, FeedbackSpec>,
    /// How sources are mixed.
    #[serde(default = "default_mixing")]
    pub mixing: Tagged<dyn Mixing>,
    /// How a fit is carried out.
    #[serde(default = "default_inference")]
    pub inference: Tagged<dyn Inference>,
    /// The loop.
    #[serde(default)]
    pub training: Options,
    /// Which mixes to compare.
    #[serde(default)]
    pub ablation: AblationSpec,
    /// What is tuned, beside the same runs untuned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning: Option<TuningSpec>,
    /// What is asked next where feedback is collected round by round, beside the same mixes on everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub querying: Option<QueryingSpec>,
    /// The points at which all of this is run, if at several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepSpec>,
    /// What to measure.
    #[serde(default)]
    pub evaluation: EvaluationSpec,
}

/// What cannot harm a source.
pub(crate) fn default_mixing() -> Tagged<dyn Mixing> {
    Tagged::new(Box::new(Separate::default()) as Box<dyn Mixing>)
}

pub(crate) fn default_inference() -> Tagged<dyn Inference> {
    Tagged::new(Box::new(Map::default()) as Box<dyn Inference>)
}

fn default_seeds() -> Vec<u64> {
    vec![0]
}

fn default_device() -> String {
    "flex".to_owned()
}

/// The data of an experiment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DatasetSpec {
    /// Dataset folder, relative to the working directory; or else a generator is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// What makes a dataset of each seed, in the place of a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<Tagged<dyn Generator>>,
    /// Which of `[ablation.data]` the generator is of; none if it is as the file writes it.
    #[serde(skip)]
    pub variant: Option<String>,
    /// Seed of the generator, the same for all runs. Left out, each seed of the experiment has a
    /// dataset of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_seed: Option<u64>,
    /// Shares for validation and test, and what stays whole.
    #[serde(default = "default_split")]
    pub split: Split,
    /// Seed of the split, the same for all runs. Left out, each seed of the experiment draws its
    /// own split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u64>,
    /// How steps become features.
    pub encoder: Tagged<dyn Encoder>,
    /// Whether features are brought to mean 0 and standard deviation 1 over the training part.
    #[serde(default)]
    pub standardize: bool,
    /// Blocks of features of which models see the first principal components over the training part, and
    /// how many. It takes `standardize`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, usize>,
}

fn default_split() -> Split {
    Split { by: SplitBy::Prompt, validation: 0.1, test: 0.2 }
}

/// One source of feedback.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FeedbackSpec {
    /// How its records are understood.
    pub adapter: Tagged<dyn Adapter>,
    /// Which records are meant: of a source of provenance, of annotators, of groups of people.
    #[serde(default, skip_serializing_if = "Select::is_all")]
    pub select: Select,
    /// How closely its answers are known to follow returns, above 0, as of simulated people. Rationality
    /// starts there and is shrunk to it; where the mixing learns none, it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationality: Option<f64>,
    /// Whether what was said is learned from, or a control that says nothing.
    #[serde(default, skip_serializing_if = "SaidBy::is_people")]
    pub answers: SaidBy,
}

/// Whose answers a source has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaidBy {
    /// The people's who were asked.
    #[default]
    People,
    /// A control: their answers, dealt anew among the questions of each part of the split.
    Shuffled,
}

impl SaidBy {
    fn is_people(&self) -> bool {
        *self == Self::People
    }

    /// What was done to the answers; none if they are people's.
    pub fn control(&self) -> Option<String> {
        match self {
            Self::People => None,
            Self::Shuffled => Some("shuffled".to_owned()),
        }
    }
}

/// What to measure.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EvaluationSpec {
    /// Sources whose test part is judged; empty means all.
    pub sources: Vec<String>,
    /// Linear models of a few features to stand beside the reward model, by name. `length-only`
    /// is always there, and `by model` where segments have a column `model` of metadata, or another.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub baselines: BTreeMap<String, Vec<String>>,
    /// How these and `length-only` are trained.
    pub baseline: BaselineSpec,
    /// Bootstrap intervals and calibration bins.
    pub measure: medley_evaluation::Options,
    /// Fit of response models to the validation part, reward frozen, for all mixes alike.
    pub calibration: CalibrationOptions,
    /// Whether to measure how well each source's reward predicts every other, where there are
    /// several. It costs as much as fitting each source twice.
    pub agreement: bool,
    /// What learned rewards are held against, where the true one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<TruthSpec>,
}

impl Default for EvaluationSpec {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            baselines: BTreeMap::new(),
            baseline: BaselineSpec::default(),
            measure: medley_evaluation::Options::default(),
            calibration: CalibrationOptions::default(),
            agreement: true,
            truth: None,
        }
    }
}

/// Training of linear models of a few features. What it does not say is as in `[training]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BaselineSpec {
    /// Most passes over all statements, unless `min_steps` asks for more.
    pub epochs: u32,
    /// Optimizer steps that are taken in any case, as in `[training]`.
    pub min_steps: u64,
    /// Step size. One weight a feature: one that suits deep networks would not move it in time.
    pub learning_rate: f64,
    /// Step size for response models.
    pub response_learning_rate: f64,
}

impl Default for BaselineSpec {
    fn default() -> Self {
        Self { epochs: 1000, min_steps: 1000, learning_rate: 0.03, response_learning_rate: 0.03 }
    }
}

impl BaselineSpec {
    /// The options of the loop.
    pub fn options(&self, training: &Options) -> Options {
        Options {
            epochs: self.epochs,
            min_steps: self.min_steps,
            learning_rate: self.learning_rate,
            response_learning_rate: self.response_learning_rate,
            ..training.clone()
        }
    }
}

/// Beginning of the names that tables give to baselines of metadata.
const BY_METADATA: &str = "by ";

/// Names that tables give to what is measured beside the baselines of a file.
pub const ESTIMATORS: [&str; 8] = [
    "model",
    "majority",
    "length-only",
    "label-ceiling",
    "scalar-ceiling",
    "chance",
    "best-possible",
    "true reward",
];

impl EvaluationSpec {
    /// Whether its numbers are in range, and its names stand for one thing each.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.sources.iter().find(|source| !seen.insert(*source)) {
            let message = format!("expected each source once, found `{twice}` twice");
            return Err(Problem::new("sources", message));
        }
        for (name, features) in &self.baselines {
            check_baseline(name, features).map_err(|problem| problem.within("baselines"))?;
        }
        self.measure.check().map_err(|problem| problem.within("measure"))?;
        self.calibration.check().map_err(|problem| problem.within("calibration"))?;
        self.baseline.check().map_err(|problem| problem.within("baseline"))
    }
}

/// A baseline is a row of tables under its name, and a model of its features.
fn check_baseline(name: &str, features: &[String]) -> Result<(), Problem> {
    let refused = |message: String| Err(Problem::new(name, message));
    if name.trim().is_empty() {
        return refused("a name is needed, found an empty text".to_owned());
    }
    if ESTIMATORS.contains(&name) {
        let taken = ESTIMATORS.map(|name| format!("`{name}`")).join(", ");
        return refused(format!("expected a name other than {taken}, found `{name}`"));
    }
    if name.starts_with(BY_METADATA) {
        let expected = "expected a name that does not begin with `by `, as those of metadata do";
        return refused(format!("{expected}, found `{name}`"));
    }
    match features.is_empty() {
        true => refused("at least one feature is needed, found none".to_owned()),
        false => Ok(()),
    }
}

impl BaselineSpec {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("epochs", u64::from(self.epochs), 1)?;
        above_zero("learning-rate", self.learning_rate)?;
        above_zero("response-learning-rate", self.response_learning_rate)
    }
}
