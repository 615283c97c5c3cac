//! Questions left unanswered.

use crate::distortions::range::{finite, share};
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Questions that are left: those about segments that are all worth too little (B-Pref's `skip`), and a
/// share of the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Skips {
    /// A question is skipped if the best of its segments is worth at most this share of what segments of
    /// its length are worth on average: `max R <= epsilon * mean(recent true return) * L / max episode
    /// steps`, with means of each round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<f64>,
    /// Probability that any question is skipped.
    pub share: f64,
}

impl Skips {
    fn probability(&self, moment: &Moment<'_>) -> f64 {
        let best = moment.totals.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_poor = |epsilon| !moment.totals.is_empty() && best <= moment.threshold(epsilon);
        if self.epsilon.is_some_and(is_poor) { 1.0 } else { self.share }
    }
}

#[typetag::serde(name = "skips")]
impl Distortion for Skips {
    fn summary(&self) -> &'static str {
        "questions about segments that are worth too little are skipped, and a share of the others"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("epsilon", self.epsilon.unwrap_or(0.0))?;
        share("share", self.share)
    }

    fn fits(&self, _: Option<&Outcomes<'_>>) -> bool {
        true
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        chances.leave(self.probability(moment));
    }

    fn withhold(&self, moment: &Moment<'_>) -> f64 {
        self.probability(moment)
    }
}
