//! `Plan`: an experiment resolved and checked, with every run it consists of.
//!
//! A run is named by the hash of everything that its numbers depend on: its part of the spec, the
//! content of the dataset and the version of Medley. A finished run is never done again, and a
//! change that matters makes another run.

use crate::{ExperimentSpec, FeedbackAblation, PlanError, Protocol};
use medley_dataset::Dataset;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A checked experiment.
#[derive(Debug)]
pub struct Plan {
    /// The spec.
    pub spec: ExperimentSpec,
    /// The dataset, read and verified.
    pub dataset: Dataset,
    /// Content hash of the dataset.
    pub dataset_hash: String,
    /// Hash of the files that the encoder reads, if it reads any.
    pub encoder_fingerprint: Option<String>,
    /// The runs in order: baselines first, then mixes by size.
    pub runs: Vec<RunPlan>,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPlan {
    /// What is trained.
    pub subject: Subject,
    /// Seed.
    pub seed: u64,
    /// Name: the content hash, shortened.
    pub id: String,
    /// The text that was hashed, kept beside the results.
    pub identity: String,
}

/// What a run trains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The reward model on a mix of sources.
    Mix(Mix),
    /// The trivial models and ceilings of every judged source.
    Baselines,
}

/// A mix of sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mix {
    /// Label in tables and figures.
    pub label: String,
    /// Its sources, sorted.
    pub sources: Vec<String>,
}

impl Plan {
    /// Resolves a spec: reads the dataset, checks names and ranges, lists the runs.
    ///
    /// # Errors
    /// A dataset that cannot be read, a name that stands for nothing, a value out of range.
    pub fn resolve(spec: ExperimentSpec) -> Result<Self, PlanError> {
        check(&spec)?;
        let dataset = Dataset::open_within(&spec.dataset.path, spec.dataset.budget())?;
        let dataset_hash = dataset.hash();
        let encoder_fingerprint = spec.dataset.encoder.fingerprint()?;
        let mixes = mixes(&spec)?;
        check_mixing(&spec, &mixes)?;
        let subjects =
            std::iter::once(Subject::Baselines).chain(mixes.into_iter().map(Subject::Mix));
        let mut runs = Vec::new();
        for subject in subjects {
            for &seed in &spec.seeds {
                let content = Content {
                    dataset_hash: &dataset_hash,
                    encoder_fingerprint: encoder_fingerprint.as_deref(),
                };
                runs.push(run_plan(&spec, content, subject.clone(), seed)?);
            }
        }
        Ok(Self { spec, dataset, dataset_hash, encoder_fingerprint, runs })
    }

    /// Names of the sources that the spec asks to judge: those that it names, or all.
    pub fn judged(&self) -> Vec<String> {
        judged(&self.spec)
    }

    /// Seed of the split for a run of `seed`.
    pub fn split_seed(&self, seed: u64) -> u64 {
        self.spec.dataset.split_seed.unwrap_or(seed)
    }
}

impl Subject {
    /// Label in tables; empty for baselines.
    pub fn label(&self) -> &str {
        match self {
            Self::Mix(mix) => &mix.label,
            Self::Baselines => "",
        }
    }

    /// Sources trained on; none for baselines.
    pub fn sources(&self) -> &[String] {
        match self {
            Self::Mix(mix) => &mix.sources,
            Self::Baselines => &[],
        }
    }
}

fn judged(spec: &ExperimentSpec) -> Vec<String> {
    match spec.evaluation.sources.is_empty() {
        true => spec.feedback.keys().cloned().collect(),
        false => spec.evaluation.sources.clone(),
    }
}

