//! How good is a model on each held-out source, by the mix that it was trained on?

use crate::mix::{distinct, judged_sources};
use crate::{
    AggregateRow, Aggregates, BEST_POSSIBLE, Direction, LABEL_CEILING, MODEL, MeasurementRow, Mix,
    ReportError, SCALAR_CEILING,
};

/// The figure as data: rows are mixes, panels are (held-out source, metric).
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// File name without ending.
    pub name: String,
    /// Columns of the matrix of dots.
    pub sources: Vec<String>,
    /// The rows.
    pub mixes: Vec<Mix>,
    /// Panels, metric by metric.
    pub panels: Vec<QualityPanel>,
    /// What a reader must know about the seeds.
    pub notes: Vec<String>,
}

/// One held-out source under one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct QualityPanel {
    /// The source judged.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// One for each mix; none where it has no measurement.
    pub marks: Vec<Option<Mark>>,
    /// Baselines, then ceilings.
    pub references: Vec<Reference>,
}

/// The model of one mix.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Mean over seeds.
    pub mean: f64,
    /// Ends of the mean interval of a run.
    pub interval: Option<(f64, f64)>,
    /// Each seed, in order.
    pub seeds: Vec<f64>,
    /// Whether the judged source is in the mix.
    pub trained: bool,
}

/// What marks are read against.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Baseline or ceiling by name.
    pub estimator: String,
    /// Its mean over seeds for each mix. A mix without an own value has one only when all others
    /// agree on it.
    pub values: Vec<Option<f64>>,
}

impl Reference {
    /// Whether it is a ceiling and not a baseline.
    pub fn is_ceiling(&self) -> bool {
        [LABEL_CEILING, SCALAR_CEILING, BEST_POSSIBLE].contains(&self.estimator.as_str())
    }
}

/// The figure's data for the metrics of these keys; metrics without measurements are left out.
///
/// # Errors
/// No model was measured with any of the metrics.
pub fn quality(
    measurements: &[MeasurementRow],
    aggregates: &Aggregates,
    metrics: &[&str],
) -> Result<Quality, ReportError> {
    let mut panels = Vec::new();
    for metric in metrics {
        for source in judged_sources(measurements) {
            panels.extend(panel(measurements, aggregates, (&source, metric)));
        }
    }
    if panels.is_empty() {
        let metrics = metrics.join(", ");
        return Err(ReportError::Empty(format!("no model was measured by {metrics}")));
    }
    Ok(Quality {
        name: "quality".to_owned(),
        sources: aggregates.sources.clone(),
        mixes: aggregates.mixes.clone(),
        panels,
        notes: notes(measurements, aggregates),
    })
}

fn panel(
    measurements: &[MeasurementRow],
    aggregates: &Aggregates,
    (source, metric): (&str, &str),
) -> Option<QualityPanel> {
    let rows = aggregates.rows.iter();
    let rows: Vec<&AggregateRow> =
        rows.filter(|row| row.source == source && row.metric == metric).collect();
    let model = rows.iter().find(|row| row.estimator == MODEL)?;
    let mark = |mix: &Mix| {
        let row = rows.iter().find(|row| row.estimator == MODEL && row.mix == mix.label)?;
        Some(Mark {
            mean: row.mean,
            interval: row.low.zip(row.high),
            seeds: seeds(measurements, row),
            trained: mix.sources.iter().any(|other| other == source),
        })
    };
    let mut references: Vec<Reference> = distinct(rows.iter().map(|row| &row.estimator))
        .into_iter()
        .filter(|estimator| estimator != MODEL)
        .map(|estimator| reference(&rows, &aggregates.mixes, estimator))
        .collect();
    references.sort_by_key(|reference| (reference.is_ceiling(), reference.estimator.clone()));
    Some(QualityPanel {
        source: source.to_owned(),
        metric: metric.to_owned(),
        unit: model.unit.clone(),
        direction: model.direction,
        marks: aggregates.mixes.iter().map(mark).collect(),
        references,
    })
}

fn seeds(measurements: &[MeasurementRow], of: &AggregateRow) -> Vec<f64> {
    let mut rows: Vec<&MeasurementRow> = measurements
        .iter()
        .filter(|row| {
            row.estimator == of.estimator
                && row.mix == of.mix
                && row.setting == of.setting
                && row.source == of.source
                && row.metric == of.metric
        })
        .collect();
    rows.sort_by_key(|row| row.seed);
    rows.iter().map(|row| row.value).collect()
}

fn reference(rows: &[&AggregateRow], mixes: &[Mix], estimator: String) -> Reference {
    let own = |mix: &Mix| {
        let mut rows = rows.iter();
        let row = rows.find(|row| row.estimator == estimator && row.mix == mix.label);
        row.map(|row| row.mean)
    };
    // A baseline that no mix changes stands in rows without sources, and beside every mix.
    let shared = rows.iter().find(|row| row.estimator == estimator && row.sources.is_empty());
    let mut values: Vec<Option<f64>> =
        mixes.iter().map(|mix| own(mix).or(shared.map(|row| row.mean))).collect();
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    if let Some(first) = known.first().filter(|first| known.iter().all(|other| other == *first)) {
        values.fill(Some(*first));
    }
    Reference { estimator, values }
}

fn notes(measurements: &[MeasurementRow], aggregates: &Aggregates) -> Vec<String> {
    let mut counts: Vec<u64> =
        aggregates.rows.iter().filter(|row| row.estimator == MODEL).map(|row| row.seeds).collect();
    counts.sort_unstable();
    let seeds = match (counts.first(), counts.last()) {
        (Some(1), Some(1)) => "one seed".to_owned(),
        (Some(least), Some(most)) if least == most => format!("mean over {most} seeds"),
        (Some(least), Some(most)) => format!("mean over {least} to {most} seeds"),
        _ => "no seeds".to_owned(),
    };
    let intervals = measurements.iter().any(|row| row.estimator == MODEL && row.low.is_some());
    let whisker = match intervals {
        true if counts.last() == Some(&1) => "; whisker: 95 % interval, over test statements",
        true => "; whisker: mean 95 % interval of a run, over test statements",
        false => "",
    };
    let mut notes = vec![format!("Mark: {seeds}{whisker}.")];
    notes.extend(failed(aggregates));
    notes
}

fn failed(aggregates: &Aggregates) -> Option<String> {
    let mixes = distinct(aggregates.failures.iter().map(|failure| &failure.mix));
    let of_mix = |mix: &String| {
        let failures = aggregates.failures.iter().filter(|failure| failure.mix == *mix);
        let seeds: Vec<String> = failures.map(|failure| failure.seed.to_string()).collect();
        format!("{mix} (seed {})", seeds.join(", "))
    };
    let mixes: Vec<String> = mixes.iter().map(of_mix).collect();
    let (shown, more) = mixes.split_at(mixes.len().min(3));
    let more = match more.len() {
        0 => String::new(),
        more => format!(", and {more} more mixes"),
    };
    (!mixes.is_empty()).then(|| format!("Failed, so in no mean: {}{more}.", shown.join("; ")))
}

#[cfg(test)]
#[path = "quality_tests.rs"]
mod tests;
