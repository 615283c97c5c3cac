//! Who predicts whom, as rows of a table.

use crate::bench::Bench;
use crate::{Prepared, RunError};
use medley_evaluation::above_chance;
use medley_plan::{Plan, PlanError, RunPlan, RunSpec, Setting, Subject, device};
use medley_report::AgreementRow;
use medley_reward_model::{ModelShape, Placement};
use medley_training::{CrossPrediction, Source};

/// How well each source's reward predicts every other under the split of `seed`, whether or not the
/// experiment's runs measure it.
///
/// # Errors
/// If there is only one source, the data does not fit or a fit diverges.
pub fn agreement(plan: &Plan, seed: u64) -> Result<Vec<AgreementRow>, RunError> {
    if plan.spec.feedback.len() < 2 {
        let message = "agreement is between sources, and there is only one";
        return Err(PlanError::spec(&["feedback"], message).into());
    }
    let subject = Subject::Agreement;
    let spec = RunSpec::of(&plan.spec, &plan.content, &subject, seed)?;
    let run = RunPlan::new(spec, Setting::default(), subject, seed)?;
    let prepared = Prepared::new(plan, &run.spec)?;
    let device = device(&run.spec.device)
        .map_err(|error| PlanError::spec(&["device"], error.to_string()))?;
    measure_agreement(&prepared, &run, &Placement::single(device.autodiff()))
}

/// Judges the reward of each source alone on every source, cross-fitted in the training part.
///
/// # Errors
/// If a fit diverges.
pub(crate) fn measure_agreement(
    prepared: &Prepared,
    run: &RunPlan,
    place: &Placement,
) -> Result<Vec<AgreementRow>, RunError> {
    let sources: Vec<Source> = run
        .spec
        .feedback
        .keys()
        .map(|name| {
            let bound = &prepared.sources[name];
            Source {
                name: name.clone(),
                objective: bound.objective.clone(),
                train: bound.train.clone(),
                validation: bound.validation.clone(),
            }
        })
        .collect();
    let bench = Bench { prepared, run, place };
    let shape = ModelShape {
        features: prepared.features.feature_count(),
        layout: prepared.layout.clone(),
        members: run.spec.reward_model.members,
    };
    let predicted = CrossPrediction::new(&bench.apart(run.spec.mixing.as_ref(), &shape), &sources)?;
    let mut rows = Vec::new();
    for (learned, trained_on) in predicted.sources.iter().enumerate() {
        for (judged, source) in predicted.sources.iter().enumerate() {
            let scored = predicted.judged(learned, judged);
            let Some((metric, estimate)) = above_chance(scored, &run.spec.evaluation.measure)
            else {
                continue;
            };
            let finite = |end: f64| end.is_finite().then_some(end);
            rows.push(AgreementRow {
                run: run.id.clone(),
                setting: run.setting.to_string(),
                seed: run.seed,
                trained_on: trained_on.clone(),
                source: source.clone(),
                metric: metric.key().to_owned(),
                value: estimate.value,
                low: finite(estimate.low),
                high: finite(estimate.high),
                count: estimate.n as u64,
                clusters: estimate.clusters as u64,
            });
        }
    }
    Ok(rows)
}
