//! Standards that move in the course of a session.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// With each question of a session the best level gains log-odds against the worst, evenly over those
/// between: people become milder, or stricter. Of two sides the first gains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Drift {
    /// Log-odds a question. Negative: stricter.
    pub nats: f64,
}

#[typetag::serde(name = "drift")]
impl Distortion for Drift {
    fn summary(&self) -> &'static str {
        "answers become milder or stricter in the course of a session"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("nats", self.nats)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Levels | Outcomes::Sides(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let nats = self.nats * moment.number as f64;
        match moment.outcomes {
            Some(Outcomes::Levels) => {
                let last = (chances.outcomes().len() - 1).max(1) as f64;
                chances.tilt(|level| nats * level as f64 / last);
            }
            Some(Outcomes::Sides(leans)) => chances.tilt(|outcome| nats * leans[outcome] / 2.0),
            _ => {}
        }
    }
}
