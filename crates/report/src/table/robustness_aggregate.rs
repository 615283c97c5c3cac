//! What does a reward lose by the true one when its people, or their world, are otherwise?
//!
//! A run on other data is compared with the run of the same mix and seed on the data that the file writes:
//! episodes, questions and people are the same there, so that only what was varied differs. Loss is
//! above 0 where the other data are worse, whichever way the measure points.

use std::collections::BTreeSet;

use crate::metrics::TRUTH;
use crate::mix::mixes;
use crate::over_seeds::{between_seeds, mean};
use crate::{Direction, MODEL, MeasurementRow, Sign, TRUE_REWARD};

/// Losses under one measure of the true reward.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Key of the measure.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// The columns: mixes, in the order of every table.
    pub mixes: Vec<String>,
    /// What each mix reaches on the data that the file writes, mean over seeds; none without a run.
    pub written: Vec<Option<f64>>,
    /// The rows: other data, by name.
    pub variants: Vec<String>,
    /// `losses[variant][mix]`; none where there is no seed with both runs.
    pub losses: Vec<Vec<Option<Loss>>>,
    /// Most seeds behind a cell.
    pub seeds: u64,
}

/// What one mix loses on other data, over the seeds that have both runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Mean of what is lost, in the unit of the measure.
    pub mean: f64,
    /// Ends of its 95 % interval over seeds, by the bootstrap; none with fewer than five.
    pub interval: Option<(f64, f64)>,
    /// Seeds with both runs.
    pub seeds: u64,
    /// Whether every measure of every seed is the same to the bit: what was varied means nothing to
    /// the answers of this mix.
    pub is_untouched: bool,
}

impl Loss {
    /// Whether the interval tells that something is lost or gained.
    pub fn sign(&self) -> Sign {
        match self.interval {
            Some((low, _)) if low > 0.0 => Sign::Positive,
            Some((_, high)) if high < 0.0 => Sign::Negative,
            _ => Sign::Open,
        }
    }
}

/// Which other data a setting stands for: `data = "tired"` for `tired`.
pub(crate) fn variant_of(setting: &str) -> Option<&str> {
    setting.strip_prefix("data = \"")?.strip_suffix('"')
}

/// Losses under each measure of the true reward that figures show; none without other data.
pub fn aggregate_robustness(rows: &[MeasurementRow]) -> Vec<Robustness> {
    let told: Vec<&MeasurementRow> =
        rows.iter().filter(|row| row.source == TRUE_REWARD && row.estimator == MODEL).collect();
    let names: BTreeSet<&str> = told.iter().filter_map(|row| variant_of(&row.setting)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let labels: Vec<String> = mixes(rows).into_iter().map(|mix| mix.label).collect();
    TRUTH.iter().filter_map(|metric| under(metric, &told, &names, &labels)).collect()
}

fn under(
    metric: &str,
    told: &[&MeasurementRow],
    names: &BTreeSet<&str>,
    labels: &[String],
) -> Option<Robustness> {
    let MeasurementRow { unit, direction, .. } = told.iter().find(|row| row.metric == metric)?;
    let here = |mix: &String| {
        let found = told.iter().filter(|row| row.metric == metric && row.mix == *mix);
        let of = found.filter(|row| row.setting.is_empty()).map(|row| row.value);
        let values: Vec<f64> = of.collect();
        (!values.is_empty()).then(|| mean(&values))
    };
    let of_variant = |name: &&str| {
        labels.iter().map(|mix| Pairs::new(told, mix, name).loss(metric, *direction)).collect()
    };
    let losses: Vec<Vec<Option<Loss>>> = names.iter().map(of_variant).collect();
    Some(Robustness {
        metric: metric.to_owned(),
        unit: unit.clone(),
        direction: *direction,
        written: labels.iter().map(here).collect(),
        mixes: labels.to_vec(),
        variants: names.iter().map(ToString::to_string).collect(),
        seeds: losses.iter().flatten().flatten().map(|loss| loss.seeds).max().unwrap_or(0),
        losses,
    })
}

/// The rows of a mix as written and on other data.
struct Pairs<'a> {
    written: Vec<&'a MeasurementRow>,
    varied: Vec<&'a MeasurementRow>,
}

impl<'a> Pairs<'a> {
    fn new(told: &[&'a MeasurementRow], mix: &str, variant: &str) -> Self {
        let of_mix = || told.iter().copied().filter(|row| row.mix == mix);
        Self {
            written: of_mix().filter(|row| row.setting.is_empty()).collect(),
            varied: of_mix().filter(|row| variant_of(&row.setting) == Some(variant)).collect(),
        }
    }

    fn loss(&self, metric: &str, direction: Direction) -> Option<Loss> {
        let sign = direction.sign()?;
        let varied = self.varied.iter().filter(|row| row.metric == metric);
        let lost = varied.filter_map(|row| Some(sign * (self.as_written(row)?.value - row.value)));
        let lost: Vec<f64> = lost.collect();
        (!lost.is_empty()).then(|| Loss {
            mean: mean(&lost),
            interval: between_seeds(&lost),
            seeds: lost.len() as u64,
            is_untouched: self.is_untouched(),
        })
    }

    /// The same measure of the same seed.
    fn as_written(&self, of: &MeasurementRow) -> Option<&MeasurementRow> {
        let is_same = |row: &&&MeasurementRow| row.seed == of.seed && row.metric == of.metric;
        self.written.iter().find(is_same).copied()
    }

    fn is_untouched(&self) -> bool {
        let same = |row: &&MeasurementRow| {
            self.as_written(row).is_none_or(|other| other.value.to_bits() == row.value.to_bits())
        };
        self.varied.iter().all(same)
    }
}

#[cfg(test)]
#[path = "robustness_aggregate_tests.rs"]
mod tests;
