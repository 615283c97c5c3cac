//! What is shown first.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// What is shown earlier is favoured: by `nats` of log-odds between the first and the last that are shown,
/// evenly over those between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PositionBias {
    /// Log-odds of the first against the last. Negative: what is shown last is favoured.
    pub nats: f64,
}

#[typetag::serde(name = "position-bias")]
impl Distortion for PositionBias {
    fn summary(&self) -> &'static str {
        "what is shown first is favoured, by so many nats"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("nats", self.nats)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Sides(_) | Outcomes::Options(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        match moment.outcomes {
            Some(Outcomes::Sides(leans)) => {
                chances.tilt(|outcome| self.nats * leans[outcome] / 2.0);
            }
            Some(Outcomes::Options(places)) => {
                let last = places.iter().copied().max().unwrap_or(0).max(1) as f64;
                chances.tilt(|outcome| -self.nats * places[outcome] as f64 / last);
            }
            _ => {}
        }
    }
}
