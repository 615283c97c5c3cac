//! What do we report of a model: which metrics, with which interval?

use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

use crate::interval::bootstrap::{Bootstrap, Estimate};
use crate::judgement::Scored;
use crate::metric::Metric;
use crate::metric::statistic::Statistic;

/// How metrics are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Of the intervals.
    pub bootstrap: Bootstrap,
    /// Equal-width bins of the calibration error; even, see [`reliability`](crate::reliability).
    pub bins: usize,
}

impl Options {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("bins", self.bins as u64, 2)?;
        let replicates = at_least("replicates", self.bootstrap.replicates as u64, 1);
        replicates.map_err(|problem| problem.within("bootstrap"))
    }
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
/// decided, rank correlation without values or with constant ones, the rating of the chosen where no
/// question has two rated answers.
///
/// ```
/// use medley_evaluation::{Answer, Judgement, Metric, Options, ResponseSet, Scored, measure};
/// let judgement = |prompt, p: f64| Judgement {
///     answer: Answer {
///         clusters: vec![prompt],
///         observed: vec![1.0, 0.0],
///         value: None,
///         antisymmetric: false,
///         item: None,
///         pair: None,
///         candidates: None,
///     },
///     log_likelihood: p.ln(),
///     log_probabilities: vec![p.ln(), (1.0 - p).ln()],
///     predicted_value: None,
/// };
/// let scored = Scored {
///     responses: ResponseSet::comparison(false),
///     judgements: vec![judgement(0, 0.8), judgement(1, 0.4)],
///     returns: Default::default(),
/// };
/// let measured = measure(&scored, &Options::default());
/// assert_eq!(measured[1].metric, Metric::Accuracy);
/// assert_eq!(measured[1].estimate.value, 0.5);
/// ```
///
/// # Panics
/// When a judgement's prediction, its label and a two-sided response set differ in length;
/// [`Scored::check`] says which.
pub fn measure(scored: &Scored, options: &Options) -> Vec<Measurement> {
    let of_metric = |metric| {
        let statistic = Statistic::new(scored, metric, options.bins)?;
        let estimate = statistic.estimate(&options.bootstrap)?;
        Some(Measurement { metric, estimate })
    };
    Metric::ALL.into_iter().filter_map(of_metric).collect()
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
