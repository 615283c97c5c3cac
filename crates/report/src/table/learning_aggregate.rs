//! What do the lines of learning curves say over seeds, and against their baseline?
//!
//! A line and its baseline are run on the same splits, so that they are compared split by split.
//! Nothing is left out in silence: a seed without a value is listed, and the seeds of a difference
//! are counted.

use std::collections::BTreeSet;

use medley_evaluation::PairedSettings;

use crate::learning_difference::{LearningDifference, correct, difference, paired_settings};
use crate::mix::distinct;
use crate::over_seeds::{agree, by_seed, mean, repeated, standard_error};
use crate::{Direction, LearningRole, LearningRow, MODEL, ReportError};

/// One point of a line: a metric at one number of statements, over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningAggregate {
    /// Judged source, whose statements are cut.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// Label of the line.
    pub line: String,
    /// Sources that are learned from.
    pub sources: Vec<String>,
    /// What the line is there for.
    pub role: LearningRole,
    /// Statements of the judged source that are learned from.
    pub statements: u64,
    /// Seeds with a value.
    pub seeds: u64,
    /// Seeds of the curve under which the line has no value here, rising.
    pub missing: Vec<u64>,
    /// Mean over the seeds with a value.
    pub mean: f64,
    /// Standard error of the mean over these splits; none for one seed or an infinite value.
    pub standard_error: Option<f64>,
    /// Against the baseline; none for the baseline itself, where no seed was completed by both, and
    /// for infinite values.
    pub difference: Option<LearningDifference>,
}

/// Aggregates learning curves over seeds; ordered by source and metric, each in order of first
/// mention, then by line, the baseline first, then by the number of statements.
///
/// ```
/// use medley_report::{Direction, LearningRole, LearningRow, aggregate_learning};
/// let row = |role, seed, value| LearningRow {
///     run: "r".into(),
///     source: "comparisons".into(),
///     statements: 25,
///     line: format!("{role:?}"),
///     sources: vec!["comparisons".into()],
///     role,
///     seed,
///     train_share: 0.75,
///     test_share: 0.25,
///     metric: "accuracy".into(),
///     unit: "share of labels".into(),
///     direction: Direction::Higher,
///     value,
///     count: 100,
///     clusters: 50,
/// };
/// let (alone, mixed) = (LearningRole::Baseline, LearningRole::Compared);
/// let rows = [row(alone, 0, 0.6), row(alone, 1, 0.7), row(mixed, 0, 0.65), row(mixed, 1, 0.77)];
/// let difference = aggregate_learning(&rows)?[1].difference.unwrap();
/// let spread = difference.spread.unwrap();
/// assert!((difference.mean - 0.06).abs() < 1e-12 && (spread.these_splits - 0.02).abs() < 1e-12);
/// // Two splits say hardly anything of a new sample of such data.
/// assert!(spread.new_sample > 0.1);
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// A seed that stands twice; a metric with two units or directions; within a source a line with two
/// lists of sources or roles, two baselines or two splits; shares that no split has.
pub fn aggregate_learning(rows: &[LearningRow]) -> Result<Vec<LearningAggregate>, ReportError> {
    check_duplicates(rows)?;
    check_metrics(rows)?;
    let mut points = Vec::new();
    for source in distinct(rows.iter().map(|row| &row.source)) {
        let curve = Curve::new(rows.iter().filter(|row| row.source == source).collect())?;
        for metric in distinct(curve.rows.iter().map(|row| &row.metric)) {
            points.extend(curve.points(&metric)?);
        }
    }
    Ok(points)
}

fn check_duplicates(rows: &[LearningRow]) -> Result<(), ReportError> {
    let keys =
        rows.iter().map(|row| (&row.source, &row.metric, &row.line, row.statements, row.seed));
    match repeated(keys) {
        None => Ok(()),
        Some(((source, metric, line, statements, seed), rows)) => Err(ReportError::Duplicate {
            mix: format!("{line} with {statements} statements of it"),
            source_name: source.clone(),
            metric: metric.clone(),
            estimator: MODEL.to_owned(),
            seed,
            rows,
        }),
    }
}

fn check_metrics(rows: &[LearningRow]) -> Result<(), ReportError> {
    for metric in distinct(rows.iter().map(|row| &row.metric)) {
        let rows = || rows.iter().filter(|row| row.metric == metric);
        let of = format!("metric {metric} of learning curves");
        agree(&of, "unit", distinct(rows().map(|row| &row.unit)))?;
        let directions: Vec<String> = rows().map(|row| format!("{:?}", row.direction)).collect();
        agree(&of, "direction", distinct(directions.iter()))?;
    }
    Ok(())
}

/// All that is known of one judged source.
struct Curve<'a> {
    rows: Vec<&'a LearningRow>,
    /// A row of each line, the baseline first.
    lines: Vec<&'a LearningRow>,
    /// Rising.
    seeds: Vec<u64>,
    settings: PairedSettings,
}

