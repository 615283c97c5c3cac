//! Answers given by mistake.

use crate::chances::opposite;
use crate::distortions::range::share;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// With probability `share` the answer is not what was meant: B-Pref's `mistake` (Lee, Smith, Dragan and
/// Abbeel 2021) with `to = "opposite"`. At a share of 1, somebody who says the opposite of all they mean,
/// or, with `to = "uniform"`, somebody who does not look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mistakes {
    /// Probability, from 0 to 1.
    pub share: f64,
    /// What is said instead.
    #[serde(default)]
    pub to: Instead,
}

/// What is said by mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instead {
    /// The other side, or the level as far from the other end.
    #[default]
    Opposite,
    /// Any answer, all alike.
    Uniform,
}

#[typetag::serde(name = "mistakes")]
impl Distortion for Mistakes {
    fn summary(&self) -> &'static str {
        "a share of answers is turned round, or is any answer"
    }

    fn check(&self) -> Result<(), Problem> {
        share("share", self.share)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        match (self.to, outcomes) {
            (_, None) => false,
            (Instead::Uniform, Some(_)) => true,
            // Of several options none is the opposite of another.
            (Instead::Opposite, Some(outcomes)) => {
                matches!(outcomes, Outcomes::Sides(_) | Outcomes::Levels | Outcomes::Change)
            }
        }
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let Some(outcomes) = &moment.outcomes else { return };
        let logs = chances.outcomes();
        let others: Vec<f64> = match self.to {
            Instead::Uniform => {
                let possible = logs.iter().filter(|log| log.is_finite()).count() as f64;
                logs.iter().map(|log| if log.is_finite() { 1.0 / possible } else { 0.0 }).collect()
            }
            Instead::Opposite => {
                let total: f64 = logs.iter().map(|log| log.exp()).sum();
                let mut others = vec![0.0; logs.len()];
                for (outcome, log) in logs.iter().enumerate() {
                    let turned = opposite(outcomes, outcome, logs.len()).unwrap_or(outcome);
                    others[turned] += log.exp() / total;
                }
                others
            }
        };
        chances.mix(self.share, &others);
    }
}
