//! `Sweep`: an experiment resolved at every point of its `[sweep]`, each run once.
//!
//! Runs of two points that come to the same (baselines that no swept key changes, a source alone where a
//! way of mixing varies) are one run. It stands at those keys at which its points agree: a run is named in
//! tables by what it depends on.

use crate::error::to_toml;
use crate::setting::Written;
use crate::tuning::TUNABLE;
use crate::{
    Content, DatasetSpec, ExecutionSpec, ExperimentSpec, Plan, PlanError, RunPlan, Setting,
    SweepSpec,
};
use medley_dataset::Dataset;
use medley_toml_file::table;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// An experiment at all points of its sweep; without one, the experiment as it is written.
#[derive(Debug)]
pub struct Sweep {
    /// A plan for each point, in order. A run that several points share is in the first of them.
    pub plans: Vec<Plan>,
    /// Keys that vary, rising; none without a sweep.
    pub keys: Vec<String>,
}

/// What points with the same data share.
type Known = HashMap<String, (Option<Dataset>, Content)>;

impl Sweep {
    /// Resolves the experiment that `text` of `file` writes, with its first `seeds` seeds.
    ///
    /// # Errors
    /// As of [`ExperimentSpec::read`] and [`Plan::resolve`], at the key of the sweep that is at fault; a sweep
    /// that names no points, or more runs than `execution.most-runs`. Errors about a value of the spec have
    /// their position.
    pub fn resolve(file: &Path, text: &str, seeds: Option<usize>) -> Result<Self, PlanError> {
        let located = |error: PlanError| error.located(file, text);
        let mut spec = ExperimentSpec::read(file, text)?;
        spec.seeds.truncate(seeds.unwrap_or(usize::MAX));
        let Some(sweep) = spec.sweep.take() else {
            spec.find_dataset(file).map_err(located)?;
            let plan = Plan::resolve(spec).map_err(located)?;
            return Ok(Self { plans: vec![plan], keys: Vec::new() });
        };
        Self::of_points(&spec, &sweep, (file, text)).map_err(located)
    }

    fn of_points(
        written: &ExperimentSpec,
        sweep: &SweepSpec,
        (file, text): (&Path, &str),
    ) -> Result<Self, PlanError> {
        let mut table = table(file, text)?;
        table.remove("sweep");
        let points = sweep.points(&table)?;
        let place_of = |key: &str| sweep.place_of(key);
        let at = Written { file, text, place_of: &place_of };
        let mut known = Known::new();
        let mut plans: Vec<Plan> = Vec::new();
        for setting in &points {
            let mut spec = at.with_setting(&table, setting)?;
            spec.seeds.clone_from(&written.seeds);
            let plan = plan(spec, file, &mut known);
            let mut plan = plan.map_err(|error| of_point(sweep, setting, error))?;
            if let Some(first) = plans.first() {
                check_count(&written.execution, points.len(), first.runs.len())?;
            }
            plan.setting = setting.clone();
            plan.spec.execution = written.execution.clone();
            plans.push(plan);
        }
        share_runs(&mut plans);
        let keys: BTreeSet<&String> = points.iter().flat_map(|point| point.0.keys()).collect();
        let keys = keys.into_iter().cloned().collect();
        Ok(Self { plans, keys })
    }

    /// The plan of the first point: what all points have alike is in it.
    ///
    /// # Panics
    /// Never: there is at least one point.
    pub fn first(&self) -> &Plan {
        &self.plans[0]
    }

    /// Name of the experiment.
    pub fn name(&self) -> &str {
        &self.first().spec.name
    }

    /// Whether held-out likelihoods of its points can be compared: no key changes data, features, adapters or
    /// measures.
    pub fn is_comparable(&self) -> bool {
        let first = |key: &String| key.split('.').next().unwrap_or_default().to_owned();
        self.keys.iter().all(|key| TUNABLE.contains(&first(key).as_str()))
    }

    /// How runs are carried out.
    pub fn execution(&self) -> &ExecutionSpec {
        &self.first().spec.execution
    }

    /// All runs, each once.
    pub fn runs(&self) -> impl Iterator<Item = (&Plan, &RunPlan)> {
        self.plans.iter().flat_map(|plan| plan.runs.iter().map(move |run| (plan, run)))
    }