impl<'a> Curve<'a> {
    /// `rows` are at least one, and of one source.
    fn new(rows: Vec<&'a LearningRow>) -> Result<Self, ReportError> {
        let settings = settings(&rows)?;
        let mut lines: Vec<&LearningRow> = Vec::new();
        for label in distinct(rows.iter().map(|row| &row.line)) {
            lines.extend(line(&rows, &label)?);
        }
        lines.sort_by_key(|line| line.role != LearningRole::Baseline);
        let baselines = lines.iter().filter(|line| line.role == LearningRole::Baseline);
        let of = format!("learning curve of {}", rows[0].source);
        agree(&of, "baseline", distinct(baselines.map(|line| &line.line)))?;
        let seeds: BTreeSet<u64> = rows.iter().map(|row| row.seed).collect();
        Ok(Curve { rows, lines, seeds: seeds.into_iter().collect(), settings })
    }

    /// The points of all lines under a metric.
    fn points(&self, metric: &str) -> Result<Vec<LearningAggregate>, ReportError> {
        let rows: Vec<&LearningRow> =
            self.rows.iter().copied().filter(|row| row.metric == metric).collect();
        let numbers: BTreeSet<u64> = rows.iter().map(|row| row.statements).collect();
        let mut points = Vec::new();
        for statements in numbers {
            let rows: Vec<&LearningRow> =
                rows.iter().copied().filter(|row| row.statements == statements).collect();
            points.extend(self.at(&rows)?);
        }
        points.sort_by_key(|point| self.lines.iter().position(|line| line.line == point.line));
        Ok(points)
    }

    /// A point of each line, from rows of one metric and number of statements.
    fn at(&self, rows: &[&LearningRow]) -> Result<Vec<LearningAggregate>, ReportError> {
        let baseline = self.lines.iter().find(|line| line.role == LearningRole::Baseline);
        let baseline = baseline.map(|line| self.scores(rows, line));
        let mut points = Vec::new();
        for line in &self.lines {
            let Some(row) = rows.iter().find(|row| row.line == line.line) else { continue };
            let scores = self.scores(rows, line);
            let mut point = self.point(row, &scores);
            if let (LearningRole::Compared, Some(baseline)) = (line.role, &baseline) {
                point.difference = difference(&scores, baseline, &self.settings)?;
            }
            points.push(point);
        }
        correct(points.iter_mut().filter_map(|point| point.difference.as_mut()))?;
        Ok(points)
    }

    /// The value of a line under each seed, none where it has none.
    fn scores(&self, rows: &[&LearningRow], line: &LearningRow) -> Vec<Option<f64>> {
        let of_line = rows.iter().filter(|row| row.line == line.line);
        by_seed(of_line.map(|row| (row.seed, row.value)), &self.seeds)
    }

    /// `row` is any of the point, so that there is a value.
    fn point(&self, row: &LearningRow, scores: &[Option<f64>]) -> LearningAggregate {
        let values: Vec<f64> = scores.iter().flatten().copied().collect();
        let seeds = self.seeds.iter().zip(scores);
        let missing = seeds.filter(|(_, score)| score.is_none()).map(|(seed, _)| *seed);
        LearningAggregate {
            source: row.source.clone(),
            metric: row.metric.clone(),
            unit: row.unit.clone(),
            direction: row.direction,
            line: row.line.clone(),
            sources: row.sources.clone(),
            role: row.role,
            statements: row.statements,
            seeds: values.len() as u64,
            missing: missing.collect(),
            mean: mean(&values),
            standard_error: standard_error(&values),
            difference: None,
        }
    }
}

/// A row of a line, all of whose rows agree.
fn line<'a>(rows: &[&'a LearningRow], label: &str) -> Result<Option<&'a LearningRow>, ReportError> {
    let of_line = || rows.iter().copied().filter(|row| row.line == label);
    let of = format!("line {label} of the learning curve of {}", rows[0].source);
    let sources: Vec<String> = of_line().map(|row| row.sources.join("+")).collect();
    agree(&of, "list of sources", distinct(sources.iter()))?;
    let roles: Vec<String> = of_line().map(|row| format!("{:?}", row.role)).collect();
    agree(&of, "role", distinct(roles.iter()))?;
    Ok(of_line().next())
}

pub(crate) fn settings(rows: &[&LearningRow]) -> Result<PairedSettings, ReportError> {
    let LearningRow { source, train_share, test_share, .. } = rows[0];
    let split = |row: &&LearningRow| format!("{} to {}", row.train_share, row.test_share);
    let splits: Vec<String> = rows.iter().map(split).collect();
    agree(&format!("learning curve of {source}"), "split", distinct(splits.iter()))?;
    paired_settings(source, *train_share, *test_share)
}

#[cfg(test)]
#[path = "learning_aggregate_tests.rs"]
mod tests;
