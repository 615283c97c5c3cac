//! Ends of a scale that are avoided.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Levels lose log-odds with the square of their distance from the middle, and the ends `nats` of it. Of
/// sides, strong grades lose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CentralTendency {
    /// Log-odds of the middle against either end. Negative: ends are sought.
    pub nats: f64,
}

#[typetag::serde(name = "central-tendency")]
impl Distortion for CentralTendency {
    fn summary(&self) -> &'static str {
        "the ends of a scale are avoided"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("nats", self.nats)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Levels | Outcomes::Sides(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        match moment.outcomes {
            Some(Outcomes::Levels) => {
                let half = (chances.outcomes().len() - 1).max(1) as f64 / 2.0;
                chances.tilt(|level| -self.nats * ((level as f64 - half) / half).powi(2));
            }
            Some(Outcomes::Sides(leans)) => {
                chances.tilt(|outcome| -self.nats * leans[outcome].powi(2));
            }
            _ => {}
        }
    }
}
