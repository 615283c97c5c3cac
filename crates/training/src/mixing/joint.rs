//! `mixing.joint`: the sum of all log-likelihoods under one shared reward.
//!
//! ```text
//! sum over sources s and statements i of log p(y_i | beta_s R)
//! ```
//!
//! Each source's rationality is learned with the reward, so that nobody chooses weights between
//! kinds. What this trusts is the source that is easiest to predict: see `docs/mixing/joint.md`.

use super::{Mixing, Step, Term};
use burn::tensor::Tensor;
use medley_adapter::{ParameterRole, ResponseParameter};
use serde::{Deserialize, Serialize};

/// Options of joint mixing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Joint {
    /// Whether each source's rationality is learned with the reward.
    pub rationality: RationalityMode,
}

/// Whether sources differ in how rational they are taken to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RationalityMode {
    /// Each source has its own, learned with the reward.
    #[default]
    Learned,
    /// It is 1 for all.
    Fixed,
}

#[typetag::serde(name = "joint")]
impl Mixing for Joint {
    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        self.rationality == RationalityMode::Fixed && parameter.role == ParameterRole::Rationality
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        weighted_sum(step, |_| 1.0)
    }

    fn summary(&self) -> &'static str {
        "the sum of all log-likelihoods, with a learned rationality for each source"
    }
}

/// The losses of all sources, each times its weight.
pub(super) fn weighted_sum(step: &Step<'_>, weight: impl Fn(&Term<'_>) -> f64) -> Tensor<1> {
    let each = step.terms.iter().map(|term| {
        let sum = term.loss.clone().sum();
        match weight(term) {
            1.0 => sum,
            weight => sum.mul_scalar(weight),
        }
    });
    each.reduce(|total, term| total + term).expect("a step has at least one source")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixing::conformance;

    #[test]
    fn joint_keeps_the_laws() {
        for rationality in [RationalityMode::Learned, RationalityMode::Fixed] {
            let report = conformance::check(&Joint { rationality }).unwrap();
            assert_eq!(report.skipped, []);
        }
    }

    #[test]
    fn only_rationalities_are_fixed() {
        let fixed = Joint { rationality: RationalityMode::Fixed };
        assert!(fixed.frozen(&ResponseParameter::rationality()));
        assert!(!fixed.frozen(&ResponseParameter::free("threshold", vec![0.0])));
        assert!(!Joint::default().frozen(&ResponseParameter::rationality()));
    }
}
