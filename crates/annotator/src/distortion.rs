//! What is a distortion?

use crate::{Chances, Moment};
use medley_adapter::Outcomes;
use medley_toml_file::Problem;
use std::fmt::Debug;

/// A way in which people depart from what an adapter says of them. Named in TOML:
/// `{ mistakes = { share = 0.1 } }`.
///
/// It acts on rewards as they are seen, on log-probabilities of answers, or on numbers, so that whoever
/// is distorted still answers by a distribution.
#[typetag::serde]
pub trait Distortion: Debug + Send + Sync {
    /// What it is, in one line.
    fn summary(&self) -> &'static str;

    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Whether it means something where answers are these; none are numbers.
    fn fits(&self, outcomes: Option<&Outcomes<'_>>) -> bool;

    /// The same where what people go by are rewards of points of feature space, as of a description or of
    /// whoever plans: these are of no segment, and seen as they are.
    fn fits_points(&self, outcomes: Option<&Outcomes<'_>>) -> bool {
        self.fits(outcomes)
    }

    /// Changes the rewards of the steps of a segment to those that are seen.
    fn perceive(&self, _rewards: &mut [f64]) {}

    /// Changes how likely answers are.
    fn distort(&self, _chances: &mut Chances, _moment: &Moment<'_>) {}

    /// Probability that a number is not said.
    fn withhold(&self, _moment: &Moment<'_>) -> f64 {
        0.0
    }
}
