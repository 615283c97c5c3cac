//! Does what a model predicts with probability p happen in a share p of the cases?
//!
//! Bins are pooled over seeds by count. Seeds share test statements, so the interval of a bin is
//! the count-weighted mean of the seeds' intervals and does not shrink with more seeds.

use crate::mix::{distinct, judged_sources, looks, mixes};
use crate::{Mix, ReliabilityRow, ReportError, Tables};
use medley_evaluation::wilson;
use std::collections::BTreeMap;

/// The figure as data: one panel a held-out source.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// How many bins of equal width there are, empty ones included.
    pub bins: u64,
    /// The panels.
    pub panels: Vec<ReliabilityPanel>,
}

/// The models that are judged on one source.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilityPanel {
    /// The source judged.
    pub source: String,
    /// One for each mix that is shown.
    pub series: Vec<ReliabilitySeries>,
}

/// The bins of one mix.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilitySeries {
    /// Label of the mix.
    pub mix: String,
    /// The place of its colour, the same in every figure; 0 is the mix of every source.
    pub place: usize,
    /// How many seeds.
    pub seeds: usize,
    /// The bins, by predicted probability.
    pub points: Vec<ReliabilityPoint>,
}

/// One bin over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityPoint {
    /// Number of the bin, from 0.
    pub bin: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Observed share.
    pub observed: f64,
    /// Mean interval of a run. A run of too few clusters in the bin counts with Wilson's interval of one
    /// case, the widest there is.
    pub interval: Option<(f64, f64)>,
    /// Outcomes in the bin, mean over all seeds.
    pub count: f64,
}

/// The diagrams of the mixes of these labels; without labels, of the mix with the most sources
/// and of the mix of the judged source alone. Where a few mixes have the most sources, as under
/// an ablation of anything but sources, all of them are shown.
///
/// # Errors
/// None of these mixes has a diagram.
pub fn reliability(tables: &Tables, chosen: Option<&[&str]>) -> Result<Reliability, ReportError> {
    let known = mixes(&tables.measurements);
    let largest = largest(&known);
    let shown = |mix: &Mix, source: &str| match chosen {
        Some(labels) => labels.contains(&mix.label.as_str()),
        None => mix.sources == [source] || largest.contains(&mix.label.as_str()),
    };
    let judged = judged_sources(&tables.measurements);
    let judged = distinct(judged.iter().chain(tables.reliability.iter().map(|row| &row.source)));
    let panel = |source: String| {
        let series: Vec<ReliabilitySeries> = known
            .iter()
            .filter(|mix| shown(mix, &source))
            .filter_map(|mix| series(&tables.reliability, &mix.label, &source))
            .collect();
        (!series.is_empty()).then_some(ReliabilityPanel { source, series })
    };
    let mut panels: Vec<ReliabilityPanel> = judged.into_iter().filter_map(panel).collect();
    if panels.is_empty() {
        let what = "no chosen mix has a reliability diagram".to_owned();
        return Err(ReportError::Empty(what));
    }
    place(&mut panels, looks(&known));
    Ok(Reliability { bins: bins(&tables.reliability), panels })
}

/// Labels of the mixes with the most sources; none when they are too many to tell apart.
fn largest(mixes: &[Mix]) -> Vec<&str> {
    const FEW: usize = 6;
    let most = mixes.iter().map(|mix| mix.sources.len()).max().unwrap_or(0);
    let largest = mixes.iter().filter(|mix| mix.sources.len() == most);
    let largest: Vec<&str> = largest.map(|mix| mix.label.as_str()).collect();
    if largest.len() <= FEW { largest } else { Vec::new() }
}

/// Those without a colour of their own have the next ones.
fn place(panels: &mut [ReliabilityPanel], mut looks: BTreeMap<String, usize>) {
    let labels = panels.iter().flat_map(|panel| panel.series.iter().map(|series| &series.mix));
    for label in distinct(labels) {
        let next = looks.values().max().copied().unwrap_or(0) + 1;
        looks.entry(label).or_insert(next);
    }
    for series in panels.iter_mut().flat_map(|panel| &mut panel.series) {
        series.place = looks[&series.mix];
    }
}

/// The number of bins in which all predictions lie where they are said to: ten, or the fewest.
fn bins(rows: &[ReliabilityRow]) -> u64 {
    const MOST: u64 = 1000;
    let least = rows.iter().map(|row| row.bin + 1).max().unwrap_or(1);
    let fits = |bins: &u64| {
        let ends = |row: &ReliabilityRow| (row.bin as f64, row.bin as f64 + 1.0);
        let within = |row: &ReliabilityRow| {
            let place = row.predicted * *bins as f64;
            ends(row).0 - 1e-9 <= place && place <= ends(row).1 + 1e-9
        };
        *bins >= least && rows.iter().filter(|row| row.count > 0).all(within)
    };
    std::iter::once(10).chain(least..=MOST).find(fits).unwrap_or(least)
}

fn series(rows: &[ReliabilityRow], mix: &str, source: &str) -> Option<ReliabilitySeries> {
    let rows: Vec<&ReliabilityRow> =
        rows.iter().filter(|row| row.mix == mix && row.source == source && row.count > 0).collect();
    let mut runs: Vec<(&str, u64)> = rows.iter().map(|row| (row.run.as_str(), row.seed)).collect();
    runs.sort_unstable();
    runs.dedup();
    let mut bins: Vec<u64> = rows.iter().map(|row| row.bin).collect();
    bins.sort_unstable();
    bins.dedup();
    let points: Vec<ReliabilityPoint> = bins
        .into_iter()
        .map(|bin| {
            let rows: Vec<&ReliabilityRow> =
                rows.iter().copied().filter(|row| row.bin == bin).collect();
            point(bin, &rows, runs.len())
        })
        .collect();
    let seeds = runs.len();
    let series = ReliabilitySeries { mix: mix.to_owned(), place: 0, seeds, points };
    (seeds > 0).then_some(series)
}

fn point(bin: u64, rows: &[&ReliabilityRow], runs: usize) -> ReliabilityPoint {
    let total: f64 = rows.iter().map(|row| row.count as f64).sum();
    let mean = |value: &dyn Fn(&ReliabilityRow) -> f64| {
        rows.iter().map(|row| value(row) * row.count as f64).sum::<f64>() / total
    };
    let ends = |row: &ReliabilityRow| row.low.zip(row.high).or_else(|| wilson(row.observed, 1.0));
    let closed = rows.iter().all(|row| ends(row).is_some());
    let low = mean(&|row| ends(row).map_or(0.0, |it| it.0));
    let high = mean(&|row| ends(row).map_or(1.0, |it| it.1));
    ReliabilityPoint {
        bin,
        predicted: mean(&|row| row.predicted),
        observed: mean(&|row| row.observed),
        interval: closed.then_some((low, high)),
        count: total / runs as f64,
    }
}

#[cfg(test)]
#[path = "reliability_tests.rs"]
mod tests;
