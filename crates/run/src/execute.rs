//! One run: train, judge, keep.

use crate::agreement::measure_agreement;
use crate::bench::{Bench, place_of};
use crate::budget::learned_from;
use crate::responses::{calibrated_rows, fitted_rows};
use crate::rewards::Rewards;
use crate::run_folder::PLAN;
use crate::{Prepared, RunError, RunFolder, judge_baselines, judge_model};
use medley_plan::{Plan, RunPlan, Subject};
use medley_report::{CurveRow, Part, RunRow, Status, Stopped, Tables, write_whole};
use medley_reward_model::Placement;
use medley_saved_model::{SavedModel, Unsaved};
use medley_training::{
    CheckpointFolder, Combination, CrossPrediction, CurvePoint, Event, Evidence, Fit, Fitted,
    HeldOut, Separate, Source, StopReason, TrainingError, Trust, fits_of, member_variance,
    return_sd,
};
use std::cell::OnceCell;
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
    let sources = prepared.learned(run, &learned_from(mix, &fits))?;
    let bench = Bench { prepared, run, place };
    let every = plan.spec.execution.checkpoint_secs;
    let (fitted, combination) = fit_all(&bench, &fits, (&names, &sources), (folder, every), tell)?;
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
    let note = note_of_starts(&fitted);
    let rewards = Rewards { fitted: &fitted, combination: &combination };
    let judged = judge_model(plan, prepared, run, &rewards, &sources, note.as_deref(), place)?;
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
        learning: Vec::new(),
        runs: vec![run_row(run, &fitted)],
    })
}

/// Carries out the fits of a mix, whose sources these are by name and with what is learned from each,
/// and finds out what they come to. Checkpoints are kept in `folder`, so many seconds apart.
fn fit_all(
    bench: &Bench<'_>,
    fits: &[Fit],
    (names, sources): (&[&str], &[Source]),
    (folder, every): (&RunFolder, f64),
    tell: &mut dyn FnMut(Event),
) -> Result<(Vec<Fitted>, Combination), RunError> {
    let Bench { prepared, run, place } = bench;
    let mixing = run.spec.mixing.as_ref();
    let (features, inner) = (&prepared.features, place.inner());
    let held_out = HeldOut::new(sources, features, run.spec.reward_model.returns, &inner);
    let shape = bench.shape(features, Vec::new())?;
    let (alone, all) = (Separate::default(), Fit::of(names));
    let task = bench.task(&alone, &all, sources, &shape);
    let (inference, options) = (run.spec.inference.as_ref(), &run.spec.training);
    let known = OnceCell::new();
    let trust = || match known.get() {
        Some(trust) => Ok(Trust::clone(trust)),
        None => {
            let found = CrossPrediction::new(&task, inference, options)?.trust();
            Ok(known.get_or_init(|| found).clone())
        }
    };
    let evidence = Evidence {
        held_out: &held_out,
        trust: &trust,
        return_sd: &|model| return_sd(model, &task),
        member_variance: &|model| member_variance(model, &task),
    };
    let mut fitted = Vec::with_capacity(fits.len());
    for (number, fit) in fits.iter().enumerate() {
        let files = CheckpointFolder::new(&folder.checkpoints_of(number)?).every(every);
        let tie = mixing.tie(fit, &evidence)?;
        fitted.push(bench.fit(fit, sources, features, tie.as_ref(), Some(&files), tell)?);
    }
    let combination = mixing.combine(&fitted, &evidence)?;
    combination.check(fitted.len())?;
    Ok((fitted, combination))
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

/// What has to be known of fits that reached other optima from other starts.
fn note_of_starts(fitted: &[Fitted]) -> Option<String> {
    let gaps = fitted.iter().filter_map(|fitted| fitted.start_gap);
    let gap = gaps.fold(0.0, f64::max);
    (gap > SAME_OPTIMUM).then(|| {
        format!(
            "starts led to several optima, the worst {gap:.1} nats below the best, which is kept"
        )
    })
}

/// Nats within which two starts have reached one optimum.
const SAME_OPTIMUM: f64 = 0.01;

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