/// Ranges and names that serde cannot check.
fn check(spec: &ExperimentSpec) -> Result<(), PlanError> {
    let fail = |path: &[&str], message: String| {
        Err(PlanError::Spec { path: path.iter().map(ToString::to_string).collect(), message })
    };
    let name_is_plain = !spec.name.is_empty()
        && spec.name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && !spec.name.starts_with('.');
    if !name_is_plain {
        return fail(
            &["name"],
            format!("a name is letters, digits, `-`, `_` and `.`, found `{}`", spec.name),
        );
    }
    if spec.feedback.is_empty() {
        return fail(
            &["feedback"],
            "at least one source of feedback is needed, found none".to_owned(),
        );
    }
    if spec.seeds.is_empty() {
        return fail(&["seeds"], "at least one seed is needed, found none".to_owned());
    }
    if spec.seeds.iter().collect::<BTreeSet<_>>().len() < spec.seeds.len() {
        return fail(&["seeds"], "a seed is named twice".to_owned());
    }
    if spec.reward_model.members == 0 {
        return fail(&["reward-model", "members"], "at least 1 is needed, found 0".to_owned());
    }
    if let medley_reward_model::Returns::Discounted(gamma) = spec.reward_model.returns
        && !(gamma > 0.0 && gamma <= 1.0)
    {
        return fail(
            &["reward-model", "returns"],
            format!("a discount in (0, 1] is needed, found {gamma}"),
        );
    }
    let training = &spec.training;
    for (key, value, low) in [
        ("learning-rate", training.learning_rate, 0.0),
        ("response-learning-rate", training.response_learning_rate, 0.0),
        ("batch-size", training.batch_size as f64, 0.0),
        ("epochs", f64::from(training.epochs), 0.0),
    ] {
        if !(value > low && value.is_finite()) {
            return fail(
                &["training", key],
                format!("a number above {low} is needed, found {value}"),
            );
        }
    }
    let adamw = &training.adamw;
    for (key, beta) in [("beta1", adamw.beta1), ("beta2", adamw.beta2)] {
        if !(0.0..1.0).contains(&beta) {
            return fail(
                &["training", "adamw", key],
                format!("a number in [0, 1) is needed, found {beta}"),
            );
        }
    }
    spec.reward_model
        .backbone
        .check()
        .or_else(|problem| fail(&["reward-model", "backbone"], problem))?;
    let measure = &spec.evaluation.measure;
    for (key, value, least) in
        [("bins", measure.bins, 2), ("bootstrap", measure.bootstrap.replicates, 1)]
    {
        if value < least {
            return fail(
                &["evaluation", "measure", key],
                format!("at least {least} is needed, found {value}"),
            );
        }
    }
    for source in &spec.evaluation.sources {
        known(spec, &["evaluation", "sources"], source)?;
    }
    crate::device(&spec.device).map_err(|error| PlanError::Spec {
        path: vec!["device".to_owned()],
        message: error.to_string(),
    })?;
    Ok(())
}

/// Whether the mixing suits every mix that is compared.
fn check_mixing(spec: &ExperimentSpec, mixes: &[Mix]) -> Result<(), PlanError> {
    let name = spec.mixing.typetag_name();
    for (keys, source) in spec.mixing.named() {
        let path = ["mixing", name].into_iter().chain(keys.iter().map(String::as_str));
        known(spec, &path.collect::<Vec<_>>(), &source)?;
    }
    for mix in mixes {
        let sources: Vec<&str> = mix.sources.iter().map(String::as_str).collect();
        spec.mixing.check(&sources).map_err(|problem| {
            let keys = ["mixing", name].into_iter().map(str::to_owned).chain(problem.path);
            PlanError::Spec { path: keys.collect(), message: problem.message }
        })?;
    }
    Ok(())
}

fn known(spec: &ExperimentSpec, path: &[&str], source: &str) -> Result<(), PlanError> {
    if spec.feedback.contains_key(source) {
        return Ok(());
    }
    let names: Vec<String> = spec.feedback.keys().map(|name| format!("`{name}`")).collect();
    Err(PlanError::Spec {
        path: path.iter().map(ToString::to_string).collect(),
        message: format!("unknown source `{source}`, expected one of {}", names.join(", ")),
    })
}

/// The mixes to compare, smaller ones first.
fn mixes(spec: &ExperimentSpec) -> Result<Vec<Mix>, PlanError> {
    let all: Vec<String> = spec.feedback.keys().cloned().collect();
    if !spec.ablation.mixes.is_empty() {
        return spec
            .ablation
            .mixes
            .iter()
            .map(|(label, sources)| named(spec, label, sources))
            .collect();
    }
    let mut lists: Vec<Vec<String>> = match spec.ablation.feedback {
        FeedbackAblation::None => vec![all],
        FeedbackAblation::LeaveOneOut => (0..all.len())
            .map(|out| {
                all.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, s)| s.clone()).collect()
            })
            .chain([all.clone()])
            .filter(|list: &Vec<String>| !list.is_empty())
            .collect(),
        FeedbackAblation::Subsets => {
            if all.len() > MOST_SOURCES {
                return Err(PlanError::Spec {
                    path: vec!["ablation".to_owned(), "feedback".to_owned()],
                    message: format!(
                        "subsets of {} sources are too many; at most {MOST_SOURCES}",
                        all.len()
                    ),
                });
            }
            (1..1usize << all.len())
                .map(|bits| {
                    all.iter()
                        .enumerate()
                        .filter(|(i, _)| bits >> i & 1 == 1)
                        .map(|(_, s)| s.clone())
                        .collect()
                })
                .collect()
        }
    };
    lists.sort_by_key(Vec::len);
    Ok(lists.into_iter().map(|sources| Mix { label: sources.join(" + "), sources }).collect())
}

