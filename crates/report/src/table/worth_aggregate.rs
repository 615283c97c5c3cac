//! What does each source add, where subsets of the sources were compared?
//!
//! Values of one seed are values on one split. Each seed is valued by itself and the mean is taken
//! afterwards, because a split that is hard for one subset is hard for the others: gains vary less
//! than values. A seed that lacks a subset is in no Shapley value, and is listed.

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{Synergy, shapley_values, synergies};

use crate::measurement_checks::check;
use crate::metrics::FIRST;
use crate::mix::judged_sources;
use crate::over_seeds::{mean, standard_error};
use crate::subsets_run::subsets_run;
use crate::worth_values::Values;
use crate::{LearnedRow, MeasurementRow, ReportError, Unvalued};

/// What each source adds to one metric of one judged source.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthAggregate {
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Way of mixing; empty where only one is compared.
    pub way: String,
    /// Judged source.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// How many labels mixes have.
    pub labels: WorthLabels,
    /// The sources that are mixed.
    pub sources: Vec<SourceWorth>,
    /// Pairs of sources; none without Shapley values.
    pub pairs: Vec<PairWorth>,
    /// Mean value of no feedback and of all sources, over the seeds of the Shapley values, which add up
    /// to the difference.
    pub ends: Option<(f64, f64)>,
    /// Seeds that lack the value of a subset and are in no Shapley value, rising; empty where there is
    /// none of these.
    pub incomplete: Vec<u64>,
    /// Why there are no Shapley values.
    pub unvalued: Option<Unvalued>,
}

/// How many labels mixes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorthLabels {
    /// Under each seed as many in every mix.
    Equal,
    /// More in one than in another.
    Unequal,
}

/// What one source adds.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceWorth {
    /// Its name.
    pub name: String,
    /// Value of the mix of this source alone.
    pub alone: Option<Worth>,
    /// What that is more than no feedback, and what it takes.
    pub gain: Option<Gain>,
    /// Shapley value: mean gain of adding it, over all orders of adding sources.
    pub shapley: Option<Worth>,
    /// Value of the full mix minus that of the full mix without this source, on the same seeds.
    pub left_out: Option<Worth>,
}

/// What a source alone gains over no feedback, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// The gain.
    pub worth: Worth,
    /// Statements that are learned from, mean over the same seeds.
    pub labels: f64,
    /// Hours of people's time that these took; none where it is not known.
    pub hours: Option<f64>,
}

/// What two sources add together.
#[derive(Clone, Debug, PartialEq)]
pub struct PairWorth {
    /// The one that comes first among the sources.
    pub first: String,
    /// The other.
    pub second: String,
    /// What both give beyond what each gives alone: `v(ij) - v(i) - v(j) + v()`.
    pub synergy: Worth,
}

/// A mean over seeds, in the unit of the metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// The mean.
    pub mean: f64,
    /// Two standard errors of the mean over these splits. They say nothing of a new sample of data. None
    /// for one seed, and where all seeds say the same, which is no certainty.
    pub two_errors: Option<f64>,
    /// Seeds with a value.
    pub seeds: u64,
}

impl Worth {
    /// None without values, which are one a seed and finite.
    fn over(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        // What is left of a difference of equal numbers is rounding.
        let errors = standard_error(values).filter(|error| *error > 1e-12);
        let two_errors = errors.map(|error| 2.0 * error);
        Some(Self { mean: mean(values), two_errors, seeds: values.len() as u64 })
    }

    /// Whether mean and errors leave open on which side of 0 it lies.
    pub fn is_open(&self) -> bool {
        self.two_errors.is_none_or(|errors| self.mean.abs() <= errors)
    }
}

