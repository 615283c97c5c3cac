//! Options of training, as TOML writes them under `[training]`.

use medley_reward_model::AdamWOptions;
use medley_toml_file::{Problem, above_zero, at_least};
use serde::{Deserialize, Serialize};

/// How to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Most passes over all statements, unless `min_steps` asks for more.
    pub epochs: u32,
    /// Optimizer steps that are taken in any case: a source of few statements has few steps an
    /// epoch, and would end far from its optimum. The weights with the best held-out
    /// log-likelihood are kept all the same.
    pub min_steps: u64,
    /// Statements in a step, all sources together, in proportion to their numbers.
    pub batch_size: usize,
    /// Step size for the reward model.
    pub learning_rate: f64,
    /// Step size for response models (rationality, cutpoints, thresholds, offsets).
    pub response_learning_rate: f64,
    /// How step sizes change.
    pub schedule: Schedule,
    /// Steps over which step sizes rise from 0.
    pub warmup_steps: u64,
    /// Stop after this many epochs without a better held-out log-likelihood, once `min_steps` are
    /// done; 0 never stops early and keeps the last weights.
    pub patience: u32,
    /// Whether each member of an ensemble sees its own bootstrap sample of the statements.
    pub bootstrap: bool,
    /// The optimizer.
    pub adamw: AdamWOptions,
}

/// How step sizes change over training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// They do not.
    #[default]
    Constant,
    /// Half a cosine from full to 0 at the last of `epochs`.
    Cosine,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 50,
            min_steps: 1000,
            batch_size: 128,
            learning_rate: 1e-3,
            response_learning_rate: 1e-2,
            schedule: Schedule::default(),
            warmup_steps: 0,
            patience: 5,
            bootstrap: true,
            adamw: AdamWOptions::default(),
        }
    }
}

impl Options {
    /// Most epochs of so many steps: as many as `epochs`, or as `min_steps` need.
    pub(crate) fn most_epochs(&self, steps_per_epoch: u64) -> u32 {
        let needed = self.min_steps.div_ceil(steps_per_epoch.max(1));
        self.epochs.max(u32::try_from(needed).unwrap_or(u32::MAX))
    }

    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("epochs", u64::from(self.epochs), 1)?;
        at_least("batch-size", self.batch_size as u64, 1)?;
        above_zero("learning-rate", self.learning_rate)?;
        above_zero("response-learning-rate", self.response_learning_rate)?;
        self.adamw.check().map_err(|problem| problem.within("adamw"))
    }

    /// Factor on the step sizes at `step` of `total`.
    pub(crate) fn rate_factor(&self, step: u64, total: u64) -> f64 {
        let warm = match self.warmup_steps {
            0 => 1.0,
            warmup => ((step + 1) as f64 / warmup as f64).min(1.0),
        };
        let decay = match self.schedule {
            Schedule::Constant => 1.0,
            Schedule::Cosine => {
                0.5 * (1.0 + (std::f64::consts::PI * step as f64 / total.max(1) as f64).cos())
            }
        };
        warm * decay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_by_hand() {
        let constant = Options::default();
        assert_eq!(constant.rate_factor(77, 100), 1.0);
        let cosine = Options { schedule: Schedule::Cosine, warmup_steps: 4, ..Options::default() };
        assert_eq!(cosine.rate_factor(0, 100), 0.25); // warm-up 1/4, cosine 1
        assert!((cosine.rate_factor(50, 100) - 0.5).abs() < 1e-12);
        assert!(cosine.rate_factor(100, 100) < 1e-12);
    }
}
