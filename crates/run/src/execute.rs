//! One run: train, judge, keep.

use crate::agreement::measure_agreement;
use crate::bench::{Bench, place_of};
use crate::prepare::learned_from;
use crate::responses::{calibrated_rows, fitted_rows};
use crate::rewards::Rewards;
use crate::run_folder::PLAN;
use crate::{Prepared, RunError, RunFolder, judge_baselines, judge_model};
use medley_plan::{Plan, PlanError, RunPlan, Subject};
use medley_report::{CurveRow, Part, RunRow, Status, Stopped, Tables, write_whole};
use medley_reward_model::Placement;
use medley_saved_model::{SavedModel, Unsaved};
use medley_training::{
    CheckpointFolder, CrossPrediction, CurvePoint, Event, Evidence, Fit, Fitted, HeldOut, Separate,
    Source, StopReason, TrainingError, fits_of, member_variance, return_sd,
};
use std::time::Instant;

/// Carries out a run in its folder, resuming from a checkpoint if there is one, and marks it done.
///
/// # Errors
/// If the data does not fit, training diverges or a file cannot be written.
pub fn execute(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    folder: &RunFolder,
    tell: &mut dyn FnMut(Event),
) -> Result<(), RunError> {
    folder.create()?;
    write_whole(&folder.path().join(PLAN), run.identity.as_bytes())?;
    let place = place_of(&run.spec)?;
    let started = Instant::now();
    let mut tables = match &run.subject {
        Subject::Baselines => Tables {
            measurements: judge_baselines(plan, prepared, run, &place)?,
            ..Tables::default()
        },
        Subject::Agreement => {
            Tables { agreement: measure_agreement(prepared, run, &place)?, ..Tables::default() }
        }
        Subject::Mix(mix) => train_mix(plan, prepared, run, &mix.sources, folder, &place, tell)?,
    };
    if let Some(row) = tables.runs.first_mut() {
        row.seconds = started.elapsed().as_secs_f64();
    }
    tables.write(&folder.tables_folder())?;
    folder.finish()
}

fn train_mix(
    plan: &Plan,
    prepared: &Prepared,
    run: &RunPlan,
    mix: &[String],
    folder: &RunFolder,
    place: &Placement,
    tell: &mut dyn FnMut(Event),
) -> Result<Tables, RunError> {
    let mixing = run.spec.mixing.as_ref();
    let names: Vec<&str> = mix.iter().map(String::as_str).collect();
    let fits = fits_of(mixing, &names).map_err(TrainingError::Mixing)?;
    let sources = sources_of(prepared, run, &learned_from(mix, &fits))?;
    let every = plan.spec.execution.checkpoint_secs;
    let bench = Bench { prepared, run, place };
    let mut fitted = Vec::with_capacity(fits.len());
    for (number, fit) in fits.iter().enumerate() {
        let files = CheckpointFolder::new(&folder.checkpoints_of(number)?).every(every);
        fitted.push(bench.fit(fit, &sources, &prepared.features, Some(&files), tell)?);
    }
    let inner = place.inner();
    let held_out =
        HeldOut::new(&sources, &prepared.features, run.spec.reward_model.returns, &inner);
    let shape = bench.shape(&prepared.features, Vec::new())?;
    let (alone, all) = (Separate::default(), Fit::of(&names));
    let task = bench.task(&alone, &all, &sources, &shape);
    let (inference, options) = (run.spec.inference.as_ref(), &run.spec.training);
    let evidence = Evidence {
        held_out: &held_out,
        trust: &|| Ok(CrossPrediction::new(&task, inference, options)?.trust()),
        return_sd: &|model| return_sd(model, &task),
        member_variance: &|model| member_variance(model, &task),
    };
    let combination = mixing.combine(&fitted, &evidence)?;
    combination.check(fitted.len())?;
    if combination.shared.is_none() {
        tell(Event::Opposed { sources: combination.of_source.keys().cloned().collect() });
    }
    SavedModel::save(
        &Unsaved {
            features: prepared.features.feature_count(),
            layout: fitted[0].model.layout(),
            encoder: run.spec.dataset.encoder.as_ref(),
            encoder_fingerprint: run.spec.dataset.encoder_fingerprint.as_deref(),
            standardizer: prepared.standardizer.as_ref(),
            reward_model: &run.spec.reward_model,
            fits: fitted.iter().map(|fitted| fitted.model.as_ref()).collect(),
            combination: &combination,
        },
        folder.path(),
    )?;
    let rewards = Rewards { fitted: &fitted, combination: &combination };
    let labels = sources.iter().map(|source| source.train.len()).sum();
    let judged = judge_model(plan, prepared, run, &rewards, labels, place)?;
    let people = plan.dataset.people();
    let mut responses: Vec<_> =
        fitted.iter().flat_map(|fitted| fitted_rows(run, fitted, people)).collect();
    responses.extend(judged.responses.iter().flat_map(|c| calibrated_rows(run, c, people)));
    Ok(Tables {
        measurements: judged.measurements,
        reliability: judged.reliability,
        curves: fitted.iter().flat_map(|f| &f.curve).flat_map(|p| curve_rows(run, p)).collect(),
        responses,
        agreement: Vec::new(),
        runs: vec![run_row(run, &fitted)],
    })
}

