//! Everything that the numbers of one run depend on, and nothing else: hashed whole.
//!
//! A run's spec is cut out of the experiment's: the sources that it trains on or is judged on, and
//! for baselines, which no mix and no network changes, the options that they are trained with.
//! What no number depends on (`[execution]`, the dataset's path, the name of the experiment) is not
//! in it, so that there is no list of exceptions to keep.

use crate::point::alone;
use crate::spec::default_inference;
use crate::{
    AnswerBudget, Costs, Cut, DatasetSpec, EvaluationSpec, ExperimentSpec, FeedbackSpec, FitSpec,
    Mix, PlanError, Point, Protocol, RunQuerying, RunTuning, TimeBudget, TruthSpec,
};
use medley_dataset::Split;
use medley_encoder::Encoder;
use medley_reward_model::{Backbone, Linear, RewardModelSpec};
use medley_toml_file::Tagged;
use medley_training::{CalibrationOptions, Inference, Joint, Mixing, Options};
use medley_world::Generator;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a run's numbers depend on, besides its subject and its seed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunSpec {
    /// Version of Medley.
    pub medley: String,
    /// Where to compute.
    pub device: String,
    /// The data: its content, not its place.
    pub dataset: RunData,
    /// The network and how rewards add up.
    pub reward_model: RewardModelSpec,
    /// How sources are mixed.
    pub mixing: Tagged<dyn Mixing>,
    /// How a fit is carried out.
    pub inference: Tagged<dyn Inference>,
    /// The loop.
    pub training: Options,
    /// How many labels it may learn from.
    pub budget: LabelBudget,
    /// What is measured.
    pub evaluation: RunEvaluation,
    /// The sources that it trains on or is judged on, or that its budget or its tuning depends on.
    pub feedback: BTreeMap<String, FeedbackSpec>,
    /// What its options are chosen among, if they are tuned; those above are then of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuning: Option<RunTuning>,
    /// How its questions are chosen, if it does not learn from all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub querying: Option<RunQuerying>,
}

/// The data of a run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunData {
    /// Content hash of the dataset, if it is a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// What makes the dataset, if it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generator: Option<Generated>,
    /// Hash of the files that the encoder reads, if it reads any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder_fingerprint: Option<String>,
    /// Seed of the split.
    pub split_seed: u64,
    /// Whether features are brought to mean 0 and standard deviation 1 over the training part.
    pub standardize: bool,
    /// Blocks of features of which models see the first principal components, and how many.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, usize>,
    /// Shares for validation and test, and what stays whole.
    pub split: Split,
    /// How steps become features.
    pub encoder: Tagged<dyn Encoder>,
}

/// A dataset that is made anew.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Generated {
    /// Seed that it is made by.
    pub seed: u64,
    /// What makes it.
    pub by: Tagged<dyn Generator>,
    /// Hash of the files that it reads, if it reads any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Which of `[ablation.data]` it is, for messages and tables; none for what the file writes.
    #[serde(skip)]
    pub variant: Option<String>,
}

/// How many labels a run may learn from.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LabelBudget {
    /// All, or as many for each mix.
    pub protocol: Protocol,
    /// How many, if the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<usize>,
    /// The sources of each compared mix, if the budget is the most that all of them can fill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Vec<String>>,
    /// The point of a curve, if it is one that may not learn from everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// People's time, if that is what mixes have alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeBudget>,
    /// Answers, if they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<AnswerBudget>,
}

/// What is measured in a run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunEvaluation {
    /// Sources whose test part is judged; empty means all.
    pub sources: Vec<String>,
    /// Linear models of a few features, by name; none in a run of a mix.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub baselines: BTreeMap<String, Vec<String>>,
    /// Bootstrap intervals and calibration bins.
    pub measure: medley_evaluation::Options,
    /// Fit of response models to the validation part.
    pub calibration: CalibrationOptions,
    /// What learned rewards are held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<TruthSpec>,
}