/// What each source adds over seeds, by every way of mixing whose subsets were compared; ordered by
/// judged source, then by metric (rank correlation, accuracy, log-likelihood), then by setting and way,
/// each in order of first mention.
///
/// ```
/// use medley_report::{Direction, MODEL, MeasurementRow, aggregate_worth};
/// let row = |sources: &str, value| MeasurementRow {
///     experiment: "e".into(),
///     run: sources.into(),
///     mix: sources.into(),
///     setting: String::new(),
///     sources: sources.split(" + ").map(str::to_owned).collect(),
///     seed: 0,
///     labels: 100,
///     source: "comparisons".into(),
///     metric: "rank-correlation".into(),
///     unit: "Spearman rho".into(),
///     direction: Direction::Higher,
///     estimator: MODEL.into(),
///     value,
///     low: None,
///     high: None,
///     count: 50,
///     clusters: 25,
///     note: None,
/// };
/// let worth = aggregate_worth(&[row("a", 0.2), row("b", 0.1), row("a + b", 0.4)], &[])?;
/// // First of two (0.2 - 0) or second (0.4 - 0.1).
/// assert!((worth[0].sources[0].shapley.unwrap().mean - 0.25).abs() < 1e-12);
/// assert!((worth[0].pairs[0].synergy.mean - 0.1).abs() < 1e-12);
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// A seed that stands twice, a metric with two units or directions, or a mix with two lists of sources.
pub fn aggregate_worth(
    rows: &[MeasurementRow],
    learned: &[LearnedRow],
) -> Result<Vec<WorthAggregate>, ReportError> {
    check(rows)?;
    let seconds: Seconds<'_> =
        learned.iter().map(|row| ((row.run.as_str(), row.source.as_str()), row.seconds)).collect();
    let runs = subsets_run(rows);
    let mut found = Vec::new();
    for source in judged_sources(rows) {
        for metric in FIRST {
            let of = |row: &&MeasurementRow| row.source == source && row.metric == metric;
            let judged: Vec<&MeasurementRow> = rows.iter().filter(of).collect();
            let worth = |run| worth_of(&Values::new(run, &judged)?, &seconds);
            found.extend(runs.iter().filter_map(worth));
        }
    }
    Ok(found)
}

/// By run and source.
type Seconds<'a> = BTreeMap<(&'a str, &'a str), Option<f64>>;

fn worth_of(values: &Values, seconds: &Seconds<'_>) -> Option<WorthAggregate> {
    let first = values.rows.first()?;
    let valued = values.valued();
    let tables = || valued.iter().flat_map(|valued| &valued.tables);
    let shapley: Vec<Vec<f64>> = tables().map(shapley_values).collect();
    let source = |(place, name): (usize, &String)| SourceWorth {
        name: name.clone(),
        alone: Worth::over(&values.over_seeds(|seed| values.value(&[place], seed))),
        gain: gain(values, seconds, (place, name)),
        shapley: Worth::over(&shapley.iter().map(|worth| worth[place]).collect::<Vec<_>>()),
        left_out: Worth::over(&values.over_seeds(|seed| values.left_out(place, seed))),
    };
    Some(WorthAggregate {
        setting: values.run.setting.clone(),
        way: values.run.way.clone(),
        source: first.source.clone(),
        metric: first.metric.clone(),
        unit: first.unit.clone(),
        labels: labels(values),
        sources: values.run.sources.iter().enumerate().map(source).collect(),
        pairs: pairs(&tables().map(synergies).collect::<Vec<_>>()),
        ends: valued.as_ref().ok().map(|valued| valued.ends),
        incomplete: valued.as_ref().map_or(Vec::new(), |valued| valued.incomplete.clone()),
        unvalued: valued.err(),
    })
}

fn gain(values: &Values, seconds: &Seconds<'_>, (place, name): (usize, &String)) -> Option<Gain> {
    let gained = |seed| Some(values.value(&[place], seed)? - values.nothing(seed)?);
    let seeds: Vec<u64> =
        values.seeds.iter().copied().filter(|&seed| gained(seed).is_some()).collect();
    let rows = || seeds.iter().filter_map(|&seed| values.row(&[place], seed));
    let took = |row: &MeasurementRow| *seconds.get(&(row.run.as_str(), name.as_str()))?;
    let took: Option<Vec<f64>> = rows().map(took).collect();
    Some(Gain {
        worth: Worth::over(&values.over_seeds(gained))?,
        labels: mean(&rows().map(|row| row.labels as f64).collect::<Vec<_>>()),
        hours: took.map(|seconds| mean(&seconds) / 3600.0).filter(|&hours| hours > 0.0),
    })
}

fn labels(values: &Values) -> WorthLabels {
    let of_seed = |seed: &u64| {
        let rows = values.rows.iter().filter(|row| row.seed == *seed);
        rows.map(|row| row.labels).collect::<BTreeSet<_>>()
    };
    match values.seeds.iter().all(|seed| of_seed(seed).len() < 2) {
        true => WorthLabels::Equal,
        false => WorthLabels::Unequal,
    }
}

/// `by_seed[seed][pair]`.
fn pairs(by_seed: &[Vec<Synergy>]) -> Vec<PairWorth> {
    let Some(first) = by_seed.first() else { return Vec::new() };
    let pair = |(place, of): (usize, &Synergy)| {
        let values: Vec<f64> = by_seed.iter().map(|of_seed| of_seed[place].value).collect();
        let (first, second) = (of.first.clone(), of.second.clone());
        Worth::over(&values).map(|synergy| PairWorth { first, second, synergy })
    };
    first.iter().enumerate().filter_map(pair).collect()
}

#[cfg(test)]
#[path = "worth_aggregate_tests.rs"]
mod tests;
