//! `Plan`: an experiment resolved and checked, with every run it consists of.
//!
//! A run is named by the hash of its spec, its subject and its seed: of everything that its numbers
//! depend on. A finished run is never done again, and a change that matters makes another run.

use crate::error::to_toml;
use crate::variants::setting_in;
use crate::{
    Content, CurvePlace, DatasetSpec, ExperimentSpec, FitSpec, Generated, PlanError, RunData,
    RunSpec, Setting, Subject,
};
use medley_dataset::Dataset;
use medley_toml_file::{Problem, Tagged};
use medley_world::Generator;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A checked experiment.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The spec.
    pub spec: ExperimentSpec,
    /// The dataset, read and verified; none if each run makes its own.
    pub stored: Option<Dataset>,
    /// Hashes of the files that its runs read.
    pub content: Content,
    /// Which point of a sweep it is; empty without one.
    pub setting: Setting,
    /// The runs in order: baselines first, then mixes by size.
    pub runs: Vec<RunPlan>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct RunPlan {
    /// What its numbers depend on.
    pub spec: Arc<RunSpec>,
    /// Which point of a sweep or which other data it is; empty without.
    pub setting: Setting,
    /// What is trained.
    pub subject: Subject,
    /// Where it stands on a learning curve, if it is on one.
    pub curve: Option<CurvePlace>,
    /// Seed.
    pub seed: u64,
    /// Name: the hash of `identity`, shortened.
    pub id: String,
    /// Spec, subject and seed as text, kept beside the results.
    pub identity: String,
}

impl Plan {
    /// Resolves a spec: reads the dataset, checks names and ranges, lists the runs.
    ///
    /// # Errors
    /// A dataset that cannot be read, a name that stands for nothing, a value out of range.
    pub fn resolve(mut spec: ExperimentSpec) -> Result<Self, PlanError> {
        spec.check()?;
        spec.give_cache();
        let open = |path| Dataset::open_within(path, spec.execution.budget());
        let stored = spec.dataset.path.as_deref().map(open).transpose()?;
        let content = Content {
            dataset_hash: stored.as_ref().map(Dataset::hash),
            encoder_fingerprint: spec.dataset.encoder.fingerprint()?,
            generator_fingerprints: spec.generator_fingerprints()?,
        };
        Self::listed(spec, stored, content)
    }

    /// Resolves a spec on data that is known.
    ///
    /// # Errors
    /// As [`Plan::resolve`].
    pub(crate) fn on(
        mut spec: ExperimentSpec,
        stored: Option<Dataset>,
        content: Content,
    ) -> Result<Self, PlanError> {
        spec.check()?;
        spec.give_cache();
        Self::listed(spec, stored, content)
    }

    fn listed(
        mut spec: ExperimentSpec,
        stored: Option<Dataset>,
        content: Content,
    ) -> Result<Self, PlanError> {
        spec.by_group(stored.as_ref())?;
        spec.check_count()?;
        let runs = spec.runs(&content)?;
        Ok(Self { spec, stored, content, setting: Setting::default(), runs })
    }

    /// The dataset of a run: what was read, or what its generator makes.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn dataset(&self, data: &RunData) -> Result<Dataset, PlanError> {
        match (&data.generator, &self.stored) {
            (Some(generated), _) => generated.dataset(),
            (None, Some(stored)) => Ok(stored.clone()),
            (None, None) => Err(no_dataset()),
        }
    }

    /// The data of all runs with this seed at once: every source of the file, under their split.
    pub fn whole(&self, seed: u64) -> RunSpec {
        let own = RunSpec::of_baselines(&self.spec, &self.content, seed);
        RunSpec { feedback: self.spec.feedback.clone(), ..own }
    }

    /// The data of a run, with every source of the file.
    pub fn whole_of(&self, run: &RunPlan) -> RunSpec {
        let whole = self.whole(run.seed);
        match run.variant() {
            None => whole,
            Some(_) => RunSpec { dataset: run.spec.dataset.clone(), ..whole },
        }
    }

    /// The data of each variant under the first seed: whoever can prepare these can most likely prepare
    /// those of the others.
    pub fn varied(&self) -> Vec<RunSpec> {
        let first = self.spec.seeds.first();
        let (mut known, mut found) = (BTreeSet::new(), Vec::new());
        for run in self.runs.iter().filter(|run| Some(&run.seed) == first) {
            if run.variant().is_some_and(|name| known.insert(name)) {
                found.push(self.whole_of(run));
            }
        }
        found
    }

    /// The first seed of each split: whoever can prepare the data of these can prepare every run.
    pub fn splits(&self) -> &[u64] {
        let DatasetSpec { split_seed, generator, generator_seed, .. } = &self.spec.dataset;
        let one_dataset = generator.is_none() || generator_seed.is_some();
        match split_seed.is_some() && one_dataset {
            false => &self.spec.seeds,
            true => &self.spec.seeds[..self.spec.seeds.len().min(1)],
        }
    }
}

impl Generated {
    /// Makes the dataset.
    fn dataset(&self) -> Result<Dataset, PlanError> {
        let Self { seed, by, fingerprint, variant } = self;
        let at = |problem| at_generator(by, variant.as_deref(), problem);
        let dataset = by.generate(*seed).map_err(at)?;
        // Afterwards, so that files that are replaced meanwhile are noticed.
        let found = by.fingerprint().map_err(at)?;
        if found == *fingerprint {
            return Ok(dataset);
        }
        let told = |hash: &Option<String>| hash.clone().unwrap_or_else(|| "none".to_owned());
        let message = format!(
            "what it reads from files has changed since the plan was made: expected content {}, found {}",
            told(fingerprint),
            told(&found)
        );
        Err(at(Problem { path: Vec::new(), message }))
    }
}

