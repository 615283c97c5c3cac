//! What rounds measured, as rows of a table.

use crate::RunError;
use crate::querying::pool::QuestionPool;
use crate::querying::record::Value;
use medley_plan::{RunPlan, RunQuerying};
use medley_report::{MODEL, MeasurementRow, QueryingRow};
use medley_training::Source;
use std::collections::BTreeMap;

/// What a model measured.
pub(super) fn values(measurements: &[MeasurementRow]) -> Vec<Value> {
    let own = measurements.iter().filter(|row| row.estimator == MODEL);
    let value = |row: &MeasurementRow| {
        Value::new(&row.source, &row.metric, &row.unit, (row.direction, row.value))
    };
    own.map(value).collect()
}

/// A row for each number of a round that learned from `asked`.
///
/// # Errors
/// Numbers of questions cannot be written.
pub(super) fn rows(
    (run, querying): (&RunPlan, &RunQuerying),
    (pool, sources): (&QuestionPool, &[Source]),
    (round, asked): (usize, &[usize]),
    values: &[Value],
) -> Result<Vec<QueryingRow>, RunError> {
    let mut of_source: BTreeMap<&str, u64> =
        sources.iter().map(|source| (source.name.as_str(), 0)).collect();
    for &at in asked {
        let name = &sources[pool.entries[at].question.source].name;
        *of_source.entry(name).or_default() += 1;
    }
    let asked_of = serde_json::to_string(&of_source)
        .map_err(|error| RunError::Broken { what: "a round", reason: error.to_string() })?;
    let seconds = pool.seconds(asked);
    let row = |value: &Value| QueryingRow {
        run: run.id.clone(),
        mix: querying.mix.clone(),
        line: querying.name.clone(),
        strategy: querying.strategy.typetag_name().to_owned(),
        seed: run.seed,
        round: round as u64,
        questions: asked.len() as u64,
        answered: pool.answered(asked) as u64,
        asked: asked_of.clone(),
        seconds,
        source: value.source.clone(),
        metric: value.metric.clone(),
        unit: value.unit.clone(),
        direction: value.direction,
        value: value.value(),
    };
    Ok(values.iter().map(row).collect())
}