/// Hashes of the files that an experiment reads.
#[derive(Clone, Debug)]
pub struct Content {
    /// Of the dataset; none if it is made anew.
    pub dataset_hash: Option<String>,
    /// Of the files that the encoder reads, if it reads any.
    pub encoder_fingerprint: Option<String>,
    /// Of the files that the generator of each variant reads, if it reads any, by the name of the variant.
    pub generator_fingerprints: BTreeMap<Option<String>, String>,
}

impl RunSpec {
    /// The part of `spec` that the baselines of `seed` depend on: no mix and no network.
    pub fn of_baselines(spec: &ExperimentSpec, content: &Content, seed: u64) -> Self {
        let EvaluationSpec { sources, baselines, baseline, .. } = &spec.evaluation;
        let own = Self::on(spec, content, seed, spec.judged(), sources.clone());
        Self {
            reward_model: baseline_model(spec),
            mixing: baseline_mixing(),
            inference: default_inference(),
            training: baseline.options(&spec.training),
            evaluation: RunEvaluation { baselines: baselines.clone(), ..own.evaluation },
            ..own
        }
    }

    /// The part of `spec` that the agreement of `seed` depends on: all sources, each alone. Nothing
    /// of the test part is judged.
    pub fn of_agreement(spec: &ExperimentSpec, content: &Content, seed: u64) -> Self {
        Self::on(spec, content, seed, spec.feedback.keys(), Vec::new())
    }

    /// The part of `spec` that a run of a point with `seed` depends on. On a curve, its source alone
    /// is judged.
    ///
    /// # Errors
    /// The mixes that its budget depends on cannot be listed.
    pub fn of_point(
        spec: &ExperimentSpec,
        content: &Content,
        point: &Point,
        seed: u64,
    ) -> Result<Self, PlanError> {
        let Point { mix, mixing, curve, tuning, querying } = point;
        let cut = curve.as_ref().and_then(|place| place.cut.clone());
        let budget = LabelBudget { cut, ..LabelBudget::of(spec)? };
        let (judged, named) = match curve {
            None => (spec.judged(), spec.evaluation.sources.clone()),
            Some(place) => (vec![&place.source], vec![place.source.clone()]),
        };
        let needed = mix.sources.iter().chain(budget.compared.iter().flatten()).chain(judged);
        let needed = needed.chain(tuning.as_ref().map(|tuning| &tuning.target));
        let own = Self::on(spec, content, seed, needed, named);
        let names: Vec<&str> = mix.sources.iter().map(String::as_str).collect();
        let mixing = mixing.cut_to(&names).map_or_else(|| mixing.clone(), Tagged::new);
        let own = Self { mixing, budget, querying: querying.clone(), ..own };
        Ok(match tuning {
            None => own,
            Some(tuning) => {
                Self { tuning: Some(tuning.clone()), ..own.fitted_as(&tuning.candidates[0].fit) }
            }
        })
    }

    /// The same with its model built and fitted in another way.
    pub fn fitted_as(&self, fit: &FitSpec) -> Self {
        let FitSpec { reward_model, mixing, inference, training } = fit.clone();
        Self { reward_model, mixing, inference, training, ..self.clone() }
    }

