//! One run: train, judge, keep.

use crate::{Prepared, RunError, RunFolder, judge_baselines, judge_model};
use medley_plan::{Plan, PlanError, RunPlan, Subject, device};
use medley_report::{CurveRow, Part, RunRow, Status, Tables, write_whole};
use medley_reward_model::{ModelShape, Placement};
use medley_saved_model::{SavedModel, Unsaved};
use medley_training::{CheckpointFolder, CurvePoint, Event, Source, Task, Trained, train};
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
    write_whole(&folder.path().join("plan.toml"), run.identity.as_bytes())?;
    let device = device(&run.spec.device)
        .map_err(|error| PlanError::spec(&["device"], error.to_string()))?;
    let place = Placement::single(device.autodiff());
    let started = Instant::now();
    let mut tables = match &run.subject {
        Subject::Baselines => Tables {
            measurements: judge_baselines(plan, prepared, run, &place)?,
            ..Tables::default()
        },
        Subject::Mix(mix) => train_mix(plan, prepared, run, &mix.sources, folder, &place, tell)?,
    };
    if let Some(row) = tables.runs.first_mut() {
        row.seconds = started.elapsed().as_secs_f64();
    }
    tables.write(&folder.path().join("tables"))?;
    folder.finish()?;
    Ok(CheckpointFolder::new(folder.path()).clear()?)
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
    let sources: Vec<Source> = prepared
        .budget(&run.spec, mix)
        .into_iter()
        .map(|(name, count)| Source {
            train: prepared.sources[&name].train.clone(),
            validation: prepared.sources[&name].validation.clone(),
            chosen: prepared.choose(&name, count, run.seed),
            weight: run.spec.mixing.weight(&name),
            name,
        })
        .filter(|source| source.weight > 0.0)
        .collect();
    if let Some(empty) = sources.iter().find(|source| source.chosen.is_empty()) {
        let message =
            format!("too few for {} sources: none is left for `{}`", mix.len(), empty.name);
        return Err(PlanError::spec(&["ablation", "labels"], message).into());
    }
    let model = &run.spec.reward_model;
    let task = Task {
        sources: &sources,
        features: &prepared.features,
        returns: model.returns,
        backbone: model.backbone.as_ref(),
        shape: ModelShape {
            features: prepared.features.feature_count(),
            heads: 1 + prepared.aspects.len(),
            members: model.members,
        },
        rationality: run.spec.mixing.rationality(),
        seed: run.seed,
        place,
    };
    let checkpoints =
        CheckpointFolder::new(folder.path()).every(plan.spec.execution.checkpoint_secs);
    let trained = train(&task, &run.spec.training, Some(&checkpoints), tell)?;
    let unsaved = Unsaved {
        features: prepared.features.feature_count(),
        aspects: &prepared.aspects,
        encoder: run.spec.dataset.encoder.as_ref(),
        encoder_fingerprint: run.spec.dataset.encoder_fingerprint.as_deref(),
        standardizer: prepared.standardizer.as_ref(),
        reward_model: &run.spec.reward_model,
        learner: trained.learner.as_ref(),
    };
    SavedModel::save(&unsaved, folder.path())?;
    trained
        .response
        .save_values(&folder.path().join("response.safetensors"))
        .map_err(medley_training::TrainingError::from)?;
    let labels = sources.iter().map(|source| source.chosen.len()).sum();
    let frozen = trained.learner.frozen();
    let (measurements, reliability) =
        judge_model(plan, prepared, run, frozen.as_ref(), labels, place)?;
    let curves = trained.curve.iter().flat_map(|point| curve_rows(run, point)).collect();
    Ok(Tables { measurements, curves, reliability, runs: vec![run_row(run, &trained)] })
}

/// Log-likelihood and rationality of a source after an epoch.
fn curve_rows(run: &RunPlan, point: &CurvePoint) -> [CurveRow; 2] {
    let row = |metric: &str, value| CurveRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        epoch: u64::from(point.epoch),
        step: point.step,
        source: point.source.clone(),
        part: match point.part {
            medley_training::Part::Train => Part::Train,
            medley_training::Part::Validation => Part::Validation,
        },
        metric: metric.to_owned(),
        value,
    };
    [row("log-likelihood", point.log_likelihood), row("rationality", point.rationality)]
}

fn run_row(run: &RunPlan, trained: &Trained) -> RunRow {
    RunRow {
        run: run.id.clone(),
        mix: run.subject.label().to_owned(),
        setting: run.setting.to_string(),
        seed: run.seed,
        status: Status::Done,
        reason: None,
        epochs: u64::from(trained.epochs),
        best_epoch: u64::from(trained.best_epoch),
        seconds: 0.0,
        parameters: trained.learner.parameter_count() as u64,
        held_out: trained.held_out,
    }
}
