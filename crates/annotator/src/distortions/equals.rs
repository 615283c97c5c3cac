//! Sides that are called even.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Two segments whose returns are close are called even, whatever else would be said (B-Pref's `equal`):
/// `|R1 - R2| < epsilon * mean(recent true return) * L / max episode steps`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Equals {
    /// As a share of what segments of their length are worth on average.
    pub epsilon: f64,
}

#[typetag::serde(name = "equals")]
impl Distortion for Equals {
    fn summary(&self) -> &'static str {
        "two sides that are worth nearly the same are called even"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("epsilon", self.epsilon)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Sides(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        if let [first, second] = moment.totals
            && (first - second).abs() < moment.threshold(self.epsilon)
        {
            chances.call_even(1.0, moment.leans());
        }
    }
}