/// Sources with the statements that the budget of their mix lets them be learned from.
fn sources_of(prepared: &Prepared, run: &RunPlan, mix: &[String]) -> Result<Vec<Source>, RunError> {
    let source = |(name, count): (String, usize)| {
        let train = prepared.choose(&name, count, run.seed);
        Source { train, ..prepared.sources[&name].named(&name) }
    };
    let sources: Vec<Source> = prepared.budget(&run.spec, mix).into_iter().map(source).collect();
    match sources.iter().find(|source| source.train.is_empty()) {
        None => Ok(sources),
        Some(empty) => {
            let (count, name) = (mix.len(), &empty.name);
            let message = format!("too few for {count} sources: none is left for `{name}`");
            Err(PlanError::spec(&["ablation", "labels"], message).into())
        }
    }
}

/// Log-likelihood and rationality of a source after an epoch.
fn curve_rows(run: &RunPlan, point: &CurvePoint) -> Vec<CurveRow> {
    let row = |metric: &str, value| CurveRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        epoch: u64::from(point.epoch),
        step: point.step,
        source: point.source.clone(),
        part: match point.part {
            medley_dataset::Part::Train => Part::Train,
            medley_dataset::Part::Validation | medley_dataset::Part::Test => Part::Validation,
        },
        metric: metric.to_owned(),
        value,
    };
    let rationality = point.rationality.map(|value| row("rationality", value));
    std::iter::once(row("log-likelihood", point.log_likelihood)).chain(rationality).collect()
}

/// One row for a run of one or several fits: what the longest of them took.
fn run_row(run: &RunPlan, fitted: &[Fitted]) -> RunRow {
    let most = |of: fn(&Fitted) -> u32| fitted.iter().map(of).max().unwrap_or(0);
    RunRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        status: Status::Done,
        reason: None,
        epochs: u64::from(most(|fitted| fitted.epochs)),
        steps: fitted.iter().map(|fitted| fitted.steps).sum(),
        stopped: stopped(fitted, run.spec.training.patience > 0),
        best_epoch: u64::from(most(|fitted| fitted.best_epoch)),
        seconds: 0.0,
        parameters: fitted.iter().map(|fitted| fitted.model.parameter_count() as u64).sum(),
        held_out: match fitted {
            [one] => one.held_out,
            _ => None,
        },
    }
}

/// Why the fits of a run ended: the worst of the reasons. Where nothing was to stop early, the limit
/// of epochs is what was asked for, and cuts nothing off.
fn stopped(fitted: &[Fitted], was_to_stop: bool) -> Option<Stopped> {
    let any = |reason| fitted.iter().any(|fitted| fitted.reason == reason);
    if any(StopReason::Unsettled) || (was_to_stop && any(StopReason::Epochs)) {
        return Some(Stopped::Epochs);
    }
    if any(StopReason::Converged) {
        return Some(Stopped::Converged);
    }
    was_to_stop.then_some(Stopped::Patience)
}