/// What is wrong with a generator, where the file writes it or its variant.
fn at_generator(by: &Tagged<dyn Generator>, variant: Option<&str>, problem: Problem) -> PlanError {
    let problem = problem.within(by.typetag_name());
    match variant {
        None => problem.within("generator").within("dataset").into(),
        Some(name) => problem.within(name).within("data").within("ablation").into(),
    }
}

/// An experiment without data.
pub(crate) fn no_dataset() -> PlanError {
    let message = "expected `path`, the folder of a dataset, or `generator`, which makes one; found \
                   neither";
    PlanError::spec(&["dataset"], message)
}

impl ExperimentSpec {
    /// Tells the encoder where it may keep what it has computed.
    pub(crate) fn give_cache(&mut self) {
        if let Some(encoder) = self.dataset.encoder.get_mut() {
            encoder.cached_in(&self.execution.cache);
        }
    }

    /// Hashes of the files that generators read, by variant.
    fn generator_fingerprints(&self) -> Result<BTreeMap<Option<String>, String>, PlanError> {
        let mut found = BTreeMap::new();
        for spec in self.variants()? {
            let DatasetSpec { generator, variant, .. } = spec.dataset;
            let Some(by) = generator else { continue };
            let fingerprint = by.fingerprint();
            let fingerprint =
                fingerprint.map_err(|problem| at_generator(&by, variant.as_deref(), problem))?;
            found.extend(fingerprint.map(|hash| (variant, hash)));
        }
        Ok(found)
    }

    /// Refuses more runs than are meant.
    fn check_count(&self) -> Result<(), PlanError> {
        let points = self.points()?.len() * (1 + self.ablation.data.len());
        let (count, most) = (points * self.seeds.len(), self.execution.most_runs);
        match count <= most {
            true => Ok(()),
            false => Err(PlanError::spec(
                &["ablation"],
                format!(
                    "{points} mixes under {} seeds are {count} runs, and a plan has at most {most} \
                     (`execution.most-runs`): if so many are meant, raise it",
                    self.seeds.len()
                ),
            )),
        }
    }

    /// The runs that a checked spec consists of, on files of this content.
    ///
    /// # Errors
    /// A mix that cannot be listed, an option that TOML cannot hold.
    pub fn runs(&self, content: &Content) -> Result<Vec<RunPlan>, PlanError> {
        let mut runs = self.runs_of(&Subject::Baselines, content, RunSpec::of_baselines)?;
        let points = self.points()?;
        for variant in self.variants()? {
            for point in &points {
                let subject = Subject::Mix(point.mix.clone());
                let setting = setting_in(variant.dataset.variant.as_ref(), point.setting());
                for &seed in &self.seeds {
                    let spec = RunSpec::of_point(&variant, content, point, seed)?;
                    let run = RunPlan::new(spec, setting.clone(), subject.clone(), seed)?;
                    runs.push(RunPlan { curve: point.curve.clone(), ..run });
                }
            }
        }
        if self.evaluation.agreement && self.feedback.len() > 1 {
            runs.extend(self.runs_of(&Subject::Agreement, content, RunSpec::of_agreement)?);
        }
        Ok(runs)
    }

    /// A run for each seed of what is no mix.
    fn runs_of(
        &self,
        subject: &Subject,
        content: &Content,
        of: fn(&Self, &Content, u64) -> RunSpec,
    ) -> Result<Vec<RunPlan>, PlanError> {
        let run = |&seed: &u64| {
            let spec = of(self, content, seed);
            RunPlan::new(spec, Setting::default(), subject.clone(), seed)
        };
        self.seeds.iter().map(run).collect()
    }
}

impl RunPlan {
    /// Which other data it learns from, by name; none for those that the file writes.
    pub fn variant(&self) -> Option<&str> {
        self.spec.dataset.generator.as_ref()?.variant.as_deref()
    }

    /// What people are told that it is: what it trains, and on which other data if that is so.
    pub fn told(&self) -> String {
        let on = self.variant().map(|name| format!(", on {name}")).unwrap_or_default();
        format!("{}{on}", self.subject.name())
    }

    /// Names the run.
    ///
    /// # Errors
    /// An option that TOML cannot hold.
    pub fn new(
        spec: RunSpec,
        setting: Setting,
        subject: Subject,
        seed: u64,
    ) -> Result<Self, PlanError> {
        #[derive(Serialize)]
        struct Identity<'a> {
            seed: u64,
            subject: &'a Subject,
            spec: &'a RunSpec,
        }
        let identity = to_toml(&Identity { seed, subject: &subject, spec: &spec })?;
        let id = blake3::hash(identity.as_bytes()).to_hex()[..12].to_owned();
        Ok(Self { spec: Arc::new(spec), setting, subject, curve: None, seed, id, identity })
    }
    /// The same run with its model built and fitted in another way: one that has chosen how.
    pub fn fitted_as(&self, fit: &FitSpec) -> Self {
        Self { spec: Arc::new(self.spec.fitted_as(fit)), ..self.clone() }
    }
}
