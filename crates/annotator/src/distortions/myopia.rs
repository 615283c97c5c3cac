//! Rewards that are remembered less the longer they are past.

use crate::Distortion;
use crate::distortions::range::share;
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// The end of a segment counts most (B-Pref's `myopic`): of `H` steps, step `t` counts
/// `discount^(H - 1 - t)` of its reward.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Myopia {
    /// From 0, where only the last step counts, to 1.
    pub discount: f64,
}

#[typetag::serde(name = "myopia")]
impl Distortion for Myopia {
    fn summary(&self) -> &'static str {
        "the last steps of a segment count most: rewards are discounted from its end"
    }

    fn check(&self) -> Result<(), Problem> {
        share("discount", self.discount)
    }

    fn fits(&self, _: Option<&Outcomes<'_>>) -> bool {
        true
    }

    /// A point has no end from which it could be far.
    fn fits_points(&self, _: Option<&Outcomes<'_>>) -> bool {
        false
    }

    fn perceive(&self, rewards: &mut [f64]) {
        let mut weight = 1.0;
        for reward in rewards.iter_mut().rev() {
            *reward *= weight;
            weight *= self.discount;
        }
    }
}
