//! `people.mean-variance`: what an item is worth is spread normally over people whom nothing tells apart.
//!
//! ```text
//! u(x) ~ N(mu(x), sigma(x)^2)        p(x over y) = s(sqrt(2 pi) (mu(x) - mu(y)) / sqrt(sigma(x)^2 + sigma(y)^2))
//! ```
//!
//! Distributional preference learning (Siththaranjan, Laidlaw and Hadfield-Menell 2024), as published: `mu`
//! and `sigma` by one network on the features of an item, `sigma` by softplus. The logistic stands for the
//! normal distribution; `sqrt(2 pi)` is the published factor (the one that matches the slope at 0 is
//! `sqrt(8 / pi)`), and only sets the unit of `sigma`. `mu` and `sigma` share one scale that answers do not
//! show: ratios, and the share of variance that items explain, are what is identified.
//!
//! It knows no persons: everybody, strangers included, has the same prediction.

use crate::answer::log_sigmoid;
use crate::distributional::{FittedDistributions, Spread, Training, train};
use crate::pairs::Pair;
use crate::utility::Utility;
use crate::{Fitted, Panel, PeopleError, PeopleModel};
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// A mean and a variance of utility for each item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeanVariance {
    /// Units of each hidden layer; none is linear.
    pub hidden: Vec<usize>,
    /// Adam's rate at the first step.
    pub rate: f64,
    /// And at the last, in between by equal factors.
    pub last_rate: f64,
    /// Steps of Adam.
    pub steps: u64,
    /// Most comparisons a step.
    pub batch: u64,
}

impl Default for MeanVariance {
    /// Rates, steps and batch as published; their network has four layers of 512.
    fn default() -> Self {
        Self { hidden: vec![64, 64], rate: 1e-3, last_rate: 1e-5, steps: 1000, batch: 2048 }
    }
}

const NAME: &str = "mean-variance";
/// Of standard deviations, so that no comparison is certain.
const LEAST: f64 = 1e-4;

impl MeanVariance {
    fn training(&self) -> Training<'_> {
        let Self { hidden, rate, last_rate, steps, batch } = self;
        let (rate, last_rate, steps, batch) = (*rate, *last_rate, *steps, *batch);
        Training { hidden, rate, last_rate, steps, batch }
    }

    /// The fit itself.
    ///
    /// # Errors
    /// Anything but comparisons of two items in the panel; nothing to fit.
    pub fn fit_distributions(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedDistributions, PeopleError> {
        let trained = train(NAME, (panel, statements, seed), &self.training(), 2, loss)?;
        let spread = Spread { utility: normal, log_chances };
        Ok(FittedDistributions::new(trained, spread, panel))
    }
}

#[typetag::serde(name = "mean-variance")]
impl PeopleModel for MeanVariance {
    fn summary(&self) -> &'static str {
        "a mean and a variance of what each item is worth, over people not told apart (DPL)"
    }

    fn check(&self) -> Result<(), Problem> {
        self.training().check()
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_distributions(panel, statements, seed)?))
    }
}

fn normal(outputs: &[f64]) -> Utility {
    Utility::Normal { mean: outputs[0], sd: softplus(outputs[1]).0 }
}

/// `ln(1 + e^x)` and its slope, above 0 by a little.
fn softplus(x: f64) -> (f64, f64) {
    let (log, chance) = log_sigmoid(-x);
    (LEAST - log, chance)
}

/// `sqrt(2 pi) (mu - nu) / sqrt(s^2 + t^2)`.
fn logit(mu: f64, s: f64, nu: f64, t: f64) -> f64 {
    std::f64::consts::TAU.sqrt() * (mu - nu) / s.hypot(t)
}

/// Negative log-likelihood a comparison.
fn loss(outputs: &[Vec<f64>], batch: &[Pair], slopes: &mut [Vec<f64>]) -> f64 {
    let each = 1.0 / batch.len() as f64;
    let mut sum = 0.0;
    for pair in batch {
        let (x, y) = (&outputs[pair.first], &outputs[pair.second]);
        let ((s, s_slope), (t, t_slope)) = (softplus(x[1]), softplus(y[1]));
        let away = s.hypot(t);
        let l = logit(x[0], s, y[0], t);
        let ((yes, no_chance), (no, yes_chance)) = (log_sigmoid(l), log_sigmoid(-l));
        sum -= each * (pair.yes * yes + (1.0 - pair.yes) * no);
        let slope = each * ((1.0 - pair.yes) * yes_chance - pair.yes * no_chance);
        let of_mean = slope * std::f64::consts::TAU.sqrt() / away;
        let of_sd = -slope * l / (away * away);
        slopes[pair.first][0] += of_mean;
        slopes[pair.second][0] -= of_mean;
        slopes[pair.first][1] += of_sd * s * s_slope;
        slopes[pair.second][1] += of_sd * t * t_slope;
    }
    sum
}

fn log_chances(x: &Utility, y: &Utility) -> Option<[f64; 2]> {
    let l = logit(x.mean(), x.variance().sqrt(), y.mean(), y.variance().sqrt());
    Some([log_sigmoid(l).0, log_sigmoid(-l).0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_the_loss() {
        crate::distributional::check(2, loss);
    }

    #[test]
    fn a_link_by_hand() {
        // sqrt(2 pi) * 1 / 5.
        assert!((logit(3.0, 3.0, 2.0, 4.0) - 2.5066282746310002 / 5.0).abs() < 1e-15);
    }
}
