//! Measurements of runs on a learning curve, as points of its lines.

use medley_plan::{CurvePlace, Plan, RunPlan};
use medley_report::{LearningRole, LearningRow, MODEL, MeasurementRow};
use std::collections::BTreeMap;

/// Measurements of finished runs, by run.
pub(crate) type Measured<'a> = BTreeMap<&'a str, Vec<&'a MeasurementRow>>;

/// A row for each number that a run on the curve of `plan` measured of its source. Points with all
/// statements stand at the mean number that seeds have, as splits differ by a few.
pub(crate) fn learning_rows(plan: &Plan, measured: &Measured<'_>) -> Vec<LearningRow> {
    let all = statements_of_all(plan, measured);
    let mut rows = Vec::new();
    for run in &plan.runs {
        let Some(place) = &run.curve else { continue };
        let Some(statements) = place.statements.map(|count| count as u64).or(all) else { continue };
        let told = measured.get(run.id.as_str()).into_iter().flatten();
        let own = told.filter(|row| row.source == place.source && row.estimator == MODEL);
        rows.extend(own.map(|row| learning_row(plan, run, place, statements, row)));
    }
    rows
}

/// Statements that the source alone learns from where it may learn from all, mean over seeds.
fn statements_of_all(plan: &Plan, measured: &Measured<'_>) -> Option<u64> {
    let is_all = |run: &&RunPlan| {
        run.curve.as_ref().is_some_and(|place| place.is_baseline && place.statements.is_none())
    };
    let labels = |run: &RunPlan| Some(measured.get(run.id.as_str())?.first()?.labels);
    let counts: Vec<u64> = plan.runs.iter().filter(is_all).filter_map(labels).collect();
    let sum: u64 = counts.iter().sum();
    (!counts.is_empty()).then(|| (sum as f64 / counts.len() as f64).round() as u64)
}

fn learning_row(
    plan: &Plan,
    run: &RunPlan,
    place: &CurvePlace,
    statements: u64,
    row: &MeasurementRow,
) -> LearningRow {
    let split = &plan.spec.dataset.split;
    LearningRow {
        run: run.id.clone(),
        source: place.source.clone(),
        statements,
        line: place.line.clone(),
        sources: run.subject.sources().to_vec(),
        role: match place.is_baseline {
            true => LearningRole::Baseline,
            false => LearningRole::Compared,
        },
        seed: run.seed,
        train_share: 1.0 - split.validation - split.test,
        test_share: split.test,
        metric: row.metric.clone(),
        unit: row.unit.clone(),
        direction: row.direction,
        value: row.value,
        count: row.count,
        clusters: row.clusters,
    }
}
