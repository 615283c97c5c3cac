//! Care that wears off.

use crate::distortions::range::share;
use crate::{Chances, Distortion, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::{Problem, above_zero};
use serde::{Deserialize, Serialize};

/// Answers follow returns less and less: after each `half-life` of questions half as closely, but never
/// less than `floor`. Probabilities are raised to that power, which of a choice among options is the
/// rationality times it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fatigue {
    /// Questions of a session after which half of the care is left.
    pub half_life: f64,
    /// Share of the care that is never lost, from 0 to 1.
    #[serde(default)]
    pub floor: f64,
}

#[typetag::serde(name = "fatigue")]
impl Distortion for Fatigue {
    fn summary(&self) -> &'static str {
        "answers follow returns less closely the longer a session lasts"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("half-life", self.half_life)?;
        share("floor", self.floor)
    }

    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        outcomes.is_some()
    }

    fn distort(&self, chances: &mut Chances, moment: &Moment<'_>) {
        let left = (-(moment.number as f64) / self.half_life).exp2();
        chances.temper(self.floor + (1.0 - self.floor) * left);
    }
}