    /// The run whose id begins so.
    ///
    /// # Errors
    /// None does, or several do.
    pub fn run(&self, id: &str) -> Result<(&Plan, &RunPlan), PlanError> {
        let mut found = self.runs().filter(|(_, run)| run.id.starts_with(id));
        match (found.next(), found.next()) {
            (Some(found), None) => Ok(found),
            (None, _) => {
                Err(unknown_run(format!("no run of `{}` begins with `{id}`", self.name())))
            }
            (Some(_), Some(_)) => Err(unknown_run(format!(
                "several runs of `{}` begin with `{id}`; expected more of its letters",
                self.name()
            ))),
        }
    }
}

fn unknown_run(reason: String) -> PlanError {
    PlanError::Broken { what: "name of a run", reason }
}

impl From<Plan> for Sweep {
    fn from(plan: Plan) -> Self {
        Self { plans: vec![plan], keys: Vec::new() }
    }
}

/// The plan of a point, on data that is read once for all points that have it.
fn plan(spec: ExperimentSpec, file: &Path, known: &mut Known) -> Result<Plan, PlanError> {
    if let Some((what, key)) = spec.without_settings() {
        let message =
            format!("its tables have no place for points of a sweep, found {what} and `[sweep]`");
        return Err(PlanError::spec(key, message));
    }
    spec.find_dataset(file)?;
    let key = to_toml(&DatasetSpec { variant: None, ..spec.dataset.clone() })?
        + &to_toml(&spec.ablation)?;
    match known.get(&key) {
        Some((stored, content)) => Plan::on(spec, stored.clone(), content.clone()),
        None => {
            let plan = Plan::resolve(spec)?;
            known.insert(key, (plan.stored.clone(), plan.content.clone()));
            Ok(plan)
        }
    }
}

impl ExperimentSpec {
    /// What of the experiment is reported in tables that know no settings, and where it stands.
    fn without_settings(&self) -> Option<(&'static str, &'static [&'static str])> {
        let Self { ablation, querying, .. } = self;
        match (&ablation.curve, querying, ablation.data.is_empty()) {
            (Some(_), ..) => Some(("a learning curve", &["ablation", "curve"])),
            (None, Some(_), _) => Some(("questions asked round by round", &["querying"])),
            (None, None, false) => Some(("other data", &["ablation", "data"])),
            (None, None, true) => None,
        }
    }
}

/// A mistake in the spec of a point: at the key that makes it so, if one does.
fn of_point(sweep: &SweepSpec, setting: &Setting, error: PlanError) -> PlanError {
    let PlanError::Spec { path, message } = error else { return error };
    let leads = |key: &&String| key.split('.').zip(&path).all(|(key, found)| key == found);
    let message = format!("{message} (at the point {setting})");
    match setting.0.keys().find(leads) {
        Some(key) => {
            let message = format!("`{}`: {message}", path.join("."));
            PlanError::Spec { path: sweep.place_of(key), message }
        }
        None => PlanError::Spec { path, message },
    }
}

/// Refuses more runs than are meant.
fn check_count(execution: &ExecutionSpec, points: usize, runs: usize) -> Result<(), PlanError> {
    let count = points.saturating_mul(runs);
    match count <= execution.most_runs {
        true => Ok(()),
        false => Err(PlanError::spec(
            &["sweep"],
            format!(
                "{points} points of {runs} runs each are {count} runs, and a plan has at most {} \
                 (`execution.most-runs`): if so many are meant, raise it",
                execution.most_runs
            ),
        )),
    }
}

/// Leaves a run that several points share in the first of them, at the keys at which they agree.
fn share_runs(plans: &mut [Plan]) {
    let mut common: BTreeMap<String, Setting> = BTreeMap::new();
    for plan in plans.iter() {
        for run in &plan.runs {
            let shared = common.get(&run.id).map(|known| known.common(&plan.setting));
            common.insert(run.id.clone(), shared.unwrap_or_else(|| plan.setting.clone()));
        }
    }
    let mut known = BTreeSet::new();
    for plan in plans {
        plan.runs.retain(|run| known.insert(run.id.clone()));
        for run in &mut plan.runs {
            run.setting.0.extend(common[&run.id].0.clone());
        }
    }
}
