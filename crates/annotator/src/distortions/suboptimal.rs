//! Demonstrations that are not as good as they could be.

use crate::distortions::range::share;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::{Problem, not_negative};
use serde::{Deserialize, Serialize};

/// With probability `share` what is shown is chosen with less care: with the rationality times `care`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Suboptimal {
    /// Probability, from 0 to 1.
    pub share: f64,
    /// Factor of the rationality; 0 is any option.
    #[serde(default)]
    pub care: f64,
}

#[typetag::serde(name = "suboptimal")]
impl Distortion for Suboptimal {
    fn summary(&self) -> &'static str {
        "a share of what is demonstrated or put first is chosen with less care"
    }

    fn check(&self) -> Result<(), Problem> {
        share("share", self.share)?;
        not_negative("care", self.care)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Options(_)))
    }

    fn distort(&self, chances: &mut Chances, _: &Moment<'_>) {
        let mut careless = Chances::new(chances.outcomes());
        careless.temper(self.care);
        let (probabilities, ..) = careless.probabilities();
        let total: f64 = probabilities.iter().sum();
        let others: Vec<f64> = probabilities.iter().map(|p| p / total).collect();
        chances.mix(self.share, &others);
    }
}
