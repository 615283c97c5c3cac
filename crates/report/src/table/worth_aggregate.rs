//! What does each source add, where subsets of the sources were compared?
//!
//! Values of one seed are values on one split. Each seed is valued by itself and the mean is taken
//! afterwards, because a split that is hard for one subset is hard for the others: gains vary less
//! than values. A seed that lacks a subset is in no Shapley value, and is listed.
//!
//! Shapley values are exact where all subsets were run. Otherwise, where orders of adding sources were
//! sampled, they are means over these, and their errors count other orders as well as other seeds.

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{OrderedError, OrderedValue, Synergy, shapley_values, synergies};

use crate::measurement_checks::check;
use crate::metrics::FIRST;
use crate::mix::judged_sources;
use crate::over_seeds::{mean, standard_error};
use crate::subsets_run::{SubsetsRun, subsets_run};
use crate::worth_values::{Complete, Valued, Values};
use crate::{LearnedRow, MeasurementRow, OrderRow, ReportError, Unvalued};

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
    /// Pairs of sources; none without Shapley values, and of sampled orders only those that were run.
    pub pairs: Vec<PairWorth>,
    /// From which orders the Shapley values are; none where they are exact, or there are none.
    pub sampled: Option<SampledOrders>,
    /// Mean value of no feedback and of all sources, over the seeds of the Shapley values, which add up
    /// to the difference.
    pub ends: Option<(f64, f64)>,
    /// Seeds that lack the value of a subset and are in no Shapley value, rising; empty where there is
    /// none of these.
    pub incomplete: Vec<u64>,
    /// Why there are no Shapley values.
    pub unvalued: Option<Unvalued>,
}

/// Orders of adding sources that Shapley values are means over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampledOrders {
    /// How many.
    pub count: u64,
    /// Share of the variance of the Shapley values, of all sources together, that is due to the sampling
    /// of orders, in [0, 1]; the rest is due to seeds. None where there are no errors.
    pub share: Option<f64>,
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
    /// Shapley value: mean gain of adding it, over all orders of adding sources, or over a sample.
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
    /// Two standard errors of the mean over these splits and, of a Shapley value of sampled orders, over
    /// other orders. They say nothing of a new sample of data. None for one seed, and where all seeds say
    /// the same, which is no certainty.
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
        Some(Self {
            mean: mean(values),
            two_errors: two_errors(standard_error(values)),
            seeds: values.len() as u64,
        })
    }

    fn of_orders(of: &OrderedValue, seeds: usize) -> Self {
        let error = of.error.as_ref().map(OrderedError::both);
        Self { mean: of.value, two_errors: two_errors(error), seeds: seeds as u64 }
    }

    /// Whether mean and errors leave open on which side of 0 it lies.
    pub fn is_open(&self) -> bool {
        self.two_errors.is_none_or(|errors| self.mean.abs() <= errors)
    }
}

fn two_errors(one: Option<f64>) -> Option<f64> {
    // What is left of a difference of equal numbers is rounding.
    one.filter(|error| *error > 1e-12).map(|error| 2.0 * error)
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
/// let worth = aggregate_worth(&[row("a", 0.2), row("b", 0.1), row("a + b", 0.4)], &[], &[])?;
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
    orders: &[OrderRow],
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
            let worth = |run| worth_of(&Values::new(run, &judged)?, &seconds, orders);
            found.extend(runs.iter().filter_map(worth));
        }
    }
    Ok(found)
}

/// By run and source.
type Seconds<'a> = BTreeMap<(&'a str, &'a str), Option<f64>>;