    /// What all runs of `spec` have alike, on the sources `needed`, of which those named are judged.
    fn on<'a>(
        spec: &'a ExperimentSpec,
        content: &Content,
        seed: u64,
        needed: impl IntoIterator<Item = &'a String>,
        judged: Vec<String>,
    ) -> Self {
        let found = needed.into_iter().filter_map(|name| spec.feedback.get_key_value(name));
        Self {
            medley: env!("CARGO_PKG_VERSION").to_owned(),
            device: spec.device.clone(),
            dataset: RunData::of(&spec.dataset, content, seed),
            reward_model: spec.reward_model.clone(),
            mixing: alone(),
            inference: spec.inference.clone(),
            training: spec.training.clone(),
            budget: LabelBudget::default(),
            evaluation: RunEvaluation {
                sources: judged,
                baselines: BTreeMap::new(),
                measure: spec.evaluation.measure,
                calibration: spec.evaluation.calibration,
                truth: spec.evaluation.truth.clone(),
            },
            feedback: found.map(|(name, source)| (name.clone(), source.clone())).collect(),
            tuning: None,
            querying: None,
        }
    }

    /// Names of the sources that are judged, as far as they have records in the test part.
    pub fn judged(&self) -> Vec<String> {
        match self.evaluation.sources.is_empty() {
            true => self.feedback.keys().cloned().collect(),
            false => self.evaluation.sources.clone(),
        }
    }

    /// Runs whose data is the same text share one prepared dataset.
    ///
    /// # Errors
    /// An option that TOML cannot hold.
    pub fn data(&self) -> Result<String, PlanError> {
        #[derive(Serialize)]
        struct Data<'a> {
            dataset: &'a RunData,
            feedback: &'a BTreeMap<String, FeedbackSpec>,
        }
        crate::error::to_toml(&Data { dataset: &self.dataset, feedback: &self.feedback })
    }
}

/// One weight a feature and a rationality, so that a small step size does not hold the scale back.
fn baseline_mixing() -> Tagged<dyn Mixing> {
    let mixing: Box<dyn Mixing> = Box::new(Joint::default());
    Tagged::new(mixing)
}

/// One weight a feature.
fn baseline_model(spec: &ExperimentSpec) -> RewardModelSpec {
    let backbone: Box<dyn Backbone> = Box::new(Linear::default());
    let returns = spec.reward_model.returns;
    RewardModelSpec { members: 1, returns, backbone: Tagged::new(backbone) }
}

impl ExperimentSpec {
    /// Names of the sources that the file asks to judge: those that it names, or all.
    pub fn judged(&self) -> Vec<&String> {
        match self.evaluation.sources.is_empty() {
            true => self.feedback.keys().collect(),
            false => self.evaluation.sources.iter().collect(),
        }
    }
}

impl RunData {
    fn of(spec: &DatasetSpec, content: &Content, seed: u64) -> Self {
        Self {
            hash: content.dataset_hash.clone(),
            generator: spec.generator.as_ref().map(|by| Generated {
                seed: spec.generator_seed.unwrap_or(seed),
                by: by.clone(),
                fingerprint: content.generator_fingerprints.get(&spec.variant).cloned(),
                variant: spec.variant.clone(),
            }),
            encoder_fingerprint: content.encoder_fingerprint.clone(),
            split_seed: spec.split_seed.unwrap_or(seed),
            standardize: spec.standardize,
            components: spec.components.clone(),
            split: spec.split.clone(),
            encoder: spec.encoder.clone(),
        }
    }
}

impl LabelBudget {
    /// What statements cost, if that decides how many there are.
    pub fn costs(&self) -> Option<&Costs> {
        let Self { time, cut, .. } = self;
        let of_cut = cut.as_ref().and_then(|cut| cut.costs.as_ref());
        time.as_ref().map(|time| &time.costs).or(of_cut)
    }

    /// Under `equal-labels` without a number the budget depends on which mixes are compared.
    fn of(spec: &ExperimentSpec) -> Result<Self, PlanError> {
        let ablation = &spec.ablation;
        let equal = ablation.protocol == Protocol::EqualLabels;
        let compared = match equal && ablation.labels.is_none() {
            true => spec.mixes()?.into_iter().map(|Mix { sources, .. }| sources).collect(),
            false => Vec::new(),
        };
        Ok(Self {
            protocol: ablation.protocol,
            labels: ablation.labels.filter(|_| equal),
            compared,
            cut: None,
            time: ablation.time(),
            answers: ablation.answer_budget(),
        })
    }
}
