//! What is a statement of one source worth in statements of another?
//!
//! A learning curve says what so many statements of the judged source reach alone and with the help of
//! another source. Read backwards it says how many more statements alone would have done as well. The
//! quotient is about these mixes at these numbers and no property of a source.

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{
    Ends, Equivalent, Helped, NoEquivalent, PairedSettings, Reached, equivalent,
};

use crate::metrics::FIRST;
use crate::mix::{distinct, is_tuned};
use crate::over_seeds::{by_seed, mean};
use crate::table::learning_aggregate::settings;
use crate::{LearnedRow, LearningRole, LearningRow, ReportError};

/// What help is worth at one point of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Judged source, whose statements are counted out.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Label of the line.
    pub line: String,
    /// The source that helps.
    pub other: String,
    /// Statements of the judged source.
    pub statements: u64,
    /// Statements of the other source, mean over seeds.
    pub others: f64,
    /// Seconds that a statement of the judged source and one of the other cost people; none where that
    /// is not known.
    pub seconds: Option<(f64, f64)>,
    /// How many statements alone are as good.
    pub equivalent: Result<Equivalent, NoEquivalent>,
}

/// A rate of exchange with its intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Where the curve reaches help, or a bound.
    pub rate: Reached,
    /// Within two standard errors over these splits.
    pub these_splits: Option<Ends>,
    /// 95 % interval for a new sample of such data.
    pub new_sample: Option<Ends>,
}

impl Exchange {
    /// Statements of the judged source that one of the other is worth; none where the curve is flat.
    pub fn rate(&self) -> Option<Rate> {
        let found = self.equivalent.ok()?;
        let rate = |statements: f64| (statements - self.statements as f64) / self.others;
        let ends = |of: Ends| Ends { low: of.low.map(rate), high: of.high.map(rate) };
        Some(Rate {
            rate: found.statements.map(rate),
            these_splits: found.these_splits.map(ends),
            new_sample: found.new_sample.map(ends),
        })
    }

    /// Minutes of the judged source that a minute of the other is worth, per statement that one of the
    /// other is worth; none where costs are not known.
    pub fn minutes(&self) -> Option<f64> {
        self.seconds.map(|(source, other)| source / other)
    }
}

/// Exchange rates of all untuned lines that have one source beside the judged one, ordered by judged source,
/// metric, line and number of statements, each in order of first mention. The rows of a run that
/// `learned` does not have, as results of before do not, give none.
///
/// # Errors
/// Shares that no split has, or two splits within a source.
pub fn aggregate_exchange(
    rows: &[LearningRow],
    learned: &[LearnedRow],
) -> Result<Vec<Exchange>, ReportError> {
    let learned: Learned<'_> =
        learned.iter().map(|row| ((row.run.as_str(), row.source.as_str()), row)).collect();
    let mut found = Vec::new();
    for source in distinct(rows.iter().map(|row| &row.source)) {
        let of_source: Vec<&LearningRow> = rows.iter().filter(|row| row.source == source).collect();
        let settings = settings(&of_source)?;
        for metric in FIRST {
            let judged: Vec<&LearningRow> =
                of_source.iter().copied().filter(|row| row.metric == metric).collect();
            if let Some(alone) = Alone::new(&judged, settings) {
                found.extend(alone.exchanges(&judged, &learned));
            }
        }
    }
    Ok(found)
}

/// By run and source.
type Learned<'a> = BTreeMap<(&'a str, &'a str), &'a LearnedRow>;

/// The learning curve of a source alone by one metric.
struct Alone {
    /// Rising.
    statements: Vec<f64>,
    /// Rising.
    seeds: Vec<u64>,
    /// `[point][split]`
    scores: Vec<Vec<Option<f64>>>,
    settings: PairedSettings,
}

impl Alone {
    /// None without a baseline.
    fn new(judged: &[&LearningRow], settings: PairedSettings) -> Option<Self> {
        let of = |role: LearningRole| judged.iter().copied().filter(move |row| row.role == role);
        let points: BTreeSet<u64> = of(LearningRole::Baseline).map(|row| row.statements).collect();
        let seeds: BTreeSet<u64> = judged.iter().map(|row| row.seed).collect();
        let seeds: Vec<u64> = seeds.into_iter().collect();
        let scores = |point: &u64| {
            let rows: Vec<&LearningRow> =
                of(LearningRole::Baseline).filter(|row| row.statements == *point).collect();
            values(&rows, &seeds)
        };
        Some(Self {
            statements: points.iter().map(|&point| point as f64).collect(),
            scores: points.iter().map(scores).collect(),
            seeds,
            settings,
        })
        .filter(|alone| !alone.statements.is_empty())
    }

    fn exchanges(&self, judged: &[&LearningRow], learned: &Learned<'_>) -> Vec<Exchange> {
        // What tuning gains is not what the other source is worth.
        let helped = |row: &&&LearningRow| {
            row.role == LearningRole::Compared && row.sources.len() == 2 && !is_tuned(&row.line)
        };
        let helped: Vec<&LearningRow> = judged.iter().filter(helped).copied().collect();
        let mut found = Vec::new();
        for line in distinct(helped.iter().map(|row| &row.line)) {
            let of_line: Vec<&LearningRow> =
                helped.iter().copied().filter(|row| row.line == line).collect();
            let points: BTreeSet<u64> = of_line.iter().map(|row| row.statements).collect();
            for point in points {
                let rows: Vec<&LearningRow> =
                    of_line.iter().copied().filter(|row| row.statements == point).collect();
                found.extend(self.exchange(&rows, learned));
            }
        }
        found
    }

    /// `rows` are of one point of a line.
    fn exchange(&self, rows: &[&LearningRow], learned: &Learned<'_>) -> Option<Exchange> {
        let LearningRow { source, metric, line, statements, direction, .. } = rows.first()?;
        let other = rows[0].sources.iter().find(|other| *other != source)?;
        let at = self.statements.iter().position(|&point| point == *statements as f64)?;
        let of = |name: &str| -> Option<Vec<&LearnedRow>> {
            rows.iter().map(|row| learned.get(&(row.run.as_str(), name)).copied()).collect()
        };
        let (own, helping) = (of(source)?, of(other)?);
        let counts: Vec<f64> = helping.iter().map(|row| row.statements as f64).collect();
        let helped = Helped {
            statements: &self.statements,
            alone: &self.scores,
            at,
            helped: &values(rows, &self.seeds),
            direction: *direction,
        };
        Some(Exchange {
            source: source.clone(),
            metric: metric.clone(),
            line: line.clone(),
            other: other.clone(),
            statements: *statements,
            others: mean(&counts),
            seconds: cost(&own).zip(cost(&helping)),
            equivalent: equivalent(&helped, &self.settings),
        })
    }
}

/// The value under each seed, none where there is none.
fn values(rows: &[&LearningRow], seeds: &[u64]) -> Vec<Option<f64>> {
    by_seed(rows.iter().map(|row| (row.seed, row.value)), seeds)
}

/// Seconds that one statement costs; none where it is not known of some run.
fn cost(rows: &[&LearnedRow]) -> Option<f64> {
    let seconds: Option<f64> = rows.iter().map(|row| row.seconds).sum();
    let statements: u64 = rows.iter().map(|row| row.statements).sum();
    seconds
        .map(|seconds| seconds / statements as f64)
        .filter(|cost| cost.is_finite() && *cost > 0.0)
}

#[cfg(test)]
#[path = "exchange_aggregate_tests.rs"]
mod tests;
