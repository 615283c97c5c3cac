//! Who predicts whom, as rows of a table.

use crate::bench::{Bench, place_of};
use crate::rows::finite;
use crate::{Prepared, RunError};
use medley_evaluation::above_chance;
use medley_plan::{Plan, PlanError, RunPlan, RunSpec, Setting, Subject};
use medley_report::AgreementRow;
use medley_reward_model::Placement;
use medley_training::{CrossPrediction, Fit, Source};

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
    let spec = RunSpec::of_agreement(&plan.spec, &plan.content, seed);
    let run = RunPlan::new(spec, Setting::default(), Subject::Agreement, seed)?;
    let prepared = Prepared::new(plan, &run.spec)?;
    measure_agreement(&prepared, &run, &place_of(&run.spec)?)
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
    let spec = &run.spec;
    let named = |name: &String| prepared.sources[name].named(name);
    let sources: Vec<Source> = spec.feedback.keys().map(named).collect();
    let bench = Bench::new(prepared, run, place);
    let shape = bench.shape(&prepared.features, Vec::new())?;
    let names: Vec<&str> = spec.feedback.keys().map(String::as_str).collect();
    let all = Fit::of(&names);
    let task = bench.task(spec.mixing.as_ref(), &all, &sources, &shape);
    let predicted = CrossPrediction::new(&task, spec.inference.as_ref(), &spec.training)?;
    let mut rows = Vec::new();
    for (learned, trained_on) in predicted.sources.iter().enumerate() {
        for (judged, source) in predicted.sources.iter().enumerate() {
            let scored = predicted.judged(learned, judged);
            let Some((metric, estimate)) = above_chance(scored, &spec.evaluation.measure) else {
                continue;
            };
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
