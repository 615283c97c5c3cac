//! Learned and true rewards of the same steps, and of the segments that they make.

use serde::{Deserialize, Serialize};

/// Learned and true values of the same steps or segments.
#[derive(Clone, Debug, PartialEq)]
pub struct RewardPairs {
    pub(super) learned: Vec<f64>,
    pub(super) truth: Vec<f64>,
    pub(super) clusters: Vec<u32>,
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
mod tests {
    use super::*;

    #[test]
    fn returns_of_segments() {
        let clusters = vec![7, 7, 7, 8];
        let steps = RewardPairs::new(vec![1.0, 2.0, 4.0, 8.0], vec![0.5; 4], clusters).unwrap();
        let check = |of: SegmentReturn, expect: [f64; 2]| {
            assert_eq!(steps.returns(&[3, 1], of).unwrap().learned, expect, "{of:?}");
        };
        check(SegmentReturn::Sum, [7.0, 8.0]);
        check(SegmentReturn::Mean, [7.0 / 3.0, 8.0]);
        check(SegmentReturn::Discounted(0.5), [3.0, 8.0]);
        let error = |lengths: &[usize], of| steps.returns(lengths, of).unwrap_err().to_string();
        assert_eq!(error(&[3], SegmentReturn::Sum), "there are 4 steps, and segments of 3");
        assert_eq!(error(&[4, 0], SegmentReturn::Sum), "segment 0 has steps of cluster 7 and of 8");
        assert_eq!(error(&[3, 0, 1], SegmentReturn::Sum), "segment 1 is empty");
        let discount = error(&[3, 1], SegmentReturn::Discounted(1.5));
        assert_eq!(discount, "the discount has to be in [0, 1], found 1.5");
    }

    #[test]
    fn broken_values_are_named() {
        let error = |learned: &[f64], truth: &[f64]| {
            RewardPairs::new(learned.to_vec(), truth.to_vec(), vec![0; 2]).unwrap_err().to_string()
        };
        assert_eq!(error(&[1.0], &[1.0, 2.0]), "1 learned values, 2 true ones and 2 clusters");
        assert_eq!(error(&[1.0, 2.0], &[1.0, f64::NAN]), "true value 1 is NaN");
        assert_eq!(error(&[f64::INFINITY, 2.0], &[1.0, 1.0]), "learned value 0 is inf");
    }
}
