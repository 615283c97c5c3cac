//! What do we report of a model: which metrics, with which interval, beside what?

use serde::{Deserialize, Serialize};

use crate::baseline::majority;
use crate::bootstrap::{Bootstrap, Estimate};
use crate::ceiling::{Ceiling, label_ceiling};
use crate::judgement::Scored;
use crate::metric::Metric;
use crate::scalar_ceiling::scalar_reward_ceiling;
use crate::statistic::{Statistic, estimate};

/// How metrics are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Of the intervals.
    pub bootstrap: Bootstrap,
    /// Equal-width bins of the calibration error; even, see [`reliability`](crate::reliability).
    pub bins: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { bootstrap: Bootstrap::default(), bins: 10 }
    }
}

/// One metric of one model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Which metric.
    pub metric: Metric,
    /// Its value and interval.
    pub estimate: Estimate,
}

/// All metrics that these judgements have, in the order of [`Metric::ALL`].
///
/// A metric that is undefined is left out: accuracy of a density, decided accuracy when nobody
/// decided, rank correlation without values or with constant ones.
///
/// ```
/// use medley_evaluation::{Judgement, Metric, Options, ResponseSet, Scored, measure};
/// let judgement = |cluster, p: f64| Judgement {
///     cluster,
///     log_likelihood: p.ln(),
///     log_probabilities: vec![p.ln(), (1.0 - p).ln()],
///     observed: vec![1.0, 0.0],
///     predicted_value: None,
///     observed_value: None,
///     antisymmetric: false,
///     item: None,
///     pair: None,
/// };
/// let scored = Scored {
///     responses: ResponseSet::Labelled(vec!["first".into(), "second".into()]),
///     judgements: vec![judgement(0, 0.8), judgement(1, 0.4)],
/// };
/// let measured = measure(&scored, &Options::default());
/// assert_eq!(measured[1].metric, Metric::Accuracy);
/// assert_eq!(measured[1].estimate.value, 0.5);
/// ```
///
/// # Panics
/// When a judgement's prediction and label differ in length; [`Scored::check`] says which.
pub fn measure(scored: &Scored, options: &Options) -> Vec<Measurement> {
    let of_metric = |metric| {
        let statistic = Statistic::new(scored, metric, options.bins)?;
        let estimate = statistic.estimate(&options.bootstrap)?;
        Some(Measurement { metric, estimate })
    };
    Metric::ALL.into_iter().filter_map(of_metric).collect()
}

/// A metric beside what it should be read against.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Of the model.
    pub measurement: Measurement,
    /// The best that any model could do on these labels.
    pub label_ceiling: Option<Ceiling>,
    /// The best that any model with one reward per segment could do; accuracy only.
    pub scalar_reward_ceiling: Option<Ceiling>,
    /// Of the trivial model from [`majority`].
    pub baseline: Option<Estimate>,
}

/// [`measure`], with ceilings and the trivial baseline of the training statements beside it.
///
/// The baseline is absent where it does not exist (see [`majority`]), a ceiling likewise.
pub fn measure_beside(scored: &Scored, train: &Scored, options: &Options) -> Vec<Beside> {
    let trivial = majority(train, scored).ok();
    let trivial = trivial.map_or_else(Vec::new, |trivial| measure(&trivial, options));
    let scalar = scalar_reward_ceiling(scored);
    let beside = |measurement: Measurement| {
        let same = |other: &&Measurement| other.metric == measurement.metric;
        let of_accuracy = measurement.metric == Metric::Accuracy;
        Beside {
            measurement,
            label_ceiling: label_ceiling(scored, measurement.metric),
            scalar_reward_ceiling: scalar.filter(|_| of_accuracy),
            baseline: trivial.iter().find(same).map(|other| other.estimate),
        }
    };
    measure(scored, options).into_iter().map(beside).collect()
}

/// Metric of `a` minus metric of `b` on the same statements, with the same resamples for both:
/// "does adding this source help?" Far narrower than the difference of two separate intervals.
///
/// # Errors
/// The two are not about the same statements, or the metric is undefined for one of them.
pub fn paired_difference(
    a: &Scored,
    b: &Scored,
    metric: Metric,
    options: &Options,
) -> Result<Estimate, DifferenceError> {
    check_same_statements(a, b)?;
    let undefined = DifferenceError::Undefined { metric };
    let prepared = |scored| Statistic::new(scored, metric, options.bins).ok_or(undefined.clone());
    let (of_a, of_b) = (prepared(a)?, prepared(b)?);
    if of_a.names != of_b.names {
        let (left, right) = (of_a.names.len(), of_b.names.len());
        return Err(DifferenceError::Length { left, right });
    }
    let difference = |drawn: &[u32]| Some(of_a.value(drawn)? - of_b.value(drawn)?);
    estimate(&of_a, &options.bootstrap, difference).ok_or(undefined)
}

fn check_same_statements(a: &Scored, b: &Scored) -> Result<(), DifferenceError> {
    let (left, right) = (a.judgements.len(), b.judgements.len());
    if left != right {
        return Err(DifferenceError::Length { left, right });
    }
    let mut pairs = a.judgements.iter().zip(&b.judgements);
    let differs = pairs.position(|(x, y)| {
        x.cluster != y.cluster
            || x.observed != y.observed
            || x.observed_value != y.observed_value
            || x.item != y.item
    });
    let responses = a.responses == b.responses;
    match differs {
        Some(index) => Err(DifferenceError::Statement { index }),
        None if !responses => Err(DifferenceError::Responses),
        None => Ok(()),
    }
}

/// Why two models cannot be compared statement by statement.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DifferenceError {
    /// Different numbers of statements, or of statements that the metric can use.
    #[error("{left} statements for one model and {right} for the other")]
    Length {
        /// Of the first model.
        left: usize,
        /// Of the second.
        right: usize,
    },
    /// A statement differs in cluster, item, label or value.
    #[error("judgement {index} of the two models is not about the same statement")]
    Statement {
        /// Position in [`Scored::judgements`].
        index: usize,
    },
    /// The response sets differ.
    #[error("the two models answer over different response sets")]
    Responses,
    /// The metric is undefined for at least one of the models.
    #[error("{metric} is undefined on these statements")]
    Undefined {
        /// Which.
        metric: Metric,
    },
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
