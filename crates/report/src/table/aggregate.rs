//! What do the runs say together, over seeds?
//!
//! One row for each (mix, setting, held-out source, metric, estimator). The interval of a row is the mean
//! of the intervals of its runs, so it is about statements and not about seeds; the range over
//! seeds stands beside it. The two are not mixed into one number, because seeds share their
//! test statements. Failed seeds are listed and never dropped in silence, and a seed that stands
//! twice is an error, not a weight.

use std::collections::{BTreeMap, BTreeSet};

use crate::measurement_checks::check;
use crate::mix::{distinct, judged_sources, mixed_sources, mixes};
use crate::over_seeds::{Reading, between_seeds, groups, mean, over_seeds};
use crate::row::row;

use crate::{
    Direction, MODEL, MeasurementRow, Mix, ReportError, RunRow, Status, Stopped, is_true_reward,
};

row! {
    /// One number over the seeds of a mix. Table `aggregates.parquet`.
    pub struct AggregateRow {
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid; empty without a grid. String.
        pub setting: String,
        /// Sources in the mix. String, the names joined by `+`.
        pub sources: Vec<String>,
        /// Held-out source that is judged. String.
        pub source: String,
        /// Key of the metric. String.
        pub metric: String,
        /// Unit of the numbers. String.
        pub unit: String,
        /// Which way is better. String.
        pub direction: Direction,
        /// Whose number it is, as in [`MeasurementRow::estimator`]. String.
        pub estimator: String,
        /// Training statements, mean over seeds. Float64.
        pub labels: f64,
        /// Seeds with a value. UInt64.
        pub seeds: u64,
        /// Mean over seeds. Float64.
        pub mean: f64,
        /// Smallest over seeds. Float64.
        pub least: f64,
        /// Largest over seeds. Float64.
        pub most: f64,
        /// Mean of the lower ends of the runs' intervals; for a measure of the true reward that has
        /// none in a run, the lower end over seeds. Float64, null unless every run has both, or with
        /// few seeds.
        pub low: Option<f64>,
        /// Mean of the upper ends. Float64, null unless every run has both.
        pub high: Option<f64>,
    }
}

/// A seed of a mix without measurements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The mix.
    pub mix: String,
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// The seed.
    pub seed: u64,
    /// Why, as the run says.
    pub reason: String,
}

/// Finished runs of a mix in a setting that ended before training stopped by itself, or had settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The mix.
    pub mix: String,
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Whether they have not settled ([`Stopped::Unsettled`]), and ended at no limit of epochs.
    pub unsettled: bool,
    /// The seeds, rising.
    pub seeds: Vec<u64>,
    /// Fewest steps of these runs: of an optimizer, or gradients of chains.
    pub steps: u64,
}

/// Finished runs of a mix in a setting without a reward for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotShared {
    /// The mix.
    pub mix: String,
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Why, as the runs say.
    pub reason: String,
    /// The seeds, rising.
    pub seeds: Vec<u64>,
}

/// Everything that tables and figures over seeds need.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregates {
    /// Name of the experiment.
    pub experiment: String,
    /// Ordered by held-out source, metric, mix, estimator.
    pub rows: Vec<AggregateRow>,
    /// The mixes in the order of every figure: by number of sources, then by source.
    pub mixes: Vec<Mix>,
    /// The sources that mixes are made of.
    pub sources: Vec<String>,
    /// Runs that ended at the limit of epochs or have not settled, by mix and setting.
    pub unfinished: Vec<Unfinished>,
    /// Runs without a reward for all, by mix, setting and reason.
    pub not_shared: Vec<NotShared>,
    /// Runs that failed and were not repeated with success, by mix, setting and seed.
    pub failures: Vec<Failure>,
    /// Held-out sources with intervals over fewer than [`FEW_CLUSTERS`] clusters, and the fewest.
    pub few_clusters: Vec<(String, u64)>,
}

/// With fewer, percentile intervals may be some points short of 95 %: see docs/GLOSSARY.md.
pub const FEW_CLUSTERS: u64 = 50;

/// Aggregates the measurements of one experiment over seeds.
///
/// # Errors
/// No measurement at all, several experiments, a seed that stands twice, a mix with two lists of
/// sources, or a metric with two units or directions.
pub fn aggregate(
    measurements: &[MeasurementRow],
    runs: &[RunRow],
) -> Result<Aggregates, ReportError> {
    let experiment = one_experiment(measurements)?;
    check(measurements)?;
    let mixes = mixes(measurements);
    let rows = grouped(measurements);
    Ok(Aggregates {
        experiment,
        rows: in_order(rows, measurements, &mixes),
        sources: mixed_sources(measurements),
        unfinished: unfinished(runs, &mixes),
        not_shared: not_shared(runs),
        failures: failures(runs),
        few_clusters: few_clusters(measurements),
        mixes,
    })
}

fn few_clusters(measurements: &[MeasurementRow]) -> Vec<(String, u64)> {
    let fewest = |source: String| {
        let rows = measurements.iter().filter(|row| row.source == source && row.low.is_some());
        let fewest = rows.map(|row| row.clusters).min()?;
        (fewest < FEW_CLUSTERS).then_some((source, fewest))
    };
    judged_sources(measurements).into_iter().filter_map(fewest).collect()
}

