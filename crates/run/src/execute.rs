//! One run: train, judge, keep.

use crate::agreement::measure_agreement;
use crate::bench::{Bench, place_of};
use crate::budget::learned_from;
use crate::fits::{Checkpoints, Mixed, Outcome, fit_all, fits};
use crate::querying::{Asking, ask};
use crate::responses::{calibrated_rows, fitted_rows};
use crate::rewards::Rewards;
use crate::run_folder::PLAN;
use crate::tuning::tune;
use crate::{Prepared, RunError, RunFolder, judge_baselines, judge_model};
use medley_plan::{Plan, RunPlan, Subject};
use medley_report::{
    ChainRow, CurveRow, LearnedRow, Part, RunRow, Status, Stopped, Tables, write_whole,
};
use medley_reward_model::Placement;
use medley_saved_model::{SavedModel, Unsaved};
use medley_training::{CurvePoint, Event, Fitted, Source, StopReason, Trust};
use std::time::Instant;

/// Carries out a run in its folder, resuming from a checkpoint if there is one, and marks it done. The
/// run was not finished; if it is meanwhile, its tables are left as they are.
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
    // Another process took the run over, when this one was held up for so long that it seemed dead, and
    // has finished it. What it wrote is the run, with the seconds that it took.
    if folder.was_finished() {
        return Ok(());
    }
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
    let every = plan.spec.execution.checkpoint_secs;
    let tuned = match &run.spec.tuning {
        None => None,
        Some(tuning) => {
            Some(tune(plan, prepared, run, (tuning, mix), (folder, every), place, tell)?)
        }
    };
    let chosen = tuned.as_ref().map(|tuned| run.fitted_as(&tuned.fit));
    let run = chosen.as_ref().unwrap_or(run);
    let mixing = run.spec.mixing.as_ref();
    let names: Vec<&str> = mix.iter().map(String::as_str).collect();
    let fits = fits(mixing, &names)?;
    let sources = prepared.learned(run, &learned_from(mix, &fits))?;
    let asking = run.spec.querying.as_ref().map(|querying| Asking {
        plan,
        prepared,
        run,
        querying,
        names: &names,
        fits: &fits,
        sources: &sources,
        folder,
        every,
        place,
    });
    let asked = asking.as_ref().map(|asking| ask(asking, tell)).transpose()?;
    let sources = asked.as_ref().map_or_else(|| sources.clone(), |asked| asked.learned());
    let bench = Bench::new(prepared, run, place);
    let mixed = Mixed { names: &names, fits: &fits, sources: &sources };
    let checkpoints = Checkpoints { of: &|number| folder.checkpoints_of(number), every };
    let Outcome { fitted, combination, trust } = fit_all(&bench, &mixed, &checkpoints, tell)?;
    let opposed = combination.shared.is_none().then(|| {
        let sources: Vec<String> = combination.of_source.keys().cloned().collect();
        let reason = format!("{} oppose each other", sources.join(", "));
        tell(Event::Opposed { sources });
        reason
    });
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
    let querying = asked.map(|asked| asked.rows(&judged)).transpose()?.unwrap_or_default();
    let people = prepared.dataset.people();
    let mut responses: Vec<_> =
        fitted.iter().flat_map(|fitted| fitted_rows(run, fitted, people)).collect();
    responses.extend(judged.responses.iter().flat_map(|c| calibrated_rows(run, c, people)));
    Ok(Tables {
        measurements: judged.measurements,
        reliability: judged.reliability,
        curves: fitted.iter().flat_map(|f| &f.curve).flat_map(|p| curve_rows(run, p)).collect(),
        responses,
        agreement: Vec::new(),
        learned: learned_rows(prepared, run, &sources, trust.as_ref()),
        learning: Vec::new(),
        tuning: tuned.map(|tuned| tuned.rows).unwrap_or_default(),
        orders: Vec::new(),
        querying,
        chains: fitted.iter().flat_map(|fitted| chain_rows(run, fitted)).collect(),
        runs: vec![RunRow { reason: opposed, ..run_row(run, &fitted) }],
    })
}

/// What was learned from each source.
fn learned_rows(
    prepared: &Prepared,
    run: &RunPlan,
    sources: &[Source],
    trust: Option<&Trust>,
) -> Vec<LearnedRow> {
    let row = |(number, source): (usize, &Source)| LearnedRow {
        run: run.id.clone(),
        source: source.name.clone(),
        statements: source.train.len() as u64,
        seconds: prepared.seconds(run, source),
        control: run.spec.feedback.get(&source.name).and_then(|spec| spec.answers.control()),
        trusted: trust.map(|trust| trust.trusted[number].into()),
    };
    sources.iter().enumerate().map(row).collect()
}

/// What chains said of a fit that was sampled.
fn chain_rows(run: &RunPlan, fitted: &Fitted) -> Vec<ChainRow> {
    let Some(report) = &fitted.chains else { return Vec::new() };
    // NaN is what the draws do not tell.
    let known = |value: f64| (!value.is_nan()).then_some(value);
    let quantities = report.quantities.iter();
    let rows = quantities.map(|of| ChainRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        fit: fitted.fit.to_string(),
        parameter: of.name.clone(),
        mean: of.mean,
        sd: of.sd,
        standard_error: known(of.standard_error),
        r_hat: known(of.r_hat),
        bulk_ess: known(of.bulk_ess),
        tail_ess: known(of.tail_ess),
        chains: report.chains as u64,
        draws: report.draws,
        divergences: report.divergences,
    });
    rows.collect()
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
    if any(StopReason::Unsettled) {
        return Some(Stopped::Unsettled);
    }
    if was_to_stop && any(StopReason::Epochs) {
        return Some(Stopped::Epochs);
    }
    if any(StopReason::Converged) {
        return Some(Stopped::Converged);
    }
    was_to_stop.then_some(Stopped::Patience)
}

#[cfg(test)]
#[path = "execute_tests.rs"]
mod tests;
