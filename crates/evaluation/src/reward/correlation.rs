//! Do learned and true rewards rise and fall together, step by step and over segments?
//!
//! Pearson's correlation is the same for `a R + b` with any `a > 0`, Spearman's for any rising function
//! of R, on either side. On returns this holds for `b` only where segments are equally long or rewards
//! are averaged: a constant in each step is a preference for length. Neither knows of potentials, which
//! change it and leave behaviour alone; see [`starc`](crate::starc) for a measure that does.

use serde::{Deserialize, Serialize};

use crate::interval::bootstrap::{Basis, Bootstrap, ClusterIndex, Estimate};
use crate::metric::correlation::Ranked;

/// Learned and true values of the same steps or segments.
#[derive(Clone, Debug, PartialEq)]
pub struct RewardPairs {
    learned: Vec<f64>,
    truth: Vec<f64>,
    clusters: Vec<u32>,
}

/// How the rewards of a segment make its return.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentReturn {
    /// Their sum.
    Sum,
    /// Their mean, so that length is no reason.
    Mean,
    /// `sum of gamma^t R_t` with `t` from 0, gamma in [0, 1].
    Discounted(f64),
}

/// Correlations of learned with true values; none where there are fewer than two pairs or a side is
/// constant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardCorrelation {
    /// In [-1, 1].
    pub pearson: Option<Estimate>,
    /// In [-1, 1], average ranks for ties.
    pub spearman: Option<Estimate>,
}

impl RewardPairs {
    /// Checks pairs, of which those with one cluster (an episode, a prompt) are drawn together.
    ///
    /// # Shapes
    /// All `[pair]`.
    ///
    /// # Errors
    /// The lists differ in length, or a value is NaN or infinite.
    pub fn new(
        learned: Vec<f64>,
        truth: Vec<f64>,
        clusters: Vec<u32>,
    ) -> Result<Self, RewardPairsError> {
        if learned.len() != truth.len() || learned.len() != clusters.len() {
            return Err(RewardPairsError::Lengths {
                learned: learned.len(),
                truth: truth.len(),
                clusters: clusters.len(),
            });
        }
        for (name, values) in [("learned", &learned), ("true", &truth)] {
            if let Some(index) = values.iter().position(|value| !value.is_finite()) {
                return Err(RewardPairsError::Value { name, index, value: values[index] });
            }
        }
        Ok(Self { learned, truth, clusters })
    }

    /// The returns of consecutive segments, from pairs that are steps.
    ///
    /// ```
    /// use medley_evaluation::{RewardPairs, SegmentReturn};
    /// let steps = RewardPairs::new(vec![1.0, 2.0, 5.0], vec![0.0, 1.0, 1.0], vec![4, 4, 9]).unwrap();
    /// let returns = RewardPairs::new(vec![3.0, 5.0], vec![1.0, 1.0], vec![4, 9]).unwrap();
    /// assert_eq!(steps.returns(&[2, 1], SegmentReturn::Sum), Ok(returns));
    /// ```
    ///
    /// # Errors
    /// A segment is empty or goes beyond one cluster, lengths do not sum to the number of steps, or the
    /// discount is outside of [0, 1].
    pub fn returns(&self, lengths: &[usize], of: SegmentReturn) -> Result<Self, RewardPairsError> {
        if let SegmentReturn::Discounted(discount) = of
            && !(0.0..=1.0).contains(&discount)
        {
            return Err(RewardPairsError::Discount { discount });
        }
        let (steps, covered) = (self.learned.len(), lengths.iter().sum());
        if covered != steps {
            return Err(RewardPairsError::Steps { steps, covered });
        }
        let mut returns = Self { learned: Vec::new(), truth: Vec::new(), clusters: Vec::new() };
        let mut start = 0;
        for (segment, length) in lengths.iter().enumerate() {
            let steps = start..start + length;
            let clusters = &self.clusters[steps.clone()];
            let cluster = *clusters.first().ok_or(RewardPairsError::EmptySegment { segment })?;
            if let Some(other) = clusters.iter().copied().find(|other| *other != cluster) {
                return Err(RewardPairsError::TwoClusters { segment, cluster, other });
            }
            returns.learned.push(of.over(&self.learned[steps.clone()]));
            returns.truth.push(of.over(&self.truth[steps]));
            returns.clusters.push(cluster);
            start += length;
        }
        Ok(returns)
    }
}

impl SegmentReturn {
    fn over(self, rewards: &[f64]) -> f64 {
        match self {
            Self::Sum => rewards.iter().sum(),
            Self::Mean => rewards.iter().sum::<f64>() / rewards.len() as f64,
            Self::Discounted(discount) => {
                rewards.iter().rev().fold(0.0, |later, now| now + discount * later)
            }
        }
    }
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

/// Why values cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RewardPairsError {
    /// A value is missing.
    #[error("{learned} learned values, {truth} true ones and {clusters} clusters")]
    Lengths {
        /// Learned values.
        learned: usize,
        /// True values.
        truth: usize,
        /// Clusters.
        clusters: usize,
    },
    /// A value is NaN or infinite.
    #[error("{name} value {index} is {value}")]
    Value {
        /// `learned` or `true`.
        name: &'static str,
        /// From 0.
        index: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// Segments do not make up the steps.
    #[error("there are {steps} steps, and segments of {covered}")]
    Steps {
        /// Steps.
        steps: usize,
        /// Sum of the lengths.
        covered: usize,
    },
    /// A segment has no step.
    #[error("segment {segment} is empty")]
    EmptySegment {
        /// From 0.
        segment: usize,
    },
    /// A segment goes over the end of an episode.
    #[error("segment {segment} has steps of cluster {cluster} and of {other}")]
    TwoClusters {
        /// From 0.
        segment: usize,
        /// Of its first step.
        cluster: u32,
        /// Of a later one.
        other: u32,
    },
    /// The discount is none.
    #[error("the discount has to be in [0, 1], found {discount}")]
    Discount {
        /// Given.
        discount: f64,
    },
}

#[cfg(test)]
#[path = "correlation_tests.rs"]
mod tests;
