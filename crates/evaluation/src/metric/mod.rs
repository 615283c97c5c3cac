//! Which metrics are there, in which unit, and which way is better?

mod above_chance;
pub(crate) mod calibration;
mod choice;
pub(crate) mod correlation;
pub(crate) mod score;
mod statistic;
mod summary;

pub use above_chance::{AboveChance, above_chance};
pub use calibration::{ReliabilityBin, reliability};
pub use choice::{ChoiceBounds, choice_bounds};
pub use correlation::{kendall_tau, spearman};
pub use summary::{Measurement, Options, measure};

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A metric of judgements. Tables and TOML name it by its [`key`](Metric::key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Mean log-likelihood per statement, nats. For densities it depends on the unit of the
    /// response, so compare it only on the same scale.
    LogLikelihood,
    /// Share of labels that the most likely answer gets right. In a two-sided comparison the
    /// answer is a side, as a scalar reward never says "tie", and ties count half either way:
    /// the sum of `q_first [p_first > p_second]`, `q_second [p_second > p_first]`,
    /// `0.5 (q_first + q_second) [p_first = p_second]` and `0.5 q_tie`. The strengths of a side
    /// (`first by 2`) count together. Over any other response set it is the observed mass on the
    /// argmax, averaged over exact ties.
    Accuracy,
    /// [`Metric::Accuracy`] over the decided statements: those whose observed distribution has a
    /// single largest outcome, which in a comparison is a side and not the tie.
    DecidedAccuracy,
    /// `sum over outcomes of (p_k - q_k)^2`, mean over statements, in [0, 2] (Brier 1950).
    Brier,
    /// Expected calibration error over all outcomes, equal-width bins: half the sum over bins of
    /// `|predicted mass - observed mass|`, per statement, in [0, 1] for any number of outcomes. See
    /// [`reliability`](crate::reliability) for why it ignores the order of sides. Even a calibrated
    /// model has an error above 0 on a sample, and near 0 the interval covers less than it says.
    Ece,
    /// Spearman's rank correlation of predicted and observed value, with average ranks for ties
    /// and the mirror image of every pair.
    RankCorrelation,
    /// Of several answers to a question that people compared or ranked: share of votes that the one
    /// of the highest return won against the others, mean over sets of such answers. Best-of-n
    /// without extrapolation (after Gao et al. 2023); see [`choice_bounds`](crate::choice_bounds)
    /// for chance and the best possible.
    BestOfCandidates,
    /// The same where people rated them: mean rating of the chosen one, in the unit of the scale.
    ChosenRating,
    /// Highest mean rating of a candidate minus that of the chosen one, mean over sets.
    RatingRegret,
}

/// Which way a metric improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
    /// Neither: right is a nominal level, which the unit names. Nobody gains by being above it.
    Nominal,
}

impl Direction {
    /// What a difference is multiplied by so that above 0 is better; none where neither way is.
    pub fn sign(self) -> Option<f64> {
        match self {
            Self::Higher => Some(1.0),
            Self::Lower => Some(-1.0),
            Self::Nominal => None,
        }
    }
}

impl Metric {
    /// In the order of reports.
    pub const ALL: [Metric; 9] = [
        Metric::LogLikelihood,
        Metric::Accuracy,
        Metric::DecidedAccuracy,
        Metric::Brier,
        Metric::Ece,
        Metric::RankCorrelation,
        Metric::BestOfCandidates,
        Metric::ChosenRating,
        Metric::RatingRegret,
    ];

    /// The kebab-case name in tables and TOML.
    pub fn key(self) -> &'static str {
        match self {
            Metric::LogLikelihood => "log-likelihood",
            Metric::Accuracy => "accuracy",
            Metric::DecidedAccuracy => "decided-accuracy",
            Metric::Brier => "brier",
            Metric::Ece => "ece",
            Metric::RankCorrelation => "rank-correlation",
            Metric::BestOfCandidates => "best-of-candidates",
            Metric::ChosenRating => "chosen-rating",
            Metric::RatingRegret => "rating-regret",
        }
    }

    /// The unit, as for the axis of a figure.
    pub fn unit(self) -> &'static str {
        match self {
            Metric::LogLikelihood => "nats per statement",
            Metric::Accuracy | Metric::DecidedAccuracy => "share of labels",
            Metric::Brier => "squared probability",
            Metric::Ece => "probability",
            Metric::RankCorrelation => "Spearman rho",
            Metric::BestOfCandidates => "share of votes",
            Metric::ChosenRating | Metric::RatingRegret => "rating",
        }
    }

    /// Which way is better.
    pub fn direction(self) -> Direction {
        match self {
            Metric::Brier | Metric::Ece | Metric::RatingRegret => Direction::Lower,
            _ => Direction::Higher,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(key: &str) -> Result<Self, UnknownMetric> {
        let found = Metric::ALL.into_iter().find(|metric| metric.key() == key);
        found.ok_or_else(|| UnknownMetric(key.to_owned()))
    }
}

/// A key that names no metric.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error(
    "no metric is called {0:?}; there are log-likelihood, accuracy, decided-accuracy, brier, ece, rank-correlation, best-of-candidates, chosen-rating, rating-regret"
)]
pub struct UnknownMetric(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_serde_writes_and_reads() {
        for metric in Metric::ALL {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("{:?}", metric.key()));
            assert_eq!(metric.key().parse(), Ok(metric));
        }
        let error = "mse".parse::<Metric>().unwrap_err();
        for metric in Metric::ALL {
            assert!(error.to_string().contains(metric.key()), "{error}");
        }
    }
}
