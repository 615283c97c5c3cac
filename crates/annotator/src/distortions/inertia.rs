//! Corrections that stay near what they correct.

use crate::distortions::range::finite;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// What is there is favoured over a proposal: by `nats`, and by more the farther the proposal is from it,
/// as INQUIRE's teacher prefers corrections nearby. Far means the Euclidean distance of mean features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Inertia {
    /// Log-odds of what is there against any proposal.
    pub nats: f64,
    /// Log-odds for each unit of distance.
    pub per_distance: f64,
}

impl Default for Inertia {
    fn default() -> Self {
        Self { nats: 0.0, per_distance: 1.0 }
    }
}

#[typetag::serde(name = "inertia")]
impl Distortion for Inertia {
    fn summary(&self) -> &'static str {
        "what is there is favoured over a correction, the more the farther that is from it"
    }

    fn check(&self) -> Result<(), Problem> {
        finite("nats", self.nats)?;
        finite("per-distance", self.per_distance)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        matches!(outcomes, Some(Outcomes::Change))
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let nats = self.nats + self.per_distance * moment.distance;
        chances.tilt(|changed| if changed == 0 { nats } else { 0.0 });
    }
}
