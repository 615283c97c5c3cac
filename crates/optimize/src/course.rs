//! How did a reward go while it was optimized, by itself and by the true one?

use crate::reward::NamedReward;
use crate::scored::Scored;
use crate::spread::mean_and_sd;
use medley_evaluation::AlarmRow;

/// Optimization of one reward, from the first policy on.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// What it is compared as.
    pub label: String,
    /// Folder of the model, or `true`.
    pub reward: String,
    /// Seed of the policy.
    pub seed: u64,
    /// What a nat of divergence cost.
    pub price: f64,
    /// By the reward that was optimized, over episodes of the first policy.
    pub proxy: FirstReturns,
    /// By the true one.
    pub gold: FirstReturns,
    /// Policies in the order of optimization, from the first on, whose KL is 0.
    pub stages: Vec<CourseStage>,
    /// What an alarm is told by: samples of these policies.
    pub samples: Vec<AlarmRow>,
}

/// Returns of the first policy: where a course begins, and in what unit it is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstReturns {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
}

/// A policy on the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CourseStage {
    /// Steps so far, or n of best-of-n.
    pub at: u64,
    /// Divergence of a whole episode from the first policy, nats.
    pub kl: f64,
    /// Mean return by the reward that is optimized.
    pub proxy: f64,
    /// Mean return by the true one.
    pub gold: f64,
    /// Mean standard deviation of returns over members.
    pub uncertainty: Option<f64>,
    /// Mean distance from the data.
    pub from_data: Option<f64>,
}

impl Course {
    /// Before the first stage; these are episodes of the first policy.
    pub(crate) fn begin(reward: &NamedReward, seed: u64, first: &Scored) -> Self {
        let of = |returns: &[f64]| {
            let (mean, sd) = mean_and_sd(returns);
            FirstReturns { mean, sd }
        };
        Self {
            label: reward.label.clone(),
            reward: reward.name.clone(),
            seed,
            price: reward.price,
            proxy: of(&first.proxy),
            gold: of(&first.gold),
            stages: Vec::new(),
            samples: Vec::new(),
        }
    }
}

impl FirstReturns {
    /// A gain over the first policy in standard deviations; none where returns of the first policy do not
    /// differ, by more than rounding, so that there is no unit.
    pub fn gain(&self, value: f64) -> Option<f64> {
        let has_unit = self.sd > 1e-9 * self.mean.abs();
        has_unit.then(|| (value - self.mean) / self.sd)
    }
}
