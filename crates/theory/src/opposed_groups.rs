//! What does one reward learn from two groups that want opposite things?
//!
//! It can fit the population's vote share almost perfectly and still be wrong about every single
//! person: the masking ratio is within-group error over aggregate error.
//!
//! Setting: a statement compares two things whose attributes differ by `x ~ N(0, I)`. Group A
//! prefers the first with probability `s(w.x)`, group B with `s(-w.x)`, s the logistic function and
//! w of length [`taste`](OpposedGroups::taste) in a random direction per seed. Who answers is
//! drawn by [`majority`](OpposedGroups::majority), then the answer. One linear Bradley-Terry model
//! without intercept is fitted by maximum likelihood on the training share; errors are against the
//! true probabilities on the held-out share, so they carry no label noise.
//!
//! Measured: aggregate = mean of `(p - vote share)^2`; within-group = mean over groups, weighted
//! by size, of `(p - own probability)^2`; accuracy of a group = share of held-out statements in
//! which the model's side is the one that the group likes better.

use medley_random::normal;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::logistic::{dot, fit_logistic};
use crate::sigmoid::sigmoid;

/// The simulated population and survey.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct OpposedGroups {
    /// Share of group A, the larger one: at least 1/2.
    pub majority: f64,
    /// Attributes that things differ in.
    pub attributes: usize,
    /// Length of the taste vector w, in log-odds per standard deviation.
    pub taste: f64,
    /// Statements in all.
    pub statements: usize,
    /// Share of them that the model is fitted to.
    pub train: f64,
}

impl Default for OpposedGroups {
    /// Length of taste and training share are inferred, not published: see the tests.
    fn default() -> Self {
        OpposedGroups { majority: 0.5, attributes: 5, taste: 2.33, statements: 6000, train: 0.5 }
    }
}

/// One seed, or the mean over several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpposedGroupsResult {
    /// Mean squared error against the vote share.
    pub aggregate: f64,
    /// Mean squared error against the own probability, weighted by group size.
    pub within_group: f64,
    /// Accuracy for group A.
    pub accuracy_majority: f64,
    /// Accuracy for group B.
    pub accuracy_minority: f64,
}

impl OpposedGroupsResult {
    /// `within_group / aggregate`: how much error the aggregate hides.
    pub fn masking_ratio(&self) -> f64 {
        self.within_group / self.aggregate
    }
}

/// The mean over seeds.
///
/// # Errors
/// The setting leaves nothing to fit or to test, or no finite weights are best.
pub fn opposed_groups(
    setting: &OpposedGroups,
    seeds: &[u64],
) -> Result<OpposedGroupsResult, OpposedGroupsError> {
    setting.check(seeds)?;
    let mut mean = OpposedGroupsResult::default();
    for seed in seeds {
        let one = setting.run(*seed)?;
        let share = 1.0 / seeds.len() as f64;
        mean.aggregate += share * one.aggregate;
        mean.within_group += share * one.within_group;
        mean.accuracy_majority += share * one.accuracy_majority;
        mean.accuracy_minority += share * one.accuracy_minority;
    }
    Ok(mean)
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpposedGroupsError {
    /// A number of the setting is out of range.
    #[error(
        "two opposed groups need a majority in [0.5, 1], a training share in [0, 1], attributes, seeds, a finite taste and statements on both sides of the split: {setting:?}"
    )]
    Setting {
        /// As given.
        setting: OpposedGroups,
    },
    /// The answers are separable.
    #[error("seed {seed}: the answers have no finite best weights")]
    NotConverged {
        /// Of the simulation.
        seed: u64,
    },
}

impl OpposedGroups {
    fn check(&self, seeds: &[u64]) -> Result<(), OpposedGroupsError> {
        let shares = (0.5..=1.0).contains(&self.majority) && (0.0..=1.0).contains(&self.train);
        let trained = self.trained();
        let both = shares && trained > 0 && trained < self.statements;
        let numbers = self.attributes > 0 && self.taste.is_finite() && !seeds.is_empty();
        let error = OpposedGroupsError::Setting { setting: *self };
        if both && numbers { Ok(()) } else { Err(error) }
    }

    fn trained(&self) -> usize {
        (self.train * self.statements as f64).round() as usize
    }

    fn run(&self, seed: u64) -> Result<OpposedGroupsResult, OpposedGroupsError> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut gaussian = || (0..self.attributes).map(|_| normal(&mut rng)).collect::<Vec<f64>>();
        let direction = gaussian();
        let length = dot(&direction, &direction).sqrt();
        let taste: Vec<f64> = direction.iter().map(|w| self.taste * w / length).collect();
        let inputs: Vec<Vec<f64>> = (0..self.statements).map(|_| gaussian()).collect();
        let (train, test) = inputs.split_at(self.trained());
        let choices: Vec<f64> =
            train.iter().map(|x| self.answer(dot(&taste, x), &mut rng)).collect();
        let weights = fit_logistic(train, &choices);
        let weights = weights.ok_or(OpposedGroupsError::NotConverged { seed })?;
        Ok(self.measured(&taste, &weights, test))
    }

    /// 1 if the first thing is preferred by whoever is asked.
    fn answer(&self, liking: f64, rng: &mut impl Rng) -> f64 {
        let in_majority = rng.random::<f64>() < self.majority;
        let liking = if in_majority { liking } else { -liking };
        f64::from(u8::from(rng.random::<f64>() < sigmoid(liking)))
    }

    fn measured(&self, taste: &[f64], weights: &[f64], test: &[Vec<f64>]) -> OpposedGroupsResult {
        let (share, scale) = (self.majority, 1.0 / test.len() as f64);
        let mut sums = OpposedGroupsResult::default();
        for x in test {
            let (liking, learned) = (dot(taste, x), dot(weights, x));
            let (p, a) = (sigmoid(learned), sigmoid(liking));
            let b = 1.0 - a;
            let votes = share * a + (1.0 - share) * b;
            let within = share * (p - a).powi(2) + (1.0 - share) * (p - b).powi(2);
            let agrees = (learned > 0.0) == (liking > 0.0);
            sums.aggregate += scale * (p - votes).powi(2);
            sums.within_group += scale * within;
            sums.accuracy_majority += if agrees { scale } else { 0.0 };
            sums.accuracy_minority += if agrees { 0.0 } else { scale };
        }
        sums
    }
}

#[cfg(test)]
#[path = "opposed_groups_tests.rs"]
mod tests;
