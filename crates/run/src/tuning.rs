//! A tuned run before its own fit: every candidate is fitted, and held-out feedback chooses.
//!
//! What chooses, [`race`], sees numbers only: those that a [`Yardstick`] gives out, which are
//! log-likelihoods of one validation part. What fits is [`Trials`]. It holds a [`Bench`] and [`Source`]s,
//! whose objectives know the statements of the training and the validation part and no others. Only
//! [`tune`], which chooses nothing, sees the prepared data.

use crate::bench::Bench;
use crate::budget::learned_from;
use crate::fits::{Checkpoints, Mixed, Outcome, fit_all, fits};
use crate::halving::{Trial, race};
use crate::rewards::Rewards;
use crate::trial_record;
use crate::tuning_rows::{Tried, tuning_rows};
use crate::{Prepared, RunError, RunFolder};
use medley_plan::{FitSpec, Plan, RunPlan, RunSpec, RunTuning, Rung};
use medley_report::TuningRow;
use medley_reward_model::Placement;
use medley_training::{Event, Fit, Source, TrainingError, Yardstick};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a tuned run has chosen.
pub(crate) struct Tuned {
    /// The options.
    pub fit: FitSpec,
    /// What was tried.
    pub rows: Vec<TuningRow>,
}

/// Chooses among the candidates of a run of `mix`. Trials are kept in `folder` until the run is
/// finished, and their checkpoints are so many seconds apart.
///
/// # Errors
/// If every candidate fails, or a file cannot be written.
pub(crate) fn tune(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    (tuning, mix): (&RunTuning, &[String]),
    (folder, every): (&RunFolder, f64),
    place: &Placement,
    tell: &mut dyn FnMut(Event),
) -> Result<Tuned, RunError> {
    let names: Vec<&str> = mix.iter().map(String::as_str).collect();
    let mut entries = Vec::with_capacity(tuning.candidates.len());
    let mut known: BTreeMap<Vec<String>, Rc<Learned>> = BTreeMap::new();
    for candidate in &tuning.candidates {
        let spec = run.spec.fitted_as(&candidate.fit);
        let fits = fits(spec.mixing.as_ref(), &names)?;
        let from = learned_from(mix, &fits);
        let learned = match known.get(&from) {
            Some(learned) => learned.clone(),
            None => {
                let sources = prepared.learned(run, &from)?;
                let nested = sources.iter().map(|source| prepared.nested(source, run.seed));
                let learned = Rc::new(Learned { nested: nested.collect(), sources });
                known.insert(from, learned.clone());
                learned
            }
        };
        entries.push(Entry { spec, fits, learned });
    }
    let target = &tuning.target;
    // What a budget held back must not come in by this door, also where a candidate leaves it out.
    let learned = match mix.contains(target) {
        true => prepared.learned(run, mix)?.into_iter().find(|source| source.name == *target),
        false => None,
    };
    let target = learned.unwrap_or_else(|| prepared.sources[target].named(target));
    let yardstick = Yardstick::new(&target, &prepared.features, &place.inner());
    let lacks = || RunError::Broken {
        what: "plan",
        reason: format!("`{}` has no validation part to tune on", target.name),
    };
    let yardstick = yardstick.ok_or_else(lacks)?;
    let bench = Bench::new(prepared, run, place);
    let trials = Trials { bench, tuning, names, entries, yardstick, folder, every };
    trials.choose(tell).map(|tried| Tuned {
        fit: tuning.candidates[tried.chosen].fit.clone(),
        rows: tuning_rows(plan, run, tuning, &tried),
    })
}

/// A candidate with all that it may learn from.
struct Entry {
    spec: RunSpec,
    fits: Vec<Fit>,
    learned: Rc<Learned>,
}

/// What a candidate may learn from.
struct Learned {
    sources: Vec<Source>,
    /// Statements to learn from of each source: fewer are the first of more.
    nested: Vec<Vec<usize>>,
}

/// The candidates of a run, what they are fitted with and what they are held against.
struct Trials<'a> {
    bench: Bench<'a>,
    tuning: &'a RunTuning,
    names: Vec<&'a str>,
    entries: Vec<Entry>,
    yardstick: Yardstick<'a>,
    folder: &'a RunFolder,
    every: f64,
}

