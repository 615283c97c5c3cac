//! What did tuning choose over seeds, and what did it change?
//!
//! A tuned mix and the same mix as the file has it are run on the same splits, so that they are
//! compared split by split, on the test part that tuning never saw.

use std::collections::{BTreeMap, BTreeSet};

use crate::learning_difference::{LearningDifference, correct, difference, paired_settings, shown};
use crate::mix::distinct;
use crate::over_seeds::{agree, by_seed, mean};
use crate::{Direction, MODEL, MeasurementRow, ReportError, TuningOutcome, TuningRow};

/// What a mix was tuned to, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct TuningAggregate {
    /// Label of the tuned mix.
    pub mix: String,
    /// Label of the same mix as the file has it.
    pub untuned: String,
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Source whose validation part decided.
    pub target: String,
    /// Seeds with a choice.
    pub seeds: u64,
    /// Candidates of each seed, at most.
    pub candidates: u64,
    /// Trials of all seeds, of which so many failed.
    pub trials: u64,
    /// Trials that have no log-likelihood.
    pub failed: u64,
    /// Chosen values with their seeds, the most frequent first.
    pub chosen: Vec<(String, Vec<u64>)>,
    /// Keys that a seed chose at the edge of what was tried, with these seeds.
    pub at_edge: Vec<(String, Vec<u64>)>,
    /// Seeds whose choice is no more than two standard errors ahead of another candidate of its rung.
    pub open: Vec<u64>,
    /// Tuned less untuned on the test part, of each judged source and metric that is shown.
    pub differences: Vec<TuningDifference>,
}

/// Tuned less untuned in one metric on the test part of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct TuningDifference {
    /// Judged source.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Mean over the seeds that the tuned mix completed.
    pub tuned: f64,
    /// Mean over the seeds that the untuned mix completed.
    pub untuned: f64,
    /// Tuned less untuned, on the same seeds; `line` is the tuned mix and `baseline` the other.
    pub difference: LearningDifference,
}

/// Aggregates what tuned runs tried over seeds, in order of first mention.
///
/// p values of a metric on a source are corrected over the tuned mixes.
///
/// # Errors
/// A tuned mix with two targets, two mixes as its untuned one, or two splits; two choices under one
/// seed; shares that no split has.
pub fn aggregate_tuning(
    rows: &[TuningRow],
    measurements: &[MeasurementRow],
) -> Result<Vec<TuningAggregate>, ReportError> {
    let mut keys: Vec<(&String, &String)> = Vec::new();
    for row in rows {
        if !keys.contains(&(&row.mix, &row.setting)) {
            keys.push((&row.mix, &row.setting));
        }
    }
    let of = |(mix, setting): &(&String, &String)| {
        let own = rows.iter().filter(|row| row.mix == **mix && row.setting == **setting);
        over_seeds(&own.collect::<Vec<_>>(), measurements)
    };
    let mut tuned = keys.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    let of = |of: &TuningDifference| (of.source.clone(), of.metric.clone());
    let measured: BTreeSet<_> =
        tuned.iter().flat_map(|one| one.differences.iter().map(of)).collect();
    for measured in measured {
        let all = tuned.iter_mut().flat_map(|one| &mut one.differences);
        correct(all.filter(|one| of(one) == measured).map(|one| &mut one.difference))?;
    }
    Ok(tuned)
}

