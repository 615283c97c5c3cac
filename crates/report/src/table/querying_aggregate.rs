//! What do strategies of asking come to over seeds, after as much of people's time?
//!
//! Rounds end at other times under each seed and strategy, so that quality is read off at common times:
//! it is that of the last round that was learned from by then. Before the last start and after the first
//! end nothing is read. Strategies have the same splits and the same start, so that each is compared
//! with `uniform` seed by seed.

use std::collections::{BTreeMap, BTreeSet};

use crate::learning_difference::shown;
use crate::mix::distinct;
use crate::over_seeds::{mean, repeated, standard_error};
use crate::{Direction, QueryingRow, ReportError};

/// Common times at which a line is read.
const TIMES: usize = 12;
/// The rule that others are compared with.
const BASELINE: &str = "uniform";

/// A strategy of asking, by one metric of one judged source, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryingAggregate {
    /// Label of what is mixed.
    pub mix: String,
    /// Judged source, or the true reward.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Name of the strategy in the experiment.
    pub line: String,
    /// Its rule.
    pub strategy: String,
    /// Seeds with a value.
    pub seeds: u64,
    /// Whether `at` of a point is people's time in seconds, or a number of questions, where some question
    /// does not say how long it took.
    pub in_seconds: bool,
    /// Quality over time, at least at one.
    pub points: Vec<QueryingPoint>,
    /// Share of the questions that were asked which were answered, mean over seeds.
    pub answered: f64,
    /// Questions of each source that were asked in the end, mean over seeds.
    pub asked: BTreeMap<String, f64>,
    /// At the last point, against uniform; none for itself, or where none of its seeds is there.
    pub at_end: Option<QueryingDifference>,
    /// The same of the mean over all points.
    pub on_the_way: Option<QueryingDifference>,
}

/// Quality at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueryingPoint {
    /// Time, or number of questions.
    pub at: f64,
    /// Mean over seeds.
    pub mean: f64,
    /// Standard error of it; none for one seed.
    pub standard_error: Option<f64>,
}

/// A strategy less uniform, on the same seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueryingDifference {
    /// Mean over these seeds.
    pub mean: f64,
    /// Standard error of it; none for one seed.
    pub standard_error: Option<f64>,
    /// Seeds that both have.
    pub seeds: u64,
}

/// Aggregates rounds over seeds: by mix, judged source and metric in order of first mention, then by
/// line. Metrics are those that differences are told in.
///
/// # Errors
/// A round is there twice, or what was asked is no JSON object.
pub fn aggregate_querying(rows: &[QueryingRow]) -> Result<Vec<QueryingAggregate>, ReportError> {
    let keys = rows.iter().map(|r| (&r.run, r.round, &r.source, &r.metric));
    if let Some(((run, round, ..), count)) = repeated(keys) {
        let message = format!("round {round} of run {run} is there {count} times");
        return Err(ReportError::Comparison(message));
    }
    let in_seconds = rows.iter().all(|row| row.seconds.is_some());
    let mut found = Vec::new();
    for mix in distinct(rows.iter().map(|row| &row.mix)) {
        let of_mix: Vec<&QueryingRow> = rows.iter().filter(|row| row.mix == mix).collect();
        for source in distinct(of_mix.iter().map(|row| &row.source)) {
            let own: Vec<&QueryingRow> =
                of_mix.iter().copied().filter(|row| row.source == source).collect();
            for metric in shown(distinct(own.iter().map(|row| &row.metric))) {
                let of: Vec<&QueryingRow> =
                    own.iter().copied().filter(|row| row.metric == metric).collect();
                found.extend(lines(&of, in_seconds)?);
            }
        }
    }
    Ok(found)
}

/// Rows of one seed of a line, by round.
type OfSeed<'a> = Vec<&'a QueryingRow>;

