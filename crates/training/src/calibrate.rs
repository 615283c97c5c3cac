//! Fitting a response model to held-out feedback with the reward frozen.
//!
//! Mixes of feedback are compared on every source, also on sources that a mix never saw. Then the
//! reward comes from the mix, and only how people turn returns into answers (rationality, offsets,
//! cutpoints) is fitted on the validation part, for all mixes alike. Rationality is positive, so
//! this cannot turn a wrong order into a right one.

use crate::{Rationality, ResponseLearner};
use medley_adapter::{Objective, Response, Scorer};
use medley_toml_file::{Problem, above_zero, at_least};
use serde::{Deserialize, Serialize};

/// Options of the fit: full-batch descent with the priors of the response model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CalibrationOptions {
    /// Most steps.
    pub steps: u32,
    /// Step size.
    pub learning_rate: f64,
    /// Stop when the loss of a statement changes by less than this, in nats, over 10 steps.
    pub tolerance: f64,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        Self { steps: 300, learning_rate: 0.05, tolerance: 1e-5 }
    }
}

impl CalibrationOptions {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("steps", u64::from(self.steps), 1)?;
        above_zero("learning-rate", self.learning_rate)?;
        above_zero("tolerance", self.tolerance)
    }
}

/// Fits the response model of `objective` to all of its statements under a frozen reward.
///
/// `scorer` must compute on an autodiff device with a model that tracks no gradients of its own.
pub fn calibrate(
    objective: &dyn Objective,
    scorer: &Scorer<'_>,
    options: &CalibrationOptions,
) -> Response {
    let members = scorer.model.members();
    let mut learner =
        ResponseLearner::new(&[objective], members, Rationality::Learned, scorer.place);
    let statements: Vec<usize> = (0..objective.statements()).collect();
    let mut last = f64::INFINITY;
    for step in 1..=options.steps {
        let mut loss = objective.loss(scorer, &learner.of(0), &statements).sum();
        if let Some(penalty) = learner.penalty() {
            loss = loss + penalty;
        }
        let loss = loss.div_scalar((statements.len() * members) as f64);
        if step % 10 == 0 {
            let value = loss.clone().into_data().iter::<f64>().sum::<f64>();
            if (last - value).abs() < options.tolerance {
                break;
            }
            last = value;
        }
        learner.step(&loss.backward(), options.learning_rate);
    }
    learner.frozen(0)
}
