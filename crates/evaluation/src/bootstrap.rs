//! How much would a number move if other prompts had been drawn?
//!
//! Statements about one prompt or episode are dependent, so whole clusters are resampled with
//! replacement (Davison and Hinkley 1997, section 3.8). A statistic is a function of how often
//! each cluster was drawn: the same function gives the value (every cluster once) and each
//! replicate, so the two cannot drift apart, and nothing is copied.
//!
//! No interval is offered for fewer than two clusters: it would be a point, and look certain.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Coverage of all intervals of this crate.
pub const CONFIDENCE: f64 = 0.95;

/// How the cluster bootstrap is run. Equal settings give equal intervals on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bootstrap {
    /// Number of resamples; 0 gives no intervals.
    pub replicates: usize,
    /// Seed of the resampling, and of nothing else.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { replicates: 1000, seed: 0 }
    }
}

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The metric on the statements as they are.
    pub value: f64,
    /// Lower end; NaN where there is no interval, as with a single cluster.
    pub low: f64,
    /// Upper end; NaN where there is no interval.
    pub high: f64,
    /// Statements that the metric could use.
    pub n: usize,
    /// Clusters that these statements come from.
    pub clusters: usize,
}

impl Estimate {
    /// Whether `low` and `high` are numbers.
    pub fn has_interval(&self) -> bool {
        !self.low.is_nan() && !self.high.is_nan()
    }
}

impl Bootstrap {
    /// Calls `visit` with the multiplicity of each cluster in each resample.
    pub(crate) fn resample(&self, clusters: usize, mut visit: impl FnMut(&[u32])) {
        if clusters < 2 {
            return;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut drawn = vec![0; clusters];
        for _ in 0..self.replicates {
            drawn.fill(0);
            for _ in 0..clusters {
                drawn[rng.random_range(0..clusters)] += 1;
            }
            visit(&drawn);
        }
    }

    /// The statistic of every resample in which it is defined.
    pub(crate) fn replicates(
        &self,
        clusters: usize,
        statistic: impl Fn(&[u32]) -> Option<f64>,
    ) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.replicates);
        self.resample(clusters, |drawn| values.extend(statistic(drawn)));
        values
    }

    /// The percentile interval of replicates, or NaN when the statistic was undefined in more
    /// than half of the resamples.
    pub(crate) fn interval(&self, mut replicates: Vec<f64>) -> (f64, f64) {
        let too_few = replicates.is_empty() || 2 * replicates.len() < self.replicates;
        if too_few || replicates.iter().any(|v| v.is_nan()) {
            return (f64::NAN, f64::NAN);
        }
        replicates.sort_by(f64::total_cmp);
        let tail = (1.0 - CONFIDENCE) / 2.0;
        (quantile(&replicates, tail), quantile(&replicates, 1.0 - tail))
    }
}

/// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let position = level * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    // A model that gives probability 0 has replicates of minus infinity, and inf - inf is NaN.
    if below == above || below.is_infinite() {
        return below;
    }
    below + position.fract() * (above - below)
}

/// Cluster names as given, renumbered from 0 in rising order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClusterIndex {
    /// Number of the cluster that each entry belongs to.
    pub of: Vec<usize>,
    /// How many clusters there are.
    pub count: usize,
}

impl ClusterIndex {
    pub(crate) fn new(names: &[u32]) -> Self {
        let mut number: BTreeMap<u32, usize> = names.iter().map(|name| (*name, 0)).collect();
        number.values_mut().enumerate().for_each(|(position, slot)| *slot = position);
        ClusterIndex { of: names.iter().map(|name| number[name]).collect(), count: number.len() }
    }

    /// The multiplicities of the statements as they are.
    pub(crate) fn once(&self) -> Vec<u32> {
        vec![1; self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_in_rising_order() {
        let index = ClusterIndex::new(&[7, 3, 7, 900]);
        assert_eq!((index.of, index.count), (vec![1, 0, 1, 2], 3));
    }

    #[test]
    fn quantiles_interpolate_and_survive_infinity() {
        let values = [0.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&values, 0.5), 2.0);
        assert_eq!(quantile(&values, 0.125), 0.5);
        let low = [f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0];
        assert_eq!(quantile(&low, 0.75), f64::NEG_INFINITY);
        assert_eq!(quantile(&low, 0.25), f64::NEG_INFINITY);
    }

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_one() {
        // 400 clusters of 0/1 with mean 0.25: standard error sqrt(0.1875/400) = 0.02165.
        let settings = Bootstrap { replicates: 4000, seed: 3 };
        let mean = |drawn: &[u32]| {
            let ones: u32 = drawn.iter().step_by(4).sum();
            Some(f64::from(ones) / 400.0)
        };
        let (low, high) = settings.interval(settings.replicates(400, mean));
        assert!((low - (0.25 - 1.96 * 0.02165)).abs() < 0.003, "{low}");
        assert!((high - (0.25 + 1.96 * 0.02165)).abs() < 0.003, "{high}");
        let again = settings.interval(settings.replicates(400, mean));
        assert_eq!((low, high), again);
        let other = Bootstrap { seed: 4, ..settings };
        assert_ne!(settings.replicates(400, mean), other.replicates(400, mean));
    }

    #[test]
    fn there_is_no_interval_without_two_clusters_or_enough_replicates() {
        let settings = Bootstrap::default();
        let none = |(low, high): (f64, f64)| low.is_nan() && high.is_nan();
        assert!(none(settings.interval(settings.replicates(1, |_| Some(1.0)))));
        assert!(none(settings.interval(settings.replicates(3, |_| None))));
        assert!(none(settings.interval(settings.replicates(3, |_| Some(f64::NAN)))));
    }
}