/// `rows` are of one mix, source and metric, and at least one.
fn lines(rows: &[&QueryingRow], in_seconds: bool) -> Result<Vec<QueryingAggregate>, ReportError> {
    let mut of_line: BTreeMap<(bool, &str), BTreeMap<u64, OfSeed<'_>>> = BTreeMap::new();
    for row in rows {
        let key = (row.strategy != BASELINE, row.line.as_str());
        of_line.entry(key).or_default().entry(row.seed).or_default().push(row);
    }
    for seeds in of_line.values_mut() {
        seeds.values_mut().for_each(|rounds| rounds.sort_by_key(|row| row.round));
    }
    let spent =
        |row: &QueryingRow| row.seconds.filter(|_| in_seconds).unwrap_or(row.questions as f64);
    let all = || of_line.values().flat_map(BTreeMap::values);
    let start = all().filter_map(|rounds| rounds.first()).map(|row| spent(row)).fold(0.0, f64::max);
    let end = all().filter_map(|rounds| rounds.last()).map(|row| spent(row));
    let end = end.fold(f64::INFINITY, f64::min).max(start);
    let times: Vec<f64> = match end > start {
        true => {
            (0..TIMES).map(|at| start + (end - start) * at as f64 / (TIMES - 1) as f64).collect()
        }
        false => vec![end],
    };
    // The last time is that of a round, which rounding must not miss.
    let by_then = |row: &&&QueryingRow, time: f64| spent(row) <= time + 1e-9 * time.abs();
    let read = |rounds: &OfSeed<'_>| -> Vec<f64> {
        let at = |&time: &f64| rounds.iter().rfind(|row| by_then(row, time)).or(rounds.first());
        times.iter().filter_map(at).map(|row| row.value).collect()
    };
    let values = |seeds: &BTreeMap<u64, OfSeed<'_>>| -> BTreeMap<u64, Vec<f64>> {
        seeds.iter().map(|(&seed, rounds)| (seed, read(rounds))).collect()
    };
    let mut baseline: Option<BTreeMap<u64, Vec<f64>>> = None;
    let mut found = Vec::new();
    for ((is_compared, line), seeds) in &of_line {
        let own = values(seeds);
        let Some(first) = seeds.values().flatten().next() else { continue };
        let compare = |of: fn(&[f64]) -> f64| match (&baseline, is_compared) {
            (Some(baseline), true) => difference(&own, baseline, of),
            _ => None,
        };
        let column = |at: usize| own.values().map(|values| values[at]).collect::<Vec<_>>();
        let point = |(at, &time): (usize, &f64)| {
            let column = column(at);
            QueryingPoint { at: time, mean: mean(&column), standard_error: standard_error(&column) }
        };
        found.push(QueryingAggregate {
            mix: first.mix.clone(),
            source: first.source.clone(),
            metric: first.metric.clone(),
            unit: first.unit.clone(),
            direction: first.direction,
            line: (*line).to_owned(),
            strategy: first.strategy.clone(),
            seeds: own.len() as u64,
            in_seconds,
            points: times.iter().enumerate().map(point).collect(),
            answered: answered(seeds),
            asked: asked(seeds)?,
            at_end: compare(|values| values.last().copied().unwrap_or(f64::NAN)),
            on_the_way: compare(mean),
        });
        if !is_compared && baseline.is_none() {
            baseline = Some(own);
        }
    }
    Ok(found)
}

fn difference(
    line: &BTreeMap<u64, Vec<f64>>,
    baseline: &BTreeMap<u64, Vec<f64>>,
    of: fn(&[f64]) -> f64,
) -> Option<QueryingDifference> {
    let pair = |(seed, own): (&u64, &Vec<f64>)| Some(of(own) - of(baseline.get(seed)?));
    let differences: Vec<f64> = line.iter().filter_map(pair).collect();
    (!differences.is_empty()).then(|| QueryingDifference {
        mean: mean(&differences),
        standard_error: standard_error(&differences),
        seeds: differences.len() as u64,
    })
}

fn answered(seeds: &BTreeMap<u64, OfSeed<'_>>) -> f64 {
    let last = seeds.values().filter_map(|rounds| rounds.last());
    let shares: Vec<f64> = last.map(|row| row.answered as f64 / row.questions as f64).collect();
    mean(&shares)
}

/// Questions of each source in the last round, mean over seeds.
fn asked(seeds: &BTreeMap<u64, OfSeed<'_>>) -> Result<BTreeMap<String, f64>, ReportError> {
    let mut all = Vec::new();
    for row in seeds.values().filter_map(|rounds| rounds.last()) {
        let counts: BTreeMap<String, u64> = serde_json::from_str(&row.asked).map_err(|error| {
            ReportError::Comparison(format!("`asked` of run {}: {error}", row.run))
        })?;
        all.push(counts);
    }
    let sources: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    let of = |source: &String| {
        let counts: Vec<f64> =
            all.iter().map(|counts| counts.get(source).copied().unwrap_or(0) as f64).collect();
        (source.clone(), mean(&counts))
    };
    Ok(sources.into_iter().map(of).collect())
}

#[cfg(test)]
#[path = "querying_aggregate_tests.rs"]
mod tests;