const MOST_SOURCES: usize = 10;

fn named(spec: &ExperimentSpec, label: &str, sources: &[String]) -> Result<Mix, PlanError> {
    let path = ["ablation", "mixes", label];
    for source in sources {
        known(spec, &path, source)?;
    }
    let sources: BTreeSet<String> = sources.iter().cloned().collect();
    if sources.is_empty() {
        return Err(PlanError::Spec {
            path: path.iter().map(ToString::to_string).collect(),
            message: "a mix needs at least one source, found none".to_owned(),
        });
    }
    Ok(Mix { label: label.to_owned(), sources: sources.into_iter().collect() })
}

/// Everything that the numbers of a run depend on.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Identity<'a> {
    medley: &'static str,
    dataset_hash: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder_fingerprint: Option<&'a str>,
    seed: u64,
    split_seed: u64,
    device: &'a str,
    protocol: Protocol,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<usize>,
    subject: &'a Subject,
    split: &'a medley_dataset::Split,
    encoder: &'a dyn medley_encoder::Encoder,
    standardize: bool,
    reward_model: &'a medley_reward_model::RewardModelSpec,
    mixing: &'a dyn medley_training::Mixing,
    inference: &'a dyn medley_training::Inference,
    training: medley_training::Options,
    evaluation: &'a crate::EvaluationSpec,
    feedback: BTreeMap<&'a str, &'a crate::FeedbackSpec>,
    /// Under `equal-labels` the budget depends on which mixes are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compared: Vec<Vec<String>>,
}

/// Hashes of the files that a run reads.
#[derive(Clone, Copy)]
struct Content<'a> {
    dataset_hash: &'a str,
    encoder_fingerprint: Option<&'a str>,
}

fn run_plan(
    spec: &ExperimentSpec,
    content: Content<'_>,
    subject: Subject,
    seed: u64,
) -> Result<RunPlan, PlanError> {
    let judged = judged(spec);
    let needed = |name: &&String| judged.contains(name) || subject.sources().contains(name);
    let budget_follows_mixes =
        spec.ablation.protocol == Protocol::EqualLabels && spec.ablation.labels.is_none();
    let compared = match budget_follows_mixes {
        true => mixes(spec)?.into_iter().map(|mix| mix.sources).collect(),
        false => Vec::new(),
    };
    let identity = Identity {
        medley: env!("CARGO_PKG_VERSION"),
        dataset_hash: content.dataset_hash,
        encoder_fingerprint: content.encoder_fingerprint,
        seed,
        split_seed: spec.dataset.split_seed.unwrap_or(seed),
        device: &spec.device,
        protocol: spec.ablation.protocol,
        labels: spec.ablation.labels,
        subject: &subject,
        split: &spec.dataset.split,
        encoder: spec.dataset.encoder.as_ref(),
        standardize: spec.dataset.standardize,
        reward_model: &spec.reward_model,
        mixing: spec.mixing.as_ref(),
        inference: spec.inference.as_ref(),
        // When checkpoints are taken changes no number.
        training: medley_training::Options { checkpoint_secs: 0.0, ..spec.training.clone() },
        evaluation: &spec.evaluation,
        feedback: spec
            .feedback
            .iter()
            .filter(|(name, _)| needed(name))
            .map(|(n, f)| (n.as_str(), f))
            .collect(),
        compared,
    };
    let identity = toml::to_string(&identity)
        .map_err(|error| PlanError::Broken { what: "plan", reason: error.to_string() })?;
    let id = blake3::hash(identity.as_bytes()).to_hex()[..12].to_owned();
    Ok(RunPlan { subject, seed, id, identity })
}