/// `rows` are at least one, of one tuned mix and setting.
fn over_seeds(
    rows: &[&TuningRow],
    measurements: &[MeasurementRow],
) -> Result<TuningAggregate, ReportError> {
    let TuningRow { mix, untuned, setting, target, .. } = rows[0];
    let of = format!("tuned mix {mix}");
    agree(&of, "untuned mix", distinct(rows.iter().map(|row| &row.untuned)))?;
    agree(&of, "target", distinct(rows.iter().map(|row| &row.target)))?;
    let split = |row: &&TuningRow| format!("{} to {}", row.train_share, row.test_share);
    agree(&of, "split", distinct(rows.iter().map(split).collect::<Vec<_>>().iter()))?;
    let is_chosen = |row: &&&TuningRow| row.outcome == TuningOutcome::Chosen;
    let mut chosen: BTreeMap<u64, &TuningRow> = BTreeMap::new();
    for row in rows.iter().filter(is_chosen) {
        if let Some(other) = chosen.insert(row.seed, row) {
            let found = vec![other.values.clone(), row.values.clone()];
            agree(&format!("{of}, seed {}", row.seed), "choice", found)?;
        }
    }
    let values = chosen.values().map(|row| (row.values.clone(), row.seed));
    let mut values: Vec<(String, Vec<u64>)> = collected(values);
    values.sort_by_key(|(_, seeds)| std::cmp::Reverse(seeds.len()));
    let edges = chosen.values().flat_map(|row| {
        let keys = row.at_edge.iter().flat_map(|keys| keys.split(", "));
        keys.map(|key| (key.to_owned(), row.seed)).collect::<Vec<_>>()
    });
    let open = chosen.values().filter(|row| is_open(row, rows)).map(|row| row.seed);
    let failed = rows.iter().filter(|row| row.outcome == TuningOutcome::Failed).count();
    let candidates: BTreeSet<u64> = rows.iter().map(|row| row.candidate).collect();
    Ok(TuningAggregate {
        mix: mix.clone(),
        untuned: untuned.clone(),
        setting: setting.clone(),
        target: target.clone(),
        seeds: chosen.len() as u64,
        candidates: candidates.len() as u64,
        trials: rows.len() as u64,
        failed: failed as u64,
        chosen: values,
        at_edge: collected(edges),
        open: open.collect(),
        differences: differences(rows[0], measurements)?,
    })
}

/// Seeds by what they are about.
fn collected(told: impl Iterator<Item = (String, u64)>) -> Vec<(String, Vec<u64>)> {
    let mut of: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    told.for_each(|(what, seed)| of.entry(what).or_default().push(seed));
    of.into_iter().collect()
}

/// Whether another candidate of the rung could as well be the best.
fn is_open(chosen: &TuningRow, rows: &[&TuningRow]) -> bool {
    let mut of_rung =
        rows.iter().copied().filter(|row| row.seed == chosen.seed && row.rung == chosen.rung);
    // Without an error, as of one cluster, nobody can tell.
    let is_near = |row: &TuningRow| {
        let error = row.gap_standard_error;
        row.gap.is_some_and(|gap| error.is_none_or(|error| gap <= 2.0 * error))
    };
    of_rung.any(is_near)
}

fn differences(
    row: &TuningRow,
    measurements: &[MeasurementRow],
) -> Result<Vec<TuningDifference>, ReportError> {
    let own = measurements.iter().filter(|measured| {
        measured.estimator == MODEL
            && measured.setting == row.setting
            && [&row.mix, &row.untuned].contains(&&measured.mix)
    });
    let own: Vec<&MeasurementRow> = own.collect();
    let seeds: BTreeSet<u64> = own.iter().map(|measured| measured.seed).collect();
    let seeds: Vec<u64> = seeds.into_iter().collect();
    let mut found = Vec::new();
    for source in distinct(own.iter().map(|measured| &measured.source)) {
        let own: Vec<_> = own.iter().filter(|measured| measured.source == source).collect();
        let settings = paired_settings(&source, row.train_share, row.test_share)?;
        for metric in shown(distinct(own.iter().map(|m| &m.metric))) {
            let of_metric = own.iter().filter(|measured| measured.metric == metric);
            let scores = |mix: &String| -> Vec<Option<f64>> {
                let of_mix = of_metric.clone().filter(|measured| measured.mix == *mix);
                by_seed(of_mix.map(|measured| (measured.seed, measured.value)), &seeds)
            };
            let (tuned, untuned) = (scores(&row.mix), scores(&row.untuned));
            let Some(difference) = difference(&tuned, &untuned, &settings)? else { continue };
            let Some(first) = of_metric.clone().next() else { continue };
            let mean =
                |scores: Vec<Option<f64>>| mean(&scores.into_iter().flatten().collect::<Vec<_>>());
            found.push(TuningDifference {
                source: source.clone(),
                metric,
                unit: first.unit.clone(),
                direction: first.direction,
                tuned: mean(tuned),
                untuned: mean(untuned),
                difference,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
#[path = "tuning_aggregate_tests.rs"]
mod tests;
