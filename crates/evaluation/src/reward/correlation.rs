//! Do learned and true rewards rise and fall together, step by step and over segments?
//!
//! Pearson's correlation is the same for `a R + b` with any `a > 0`, Spearman's for any rising function
//! of R, on either side. On returns this holds for `b` only where segments are equally long or rewards
//! are averaged: a constant in each step is a preference for length. Neither knows of potentials, which
//! change it and leave behaviour alone; see [`starc`](crate::starc) for a measure that does.

use serde::{Deserialize, Serialize};

use super::reward_pairs::RewardPairs;
use crate::interval::bootstrap::{Basis, Bootstrap, ClusterIndex, Estimate};
use crate::metric::correlation::Ranked;

/// Correlations of learned with true values; none where there are fewer than two pairs or a side is
/// constant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardCorrelation {
    /// In [-1, 1].
    pub pearson: Option<Estimate>,
    /// In [-1, 1], average ranks for ties.
    pub spearman: Option<Estimate>,
}

/// Pearson's correlation coefficient. `None` with fewer than two points or a constant side; NaN if a
/// value is NaN or infinite.
///
/// # Panics
/// The lists differ in length.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "points of both lists");
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return Some(f64::NAN);
    }
    let moments = Moments::new(x, y, &vec![0; x.len()], 1)?;
    moments.pearson(&[1.0])
}

/// Correlations with 95 % intervals over clusters.
pub fn reward_correlation(pairs: &RewardPairs, bootstrap: &Bootstrap) -> RewardCorrelation {
    let index = ClusterIndex::new(pairs.clusters.iter().map(std::slice::from_ref));
    let ranked = Ranked::new(&pairs.learned, &pairs.truth);
    let moments = Moments::new(&pairs.learned, &pairs.truth, &index.of, index.sets.len());
    let estimate = |statistic: &dyn Fn(&[f64]) -> Option<f64>| {
        let value = statistic(&index.once())?;
        let basis = Basis { statements: index.of.len(), clusters: index.clusters };
        let (low, high) =
            bootstrap.interval(bootstrap.replicates(&index, statistic)).ends(value, basis);
        Some(Estimate { value, low, high, n: basis.statements, clusters: basis.clusters })
    };
    RewardCorrelation {
        pearson: estimate(&|weights| moments.as_ref()?.pearson(weights)),
        spearman: estimate(&|weights| ranked.spearman(|point| weights[index.of[point]])),
    }
}

/// Sums of two centred lists for each set of clusters: count, x, y, xx, yy, xy.
struct Moments(Vec<[f64; 6]>);

impl Moments {
    /// `None` where a side is constant, up to rounding.
    fn new(x: &[f64], y: &[f64], of: &[usize], sets: usize) -> Option<Self> {
        let (x, y) = (centred(x)?, centred(y)?);
        let mut sums = vec![[0.0; 6]; sets];
        for ((set, x), y) in of.iter().zip(&x).zip(&y) {
            let terms = [1.0, *x, *y, x * x, y * y, x * y];
            sums[*set].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        Some(Self(sums))
    }

    fn pearson(&self, weights: &[f64]) -> Option<f64> {
        let mut total = [0.0; 6];
        for (sums, weight) in self.0.iter().zip(weights) {
            total.iter_mut().zip(sums).for_each(|(sum, term)| *sum += weight * term);
        }
        let [n, x, y, xx, yy, xy] = total;
        if n <= 0.0 {
            return None;
        }
        let (var_x, var_y) = (xx - x * x / n, yy - y * y / n);
        // A resample can be constant where the sample is not.
        let varies = |variance: f64, squares: f64| variance > 1e-12 * squares;
        (varies(var_x, xx) && varies(var_y, yy))
            .then(|| ((xy - x * y / n) / (var_x * var_y).sqrt()).clamp(-1.0, 1.0))
    }
}

/// Around its mean and within [-1, 1]; `None` where nothing varies but the last digits.
fn centred(values: &[f64]) -> Option<Vec<f64>> {
    let peak = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    if peak == 0.0 {
        return None;
    }
    let mean = values.iter().map(|value| value / peak).sum::<f64>() / values.len() as f64;
    let centred: Vec<f64> = values.iter().map(|value| value / peak - mean).collect();
    let spread = centred.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    (spread > 1e-13).then(|| centred.iter().map(|value| value / spread).collect())
}

#[cfg(test)]
#[path = "correlation_tests.rs"]
mod tests;
