//! Answers drawn towards the one before.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Levels lose log-odds with their distance from the level that the same person gave before, and the
/// farthest that could be `nats` of it. The first answer of a session has no anchor. Each step of a review
/// is an answer, and drawn towards the step before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Anchoring {
    /// Log-odds of the level given before against one a whole scale away. Negative: contrast.
    pub nats: f64,
}

#[typetag::serde(name = "anchoring")]
impl Distortion for Anchoring {
    fn summary(&self) -> &'static str {
        "answers are drawn towards the one that the same person gave before"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("nats", self.nats)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Levels | Outcomes::Sides(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let Some(previous) = moment.previous else { return };
        match moment.outcomes {
            Some(Outcomes::Levels) => {
                let last = (chances.outcomes().len() - 1).max(1) as f64;
                chances.tilt(|level| -self.nats * level.abs_diff(previous) as f64 / last);
            }
            Some(Outcomes::Sides(leans)) => {
                let before = leans[previous];
                chances.tilt(|outcome| -self.nats * (leans[outcome] - before).abs() / 2.0);
            }
            _ => {}
        }
    }
}
