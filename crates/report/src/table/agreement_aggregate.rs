//! How well does the reward of one source predict another source, over seeds?
//!
//! As in [`aggregate`](crate::aggregate), the interval is the mean of the runs' intervals: it is
//! about statements and does not shrink with more seeds, which share them.

use crate::mix::distinct;
use crate::over_seeds::{OverSeeds, Reading, agree, groups, over_seeds, repeated};
use crate::{AgreementRow, MODEL, ReportError};

/// One ordered pair of sources over seeds.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreementAggregate {
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Source that the reward is learned from.
    pub trained_on: String,
    /// Source that is judged.
    pub source: String,
    /// Key of the metric, as in [`AgreementRow::metric`].
    pub metric: String,
    /// Seeds with a value.
    pub seeds: u64,
    /// Mean over seeds, in [-1, 1].
    pub mean: f64,
    /// Mean of the lower ends of the runs' intervals; none unless every run has both.
    pub low: Option<f64>,
    /// Mean of the upper ends; none unless every run has both.
    pub high: Option<f64>,
}

/// The sign of a value as far as its interval tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// All of it is above: the reward predicts the judged source.
    Positive,
    /// All of it is below: the reward predicts the reverse.
    Negative,
    /// It includes 0, or there is none.
    Open,
}

impl AgreementAggregate {
    /// Both ends of the interval, where there is one.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }

    /// The sign, where the whole interval has it.
    pub fn sign(&self) -> Sign {
        match self.interval() {
            Some((low, _)) if low > 0.0 => Sign::Positive,
            Some((_, high)) if high < 0.0 => Sign::Negative,
            _ => Sign::Open,
        }
    }
}

/// Aggregates who predicts whom over seeds; ordered by setting, then by the source learned from,
/// then by the source judged, each in order of first mention.
///
/// # Errors
/// A seed that stands twice, or a judged source with two metrics.
pub fn aggregate_agreement(rows: &[AgreementRow]) -> Result<Vec<AgreementAggregate>, ReportError> {
    check_metrics(rows)?;
    check_duplicates(rows)?;
    let groups = groups(rows, |row| (&row.setting, &row.trained_on, &row.source));
    let mut pairs: Vec<AgreementAggregate> = groups.iter().map(|rows| over_group(rows)).collect();
    let settings = distinct(rows.iter().map(|row| &row.setting));
    let learned = rows.iter().map(|row| &row.trained_on);
    let names = distinct(learned.chain(rows.iter().map(|row| &row.source)));
    let place = |order: &[String], name: &String| order.iter().position(|other| other == name);
    pairs.sort_by_key(|row| {
        let sources = (place(&names, &row.trained_on), place(&names, &row.source));
        (place(&settings, &row.setting), sources)
    });
    Ok(pairs)
}

fn check_metrics(rows: &[AgreementRow]) -> Result<(), ReportError> {
    for source in distinct(rows.iter().map(|row| &row.source)) {
        let of_source = rows.iter().filter(|row| row.source == source);
        let metrics = distinct(of_source.map(|row| &row.metric));
        agree(&format!("judged source {source}"), "metric", metrics)?;
    }
    Ok(())
}

fn check_duplicates(rows: &[AgreementRow]) -> Result<(), ReportError> {
    let keys =
        rows.iter().map(|row| (&row.trained_on, &row.setting, &row.source, &row.metric, row.seed));
    match repeated(keys) {
        None => Ok(()),
        Some(((trained_on, _, source, metric, seed), rows)) => Err(ReportError::Duplicate {
            mix: trained_on.clone(),
            source_name: source.clone(),
            metric: metric.clone(),
            estimator: MODEL.to_owned(),
            seed,
            rows,
        }),
    }
}

/// `rows` are at least one, and agree on setting and both sources.
fn over_group(rows: &[&AgreementRow]) -> AgreementAggregate {
    let first = rows[0];
    let reading = |row: &&AgreementRow| Reading { value: row.value, low: row.low, high: row.high };
    let readings: Vec<Reading> = rows.iter().map(reading).collect();
    let OverSeeds { seeds, mean, low, high, .. } = over_seeds(&readings);
    AgreementAggregate {
        setting: first.setting.clone(),
        trained_on: first.trained_on.clone(),
        source: first.source.clone(),
        metric: first.metric.clone(),
        seeds,
        mean,
        low,
        high,
    }
}

#[cfg(test)]
#[path = "agreement_aggregate_tests.rs"]
mod tests;
