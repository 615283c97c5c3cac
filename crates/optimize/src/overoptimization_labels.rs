//! What do all runs of a label come to?

use crate::names::distinct;
use medley_evaluation::{Bootstrap, Optimization, OveroptimizationFit, RunScores, mean_of_tasks};
use medley_report::{AlarmVerdict, OveroptimizationRow, OveroptimizationRunRow};

type Run = OveroptimizationRunRow;

/// A number of a run, if it has one.
type Column = fn(&Run) -> Option<f64>;

/// Columns of a run of which there is a mean.
const MEANS: [(&str, Column); 7] = [
    ("alpha", |run| run.alpha),
    ("beta", |run| run.beta),
    ("proxy", |run| run.proxy),
    ("gold", |run| run.gold),
    ("gap", |run| run.gap),
    ("best", |run| run.best),
    ("lost", |run| run.lost),
];

const ALARMS: [(&str, AlarmVerdict); 3] = [
    ("raised", AlarmVerdict::Raised),
    ("quiet", AlarmVerdict::Quiet),
    ("undecided", AlarmVerdict::Undecided),
];

/// Every number of each label, in the order of the runs.
pub(crate) fn labels(runs: &[Run]) -> Vec<OveroptimizationRow> {
    let names = distinct(runs.iter().map(|run| run.label.as_str()));
    let of = |label: &str| {
        let own: Vec<&Run> = runs.iter().filter(|run| run.label == label).collect();
        numbers(&own)
    };
    names.into_iter().flat_map(of).collect()
}

fn numbers(runs: &[&Run]) -> Vec<OveroptimizationRow> {
    let Some(first) = runs.first() else { return Vec::new() };
    let row =
        |quantity: &str, value: f64, ends: Option<(f64, f64)>, count: usize| OveroptimizationRow {
            world: first.world.clone(),
            method: first.method.clone(),
            label: first.label.clone(),
            quantity: quantity.to_owned(),
            value,
            low: ends.map(|ends| ends.0),
            high: ends.map(|ends| ends.1),
            runs: count as u64,
        };
    let mut rows = Vec::new();
    for (quantity, of) in MEANS {
        if let Some(Mean { value, ends, count }) = mean(runs, of) {
            rows.push(row(quantity, value, ends, count));
        }
    }
    if let Some((alpha, beta)) = mean_curve(&rows) {
        let fit = curve(&first.method, alpha, beta);
        let reach = runs.iter().map(|run| run.reach).fold(0.0, f64::max);
        if let Some(peak) = fit.peak().filter(|peak| peak.distance <= reach) {
            // Of runs without a peak within reach none is known, so that there is no interval either.
            let ends = mean(runs, |run| run.peak).and_then(|mean| mean.ends);
            rows.push(row("peak", peak.distance, ends, runs.len()));
        }
    }
    let peaks = runs.iter().filter(|run| run.peak.is_some()).count();
    rows.push(row("peaks", peaks as f64, None, runs.len()));
    for (quantity, verdict) in ALARMS {
        let count = runs.iter().filter(|run| run.alarm == verdict).count();
        rows.push(row(quantity, count as f64, None, runs.len()));
    }
    rows
}

/// The curve of mean alpha and beta.
pub(crate) fn curve(method: &str, alpha: f64, beta: f64) -> OveroptimizationFit {
    let optimization = match method {
        "best-of-n" => Optimization::BestOfN,
        _ => Optimization::ReinforcementLearning,
    };
    OveroptimizationFit { optimization, alpha, beta, errors: None, residual_sd: f64::NAN, n: 0 }
}

/// Alpha and beta of a label.
pub(crate) fn mean_curve(rows: &[OveroptimizationRow]) -> Option<(f64, f64)> {
    let of = |quantity: &str| Some(rows.iter().find(|row| row.quantity == quantity)?.value);
    Some((of("alpha")?, of("beta")?))
}

/// A mean over models, each the mean of its policies; over policies, of one model.
struct Mean {
    value: f64,
    /// 95 % interval over others of them.
    ends: Option<(f64, f64)>,
    count: usize,
}

/// None if some run has no such number.
fn mean(runs: &[&Run], of: Column) -> Option<Mean> {
    let values: Option<Vec<f64>> = runs.iter().map(|run| of(run)).collect();
    let values = values?;
    let models = distinct(runs.iter().map(|run| run.reward.as_str()));
    let of_model = |model: &&str| {
        let own = runs.iter().zip(&values).filter(|(run, _)| run.reward == **model);
        let own: Vec<f64> = own.map(|(_, value)| *value).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let units: Vec<f64> = match models.len() {
        1 => values,
        _ => models.iter().map(of_model).collect(),
    };
    let count = units.len();
    let scores: Vec<Vec<f64>> = units.into_iter().map(|value| vec![value]).collect();
    let found = mean_of_tasks(&RunScores::complete(&scores).ok()?, &Bootstrap::OF_RUNS);
    Some(Mean { value: found.value, ends: found.interval.ends(), count })
}
