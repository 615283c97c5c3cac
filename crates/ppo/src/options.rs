//! What can be set about PPO?

use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// Options of proximal policy optimization. Defaults are those of CleanRL for classic control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PpoOptions {
    /// Steps of all worlds together, rounded up to whole rollouts.
    pub steps: u64,
    /// Worlds side by side.
    pub worlds: usize,
    /// Steps of each world between two updates.
    pub rollout: usize,
    /// Steps in a minibatch; divides `worlds * rollout`.
    pub batch: usize,
    /// Passes over a rollout.
    pub epochs: usize,
    /// What a reward one step later is worth, in [0, 1].
    pub discount: f64,
    /// Weight of later steps in an advantage, in [0, 1]: 0 is one step, 1 the whole return.
    pub lambda: f64,
    /// How far the probability of an action may move, as a share.
    pub clip: f64,
    /// Step size of Adam.
    pub rate: f64,
    /// Whether the step size falls to 0, by a line over all updates.
    pub anneal: bool,
    /// Weight of the entropy of the policy.
    pub entropy: f64,
    /// Weight of the loss of the values.
    pub value: f64,
    /// Longest gradient, as an L2 norm; longer ones are scaled down.
    pub max_gradient_norm: f64,
    /// Widths of the hidden layers of policy and values, which share none.
    pub hidden: Vec<usize>,
    /// Whether networks see observations less their running mean, over their standard deviation.
    pub normalize_observations: bool,
    /// Whether rewards are divided by the running standard deviation of discounted returns.
    pub normalize_rewards: bool,
    /// What a nat of divergence from the reference policy costs, in units of the reward that is
    /// optimized: `reward - kl (ln policy - ln reference)` of each action.
    pub kl: f64,
    /// Policies on the way that are kept to be looked at, besides the first.
    pub stages: u64,
}

/// Each is kept with all its weights, in every checkpoint.
const MOST_STAGES: u64 = 1_000;

impl Default for PpoOptions {
    fn default() -> Self {
        Self {
            steps: 500_000,
            worlds: 4,
            rollout: 128,
            batch: 128,
            epochs: 4,
            discount: 0.99,
            lambda: 0.95,
            clip: 0.2,
            rate: 2.5e-4,
            anneal: true,
            entropy: 0.01,
            value: 0.5,
            max_gradient_norm: 0.5,
            hidden: vec![64, 64],
            normalize_observations: false,
            normalize_rewards: false,
            kl: 0.0,
            stages: 12,
        }
    }
}

impl PpoOptions {
    /// Steps of one rollout, over all worlds.
    pub fn rollout_steps(&self) -> usize {
        self.worlds * self.rollout
    }

    /// Rollouts, each with its update.
    pub fn updates(&self) -> u64 {
        self.steps.div_ceil(self.rollout_steps() as u64)
    }

    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not: its key, what is expected and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("steps", self.steps, 1)?;
        let counts = [
            ("worlds", self.worlds),
            ("rollout", self.rollout),
            ("batch", self.batch),
            ("epochs", self.epochs),
        ];
        counts.into_iter().try_for_each(|(key, count)| at_least(key, count as u64, 1))?;
        self.hidden.iter().try_for_each(|&width| at_least("hidden", width as u64, 1))?;
        let Some(steps) = self.worlds.checked_mul(self.rollout) else {
            return Err(Problem::new("rollout", "`worlds * rollout` is too large"));
        };
        if !steps.is_multiple_of(self.batch) {
            let message = format!(
                "a divisor of `worlds * rollout` = {steps} is needed, found {}",
                self.batch
            );
            return Err(Problem::new("batch", message));
        }
        for (key, share) in [("discount", self.discount), ("lambda", self.lambda)] {
            if !(0.0..=1.0).contains(&share) {
                let message = format!("a number in [0, 1] is needed, found {share}");
                return Err(Problem::new(key, message));
            }
        }
        if self.stages > MOST_STAGES {
            let message = format!("at most {MOST_STAGES} is needed, found {}", self.stages);
            return Err(Problem::new("stages", message));
        }
        above_zero("clip", self.clip)?;
        above_zero("rate", self.rate)?;
        above_zero("max-gradient-norm", self.max_gradient_norm)?;
        not_negative("entropy", self.entropy)?;
        not_negative("value", self.value)?;
        not_negative("kl", self.kl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named() {
        let check = |text: &str, expect: &str| {
            let options: PpoOptions = toml::from_str(text).unwrap();
            let found = options.check().err().map(|problem| problem.to_string());
            assert_eq!(found.as_deref().unwrap_or("fine"), expect);
        };
        check("", "fine");
        check("worlds = 0", "`worlds`: at least 1 is needed, found 0");
        check("batch = 100", "`batch`: a divisor of `worlds * rollout` = 512 is needed, found 100");
        check("discount = 1.5", "`discount`: a number in [0, 1] is needed, found 1.5");
        check("lambda = nan", "`lambda`: a number in [0, 1] is needed, found NaN");
        check("clip = 0.0", "`clip`: a number above 0 is needed, found 0");
        check("stages = 1001", "`stages`: at most 1000 is needed, found 1001");
        check("kl = -1.0", "`kl`: a number of at least 0 is needed, found -1");
        check("hidden = [64, 0]", "`hidden`: at least 1 is needed, found 0");
    }
}