fn worth_of(values: &Values, seconds: &Seconds<'_>, orders: &[OrderRow]) -> Option<WorthAggregate> {
    let first = values.rows.first()?;
    let (shapley, unvalued) = match Shapley::of(values, orders) {
        Ok(shapley) => (Some(shapley), None),
        Err(reason) => (None, Some(reason)),
    };
    let source = |(place, name): (usize, &String)| SourceWorth {
        name: name.clone(),
        alone: Worth::over(&values.over_seeds(|seed| values.value(&[place], seed))),
        gain: gain(values, seconds, (place, name)),
        shapley: shapley.as_ref().and_then(|of| of.of_sources[place]),
        left_out: Worth::over(&values.over_seeds(|seed| values.left_out(place, seed))),
    };
    let sources = values.run.sources.iter().enumerate().map(source).collect();
    let (pairs, sampled, complete) = match shapley {
        Some(Shapley { pairs, sampled, complete, .. }) => (pairs, sampled, Some(complete)),
        None => (Vec::new(), None, None),
    };
    Some(WorthAggregate {
        setting: values.run.setting.clone(),
        way: values.run.way.clone(),
        source: first.source.clone(),
        metric: first.metric.clone(),
        unit: first.unit.clone(),
        labels: labels(values),
        sources,
        pairs,
        sampled,
        ends: complete.as_ref().map(|complete| complete.ends),
        incomplete: complete.map(|complete| complete.incomplete).unwrap_or_default(),
        unvalued,
    })
}

/// Shapley values of all sources, and what goes with them.
struct Shapley {
    /// In the order of the sources.
    of_sources: Vec<Option<Worth>>,
    pairs: Vec<PairWorth>,
    sampled: Option<SampledOrders>,
    complete: Complete,
}

impl Shapley {
    fn of(values: &Values, orders: &[OrderRow]) -> Result<Self, Unvalued> {
        match values.valued() {
            Ok(valued) => Ok(Self::exact(valued)),
            Err(reason) => match places(orders, values.run) {
                orders if orders.is_empty() => Err(reason),
                orders => Self::sampled(values, &orders),
            },
        }
    }

    fn exact(Valued { tables, complete }: Valued) -> Self {
        let by_seed: Vec<Vec<f64>> = tables.iter().map(shapley_values).collect();
        let sources = by_seed.first().map_or(0, Vec::len);
        let of = |place: usize| {
            Worth::over(&by_seed.iter().map(|of_seed| of_seed[place]).collect::<Vec<_>>())
        };
        Self {
            of_sources: (0..sources).map(of).collect(),
            pairs: pairs(&tables.iter().map(synergies).collect::<Vec<_>>()),
            sampled: None,
            complete,
        }
    }

    fn sampled(values: &Values, orders: &[Vec<usize>]) -> Result<Self, Unvalued> {
        let (found, complete) = values.ordered(orders)?;
        let seeds = complete.seeds.len();
        Ok(Self {
            of_sources: found.iter().map(|of| Some(Worth::of_orders(of, seeds))).collect(),
            pairs: pairs_run(values),
            sampled: Some(SampledOrders { count: orders.len() as u64, share: share(&found) }),
            complete,
        })
    }
}

/// Those orders that are of just these sources, as positions among them.
fn places(orders: &[OrderRow], run: &SubsetsRun) -> Vec<Vec<usize>> {
    let place = |source: &String| run.sources.iter().position(|other| other == source);
    let all = |order: &OrderRow| order.sources.iter().map(place).collect::<Option<Vec<usize>>>();
    let is_whole = |order: &Vec<usize>| order.len() == run.sources.len();
    orders.iter().filter_map(all).filter(is_whole).collect()
}

fn share(found: &[OrderedValue]) -> Option<f64> {
    let sum = |of: fn(&OrderedError) -> f64| -> f64 {
        found.iter().filter_map(|value| value.error.as_ref()).map(|error| of(error).powi(2)).sum()
    };
    let (orders, both) = (sum(|error| error.orders), sum(OrderedError::both));
    (both > 0.0).then_some(orders / both)
}

/// The pairs of which both alone and together have a value under some seed.
fn pairs_run(values: &Values) -> Vec<PairWorth> {
    let names = &values.run.sources;
    let all = (0..names.len()).flat_map(|i| (i + 1..names.len()).map(move |j| (i, j)));
    let pair = |(i, j): (usize, usize)| {
        let synergy = Worth::over(&values.over_seeds(|seed| values.synergy((i, j), seed)))?;
        Some(PairWorth { first: names[i].clone(), second: names[j].clone(), synergy })
    };
    all.filter_map(pair).collect()
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