fn one_experiment(measurements: &[MeasurementRow]) -> Result<String, ReportError> {
    let found = distinct(measurements.iter().map(|row| &row.experiment));
    match found.as_slice() {
        [] => Err(ReportError::Empty("there are no measurements".to_owned())),
        [experiment] => Ok(experiment.clone()),
        _ => Err(ReportError::Disagreement {
            of: "the table of measurements".to_owned(),
            what: "experiment",
            found,
        }),
    }
}

fn grouped(measurements: &[MeasurementRow]) -> Vec<AggregateRow> {
    let groups = groups(measurements, |row| {
        (&row.mix, &row.setting, &row.source, &row.metric, &row.estimator)
    });
    groups.iter().map(|rows| over_group(rows)).collect()
}

/// `rows` are at least one, and agree on mix, setting, source, metric and estimator.
fn over_group(rows: &[&MeasurementRow]) -> AggregateRow {
    let first = rows[0];
    let reading =
        |row: &&MeasurementRow| Reading { value: row.value, low: row.low, high: row.high };
    let readings: Vec<Reading> = rows.iter().map(reading).collect();
    let labels: Vec<f64> = rows.iter().map(|row| row.labels as f64).collect();
    let over = over_seeds(&readings);
    let ends = over.low.zip(over.high).or_else(|| of_truth(first, &readings));
    AggregateRow {
        mix: first.mix.clone(),
        setting: first.setting.clone(),
        sources: first.sources.clone(),
        source: first.source.clone(),
        metric: first.metric.clone(),
        unit: first.unit.clone(),
        direction: first.direction,
        estimator: first.estimator.clone(),
        labels: mean(&labels),
        seeds: over.seeds,
        mean: over.mean,
        least: over.least,
        most: over.most,
        low: ends.map(|(low, _)| low),
        high: ends.map(|(_, high)| high),
    }
}

/// What is known of the true reward is computed in each run and not estimated, so that its interval is
/// about seeds: the bootstrap of runs, where there are enough of them.
fn of_truth(of: &MeasurementRow, readings: &[Reading]) -> Option<(f64, f64)> {
    if !is_true_reward(&of.source) || of.estimator != MODEL {
        return None;
    }
    between_seeds(&readings.iter().map(|reading| reading.value).collect::<Vec<_>>())
}

fn in_order(
    mut rows: Vec<AggregateRow>,
    measurements: &[MeasurementRow],
    mixes: &[Mix],
) -> Vec<AggregateRow> {
    let judged = judged_sources(measurements);
    let metrics = distinct(measurements.iter().map(|row| &row.metric));
    let estimators = distinct(measurements.iter().map(|row| &row.estimator));
    let place = |order: &[String], name: &String| order.iter().position(|other| other == name);
    rows.sort_by_key(|row| {
        (
            place(&judged, &row.source),
            place(&metrics, &row.metric),
            mixes.iter().position(|mix| mix.label == row.mix),
            place(&estimators, &row.estimator),
        )
    });
    rows
}

fn unfinished(runs: &[RunRow], mixes: &[Mix]) -> Vec<Unfinished> {
    let mut cut: BTreeMap<(usize, &str, bool), Unfinished> = BTreeMap::new();
    for run in runs {
        let unsettled = match run.stopped {
            Some(Stopped::Epochs) => false,
            Some(Stopped::Unsettled) => true,
            Some(Stopped::Patience | Stopped::Converged) | None => continue,
        };
        let Some(place) = mixes.iter().position(|mix| mix.label == run.mix) else { continue };
        let RunRow { mix, setting, seed, steps, .. } = run;
        let (mix, setting) = (mix.clone(), setting.clone());
        let of = cut.entry((place, run.setting.as_str(), unsettled));
        let new = Unfinished { mix, setting, unsettled, seeds: Vec::new(), steps: *steps };
        let of = of.or_insert(new);
        of.seeds.push(*seed);
        of.steps = of.steps.min(*steps);
    }
    let mut cut: Vec<Unfinished> = cut.into_values().collect();
    cut.iter_mut().for_each(|of| of.seeds.sort_unstable());
    cut
}

fn not_shared(runs: &[RunRow]) -> Vec<NotShared> {
    let mut found: BTreeMap<(&str, &str, &str), BTreeSet<u64>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.status == Status::Done) {
        let Some(reason) = &run.reason else { continue };
        found.entry((&run.mix, &run.setting, reason)).or_default().insert(run.seed);
    }
    let of = |((mix, setting, reason), seeds): ((&str, &str, &str), BTreeSet<u64>)| NotShared {
        mix: mix.to_owned(),
        setting: setting.to_owned(),
        reason: reason.to_owned(),
        seeds: seeds.into_iter().collect(),
    };
    found.into_iter().map(of).collect()
}

fn failures(runs: &[RunRow]) -> Vec<Failure> {
    let key = |run: &RunRow| (run.mix.clone(), run.setting.clone(), run.seed);
    let done: BTreeSet<_> = runs.iter().filter(|run| run.status == Status::Done).map(key).collect();
    let mut reasons: BTreeMap<(String, String, u64), String> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.status == Status::Failed) {
        if !done.contains(&key(run)) {
            let reason = run.reason.clone().unwrap_or_else(|| "no reason given".to_owned());
            let of = reasons.entry(key(run)).or_insert_with(|| reason.clone());
            // Of several, the same one whatever the order of the runs.
            *of = reason.min(std::mem::take(of));
        }
    }
    let failure = |((mix, setting, seed), reason)| Failure { mix, setting, seed, reason };
    reasons.into_iter().map(failure).collect()
}

#[cfg(test)]
#[path = "aggregate_tests.rs"]
mod tests;
