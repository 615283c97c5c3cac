//! How does a held-out metric develop over epochs, by mix?
//!
//! Where seeds stop at different epochs, a mean over those that are left would jump at each stop,
//! so a curve ends where its first seed does, and the figure says so. Failed runs are left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::mix::{distinct, judged_sources, looks, mixes};
use crate::{CurveRow, Direction, Mix, Part, ReportError, Status, Tables};

/// The figure as data: one panel a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// Key of the metric.
    pub metric: String,
    /// Its unit; empty when no measurement tells it.
    pub unit: String,
    /// Which way is better, when a measurement tells it.
    pub direction: Option<Direction>,
    /// The mixes that have curves, in order.
    pub mixes: Vec<Mix>,
    /// The place of the colour of each mix that has one, the same in every figure; 0 is the mix of every
    /// source.
    pub looks: BTreeMap<String, usize>,
    /// The panels.
    pub panels: Vec<CurvePanel>,
    /// Whether a curve ends before its longest seed.
    pub cut: bool,
}

/// The curves on one held-out source.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePanel {
    /// The source judged.
    pub source: String,
    /// One for each mix that was judged on it.
    pub curves: Vec<Curve>,
}

/// The curve of one mix.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Label of the mix.
    pub mix: String,
    /// How many seeds.
    pub seeds: usize,
    /// Epoch, mean, least and largest over seeds.
    pub points: Vec<[f64; 4]>,
    /// Of each seed, the epoch whose model was kept and its value there, where it has one.
    pub kept: Vec<(f64, f64)>,
}

/// The validation curves of a metric.
///
/// # Errors
/// No finished run has a validation curve of the metric.
pub fn curves(tables: &Tables, metric: &str) -> Result<Curves, ReportError> {
    let failed = failed(tables);
    let rows: Vec<&CurveRow> = tables
        .curves
        .iter()
        .filter(|row| row.part == Part::Validation && row.metric == metric)
        .filter(|row| !failed.contains(&(&row.run, &row.mix, row.seed)))
        .collect();
    if rows.is_empty() {
        let what = format!("no finished run has a validation curve of {metric}");
        return Err(ReportError::Empty(what));
    }
    let of_metric = tables.measurements.iter().find(|row| row.metric == metric);
    let shown = with_curves(tables, &rows);
    let known = mixes(&tables.measurements);
    let looks = looks(if known.is_empty() { &shown } else { &known });
    let kept = kept_epochs(tables);
    let mut sources = judged_sources(&tables.measurements);
    let all = sources.iter().chain(rows.iter().map(|row| &row.source));
    sources = distinct(all);
    let mut cut = false;
    let panel = |source: String| {
        let of_source: Vec<&CurveRow> =
            rows.iter().copied().filter(|row| row.source == source).collect();
        let curves = shown.iter().filter_map(|mix| {
            let (curve, shorter) = curve(&of_source, &mix.label, &kept)?;
            cut |= shorter;
            Some(curve)
        });
        let curves: Vec<Curve> = curves.collect();
        (!curves.is_empty()).then_some(CurvePanel { source, curves })
    };
    let panels = sources.into_iter().filter_map(panel).collect();
    Ok(Curves {
        metric: metric.to_owned(),
        unit: of_metric.map_or_else(String::new, |row| row.unit.clone()),
        direction: of_metric.map(|row| row.direction),
        looks,
        mixes: shown,
        panels,
        cut,
    })
}

/// Failed runs by id, mix and seed.
fn failed(tables: &Tables) -> BTreeSet<(&String, &String, u64)> {
    let failed = tables.runs.iter().filter(|run| run.status == Status::Failed);
    failed.map(|run| (&run.run, &run.mix, run.seed)).collect()
}

/// The epoch whose model was kept, by run and seed.
fn kept_epochs(tables: &Tables) -> BTreeMap<(&str, u64), u64> {
    let done = tables.runs.iter().filter(|run| run.status == Status::Done);
    done.map(|run| ((run.run.as_str(), run.seed), run.best_epoch)).collect()
}

/// The mixes of the measurements, then those that only have curves.
fn with_curves(tables: &Tables, rows: &[&CurveRow]) -> Vec<Mix> {
    let drawn = distinct(rows.iter().map(|row| &row.mix));
    let mut known = mixes(&tables.measurements);
    known.retain(|mix| drawn.contains(&mix.label));
    for label in drawn {
        if !known.iter().any(|mix| mix.label == label) {
            known.push(Mix { label, sources: Vec::new() });
        }
    }
    known
}

/// Of each run and seed, the last step of an epoch with its value.
type OfEpoch<'a> = BTreeMap<(&'a str, u64), (u64, f64)>;

/// The curve of a mix, and whether it ends before its longest seed.
fn curve(
    rows: &[&CurveRow],
    mix: &str,
    kept: &BTreeMap<(&str, u64), u64>,
) -> Option<(Curve, bool)> {
    let rows: Vec<&CurveRow> = rows.iter().copied().filter(|row| row.mix == mix).collect();
    let runs: BTreeSet<(&str, u64)> = rows.iter().map(|row| (row.run.as_str(), row.seed)).collect();
    // The last finite value of each run in an epoch.
    let mut epochs: BTreeMap<u64, OfEpoch<'_>> = BTreeMap::new();
    for row in &rows {
        let of_epoch = epochs.entry(row.epoch).or_default();
        if row.value.is_finite() {
            let own = of_epoch.entry((&row.run, row.seed)).or_insert((row.step, row.value));
            if row.step >= own.0 {
                *own = (row.step, row.value);
            }
        }
    }
    let last = *epochs.last_key_value()?.0;
    let of_run = |run: &(&str, u64)| {
        let epoch = kept.get(run)?;
        Some((*epoch as f64, epochs.get(epoch)?.get(run)?.1))
    };
    let kept = runs.iter().filter_map(of_run).collect();
    let point = |(epoch, of_epoch): (u64, OfEpoch<'_>)| {
        if of_epoch.len() < runs.len() {
            return None;
        }
        let values: Vec<f64> = of_epoch.into_values().map(|(_, value)| value).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some([epoch as f64, mean, least, most])
    };
    let points: Vec<[f64; 4]> = epochs.into_iter().filter_map(point).collect();
    let shorter = points.last().is_none_or(|point| point[0] < last as f64);
    let curve = Curve { mix: mix.to_owned(), seeds: runs.len(), points, kept };
    Some((curve, shorter))
}

#[cfg(test)]
#[path = "curves_tests.rs"]
mod tests;
