//! The six teachers of B-Pref (Lee, Smith, Dragan and Abbeel 2021).
//!
//! Thresholds of `skip` and `equal` are those that its documentation intends, in every round: its code
//! multiplies by epsilon once more after the first session.

use crate::Distortion;
use crate::distortions::equals::Equals;
use crate::distortions::mistakes::{Instead, Mistakes};
use crate::distortions::myopia::Myopia;
use crate::distortions::skips::Skips;
use medley_toml_file::Tagged;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A teacher, as named in TOML: `teacher = "mistake"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Teacher {
    /// The better one, always.
    Oracle,
    /// The oracle, turned round in a tenth of answers.
    Mistake,
    /// Rationality 1.
    Noisy,
    /// The oracle, silent where the better one is worth at most a tenth of the average.
    Skip,
    /// The oracle of returns that are discounted by 0.9 from their end.
    Myopic,
    /// The oracle, who calls even what differs by less than a tenth of the average.
    Equal,
}

/// Of mistakes, and of both thresholds.
const EPSILON: f64 = 0.1;
const DISCOUNT: f64 = 0.9;

impl Teacher {
    /// How closely answers follow returns.
    pub fn rationality(self) -> f64 {
        if self == Self::Noisy { 1.0 } else { f64::INFINITY }
    }

    /// What is done to answers.
    pub fn distortions(self) -> Vec<Tagged<dyn Distortion>> {
        let one: Arc<dyn Distortion> = match self {
            Self::Oracle | Self::Noisy => return Vec::new(),
            Self::Mistake => Arc::new(Mistakes { share: EPSILON, to: Instead::Opposite }),
            Self::Skip => Arc::new(Skips { epsilon: Some(EPSILON), share: 0.0 }),
            Self::Myopic => Arc::new(Myopia { discount: DISCOUNT }),
            Self::Equal => Arc::new(Equals { epsilon: EPSILON }),
        };
        vec![Tagged::new(one)]
    }
}
