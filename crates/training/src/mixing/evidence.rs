//! What a mixing may know when it ties or combines fits: nothing of the test part.

use super::{HeldOut, Trust};
use crate::{Fitted, TrainingError};
use medley_reward_model::RewardModel;

/// What a mixing may know before its fits and when it combines them. What costs fits of its own is
/// found when it is asked for.
pub struct Evidence<'a> {
    /// Held-out feedback.
    pub held_out: &'a HeldOut<'a>,
    /// Which sources agree with most of the others, by position in the mix, from the training part:
    /// costs as much as fitting each source twice, once however often it is asked.
    pub trust: &'a dyn Fn() -> Result<Trust, TrainingError>,
    /// Standard deviation of a model's returns over the segments that are learned from.
    pub return_sd: &'a dyn Fn(&dyn RewardModel) -> f64,
    /// Variance over a model's members of its returns, each member's less their mean, averaged over
    /// the segments that are learned from.
    pub member_variance: &'a dyn Fn(&dyn RewardModel) -> f64,
}

impl Evidence<'_> {
    /// Standard deviation of each reward's returns over the segments that are learned from.
    pub fn return_sds(&self, fitted: &[Fitted]) -> Vec<f64> {
        fitted.iter().map(|fitted| (self.return_sd)(fitted.model.frozen().as_ref())).collect()
    }
}
