//! What do the numbers of several seeds add up to, and which rows may be added up at all?

use std::collections::BTreeMap;

use crate::ReportError;
use medley_evaluation::{Bootstrap, Failures, RunScores, mean_of_tasks};

/// Fewer seeds are not summarized.
pub const LEAST_SEEDS: usize = 5;

/// A number of one run with the ends of its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// What the readings of the seeds say together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverSeeds {
    pub seeds: u64,
    pub mean: f64,
    pub least: f64,
    pub most: f64,
    /// Mean of the lower ends; none unless every reading has both ends.
    pub low: Option<f64>,
    /// Mean of the upper ends.
    pub high: Option<f64>,
}

/// `readings` are one for each seed, and at least one.
pub(crate) fn over_seeds(readings: &[Reading]) -> OverSeeds {
    let values = || readings.iter().map(|reading| reading.value);
    let closed = readings.iter().all(|reading| reading.low.is_some() && reading.high.is_some());
    let end = |of: fn(&Reading) -> Option<f64>| {
        closed.then(|| mean(&readings.iter().filter_map(of).collect::<Vec<_>>()))
    };
    OverSeeds {
        seeds: readings.len() as u64,
        mean: mean(&values().collect::<Vec<_>>()),
        least: values().fold(f64::INFINITY, f64::min),
        most: values().fold(f64::NEG_INFINITY, f64::max),
        low: end(|reading| reading.low),
        high: end(|reading| reading.high),
    }
}

/// The value under each seed, none where there is none; of two under one seed the first.
pub(crate) fn by_seed(values: impl Iterator<Item = (u64, f64)>, seeds: &[u64]) -> Vec<Option<f64>> {
    let mut of: BTreeMap<u64, f64> = BTreeMap::new();
    values.for_each(|(seed, value)| {
        of.entry(seed).or_insert(value);
    });
    seeds.iter().map(|seed| of.get(seed).copied()).collect()
}

/// Mean of at least one number.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The 95 % interval of the mean of one number a seed, by the bootstrap; none with few seeds, or where
/// all are the same.
pub(crate) fn between_seeds(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < LEAST_SEEDS {
        return None;
    }
    let runs: Vec<Vec<Option<f64>>> = values.iter().map(|&value| vec![Some(value)]).collect();
    let runs = RunScores::new(&runs, Failures::LeftOut).ok()?;
    mean_of_tasks(&runs, &Bootstrap { replicates: 10_000, seed: 0 }).interval.ends()
}

/// `sd / sqrt(J)` over J values; none for one value or an infinite one.
pub(crate) fn standard_error(values: &[f64]) -> Option<f64> {
    let (count, mean) = (values.len() as f64, mean(values));
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    (values.len() > 1 && error.is_finite()).then_some(error)
}

/// Rows of one key each, by key.
pub(crate) fn groups<'a, R, K: Ord>(rows: &'a [R], key: impl Fn(&'a R) -> K) -> Vec<Vec<&'a R>> {
    let mut groups: BTreeMap<K, Vec<&R>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups.into_values().collect()
}

/// The least key that stands more than once, and how often.
pub(crate) fn repeated<K: Ord>(keys: impl Iterator<Item = K>) -> Option<(K, u64)> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0u64) += 1;
    }
    counts.into_iter().find(|(_, count)| *count > 1)
}

/// # Errors
/// `found` are several values where one is expected.
pub(crate) fn agree(of: &str, what: &'static str, found: Vec<String>) -> Result<(), ReportError> {
    match found.len() {
        0 | 1 => Ok(()),
        _ => Err(ReportError::Disagreement { of: of.to_owned(), what, found }),
    }
}
