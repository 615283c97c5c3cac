//! Stops that come late.

use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use serde::{Deserialize, Serialize};

/// A stop comes so many steps after it was meant; one that would come after the end is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Delay {
    /// Steps of reaction time.
    pub steps: usize,
}

#[typetag::serde(name = "delay")]
impl Distortion for Delay {
    fn summary(&self) -> &'static str {
        "a segment is stopped some steps after it should have been"
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Steps(_)))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let Some(Outcomes::Steps(steps)) = moment.outcomes else { return };
        // Outcome 0 is never, outcome 1 the first step.
        chances.carry(|outcome| match outcome.saturating_add(self.steps) {
            late if outcome > 0 && late <= steps => late,
            _ => 0,
        });
    }
}