impl Trials<'_> {
    fn choose(&self, tell: &mut dyn FnMut(Event)) -> Result<Tried, RunError> {
        let rungs = self.tuning.rungs();
        let most = self.entries.iter().flat_map(|entry| &entry.learned.nested).map(Vec::len).max();
        let has_all = |rung: &Rung| rung.statements.is_none_or(|count| Some(count) >= most);
        let try_out = |number: usize, candidate: usize| {
            self.try_out((number, &rungs[number]), candidate, tell)
        };
        let done = race(&rungs, has_all, try_out)?;
        let chosen = match done.last().and_then(|rung| rung.trials.first()) {
            Some((chosen, Trial::Measured(_))) => *chosen,
            _ => return Err(self.all_failed(done.last().map_or(&[], |rung| &rung.trials))),
        };
        let statements = |rung: usize, candidate: usize| -> u64 {
            let most = rungs[rung].statements.unwrap_or(usize::MAX);
            let nested = self.entries[candidate].learned.nested.iter();
            nested.map(|statements| statements.len().min(most) as u64).sum()
        };
        let error = |values: &[f64]| self.yardstick.standard_error(values);
        Ok(Tried::new(chosen, done, &statements, &error))
    }

    /// `trials` are of the rung at which nothing was left.
    fn all_failed(&self, trials: &[(usize, Trial)]) -> RunError {
        let first = trials.iter().find_map(|(candidate, trial)| match trial {
            Trial::Failed(reason) => Some((*candidate, reason.clone())),
            Trial::Measured(_) => None,
        });
        let (candidate, reason) = first.unwrap_or((0, "none was tried".to_owned()));
        let setting = self.tuning.candidates[candidate].setting.to_string();
        let candidates = match (trials.len(), self.entries.len()) {
            (left, all) if left < all => format!("{left} candidates that were left of {all}"),
            (_, all) => format!("{all} candidates"),
        };
        RunError::Tuning { candidates, setting, reason }
    }

    /// Fits a candidate to the statements of a rung and holds its reward against the yardstick,
    /// unless that was done before.
    fn try_out(
        &self,
        (number, rung): (usize, &Rung),
        candidate: usize,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Trial, RunError> {
        let folder = self.folder.trial_folder(number, candidate)?;
        let of = format!("{}: {:?}", self.tuning.candidates[candidate].setting, rung.statements);
        if let Some(trial) = trial_record::read(&folder, &of) {
            return Ok(trial);
        }
        let of_fit = |fit: usize| {
            let path = folder.join(fit.to_string());
            std::fs::create_dir_all(&path)
                .map_err(|error| RunError::io("create", &path, error))
                .map(|()| path)
        };
        let checkpoints = Checkpoints { of: &of_fit, every: self.every };
        let trial = match self.measure(&self.entries[candidate], rung, &checkpoints, tell) {
            Ok(values) if values.iter().all(|value| value.is_finite()) => Trial::Measured(values),
            Ok(_) => Trial::Failed(format!(
                "a log-likelihood of the validation part of `{}` is no number",
                self.tuning.target
            )),
            Err(RunError::Training(
                error @ (TrainingError::Diverged { .. } | TrainingError::Mixing(_)),
            )) => Trial::Failed(error.to_string()),
            Err(other) => return Err(other),
        };
        trial_record::write(&folder, &of, &trial)?;
        Ok(trial)
    }

    /// Log-likelihoods of the validation part that decides.
    fn measure(
        &self,
        entry: &Entry,
        rung: &Rung,
        checkpoints: &Checkpoints<'_>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Vec<f64>, RunError> {
        let most = rung.statements.unwrap_or(usize::MAX);
        let first = |(source, nested): (&Source, &Vec<usize>)| {
            let mut train = nested[..nested.len().min(most)].to_vec();
            train.sort_unstable();
            Source { train, ..source.clone() }
        };
        let Learned { sources, nested } = entry.learned.as_ref();
        let sources: Vec<Source> = sources.iter().zip(nested).map(first).collect();
        let bench = Bench { spec: &entry.spec, ..self.bench };
        let mixed = Mixed { names: &self.names, fits: &entry.fits, sources: &sources };
        let Outcome { fitted, combination, .. } = fit_all(&bench, &mixed, checkpoints, tell)?;
        let rewards = Rewards { fitted: &fitted, combination: &combination };
        let target = &self.tuning.target;
        let Some((model, _)) = rewards.of(vec![target.clone()]).pop() else {
            let message =
                format!("its sources oppose each other, so that no reward is for `{target}`");
            return Err(TrainingError::Mixing(message).into());
        };
        let RunSpec { reward_model, evaluation, .. } = &entry.spec;
        let yardstick = &self.yardstick;
        Ok(yardstick.log_likelihoods(model.as_ref(), reward_model.returns, &evaluation.calibration))
    }
}
