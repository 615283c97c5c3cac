//! Which measurements may be added up over seeds at all?

use crate::mix::distinct;
use crate::over_seeds::{agree, repeated};
use crate::{MeasurementRow, ReportError};

/// # Errors
/// A metric with two units or directions, a mix with two lists of sources, or a seed that stands
/// twice.
pub(crate) fn check(measurements: &[MeasurementRow]) -> Result<(), ReportError> {
    check_agreement(measurements)?;
    check_duplicates(measurements)
}

fn check_agreement(measurements: &[MeasurementRow]) -> Result<(), ReportError> {
    for metric in distinct(measurements.iter().map(|row| &row.metric)) {
        let rows = || measurements.iter().filter(|row| row.metric == metric);
        let of = format!("metric {metric}");
        agree(&of, "unit", distinct(rows().map(|row| &row.unit)))?;
        let directions: Vec<String> = rows().map(|row| format!("{:?}", row.direction)).collect();
        agree(&of, "direction", distinct(directions.iter()))?;
    }
    for mix in distinct(measurements.iter().map(|row| &row.mix)) {
        let rows = measurements.iter().filter(|row| row.mix == mix);
        let sources: Vec<String> = rows.map(|row| row.sources.join("+")).collect();
        agree(&format!("mix {mix}"), "list of sources", distinct(sources.iter()))?;
    }
    Ok(())
}

fn check_duplicates(measurements: &[MeasurementRow]) -> Result<(), ReportError> {
    let keys = measurements
        .iter()
        .map(|row| (&row.mix, &row.setting, &row.source, &row.metric, &row.estimator, row.seed));
    match repeated(keys) {
        None => Ok(()),
        Some(((mix, _, source, metric, estimator, seed), rows)) => Err(ReportError::Duplicate {
            mix: mix.clone(),
            source_name: source.clone(),
            metric: metric.clone(),
            estimator: estimator.clone(),
            seed,
            rows,
        }),
    }
}
