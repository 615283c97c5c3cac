//! `people.categorical`: what an item is worth is any distribution on a few levels, over people whom nothing
//! tells apart.
//!
//! ```text
//! u(x) on levels 0, 1/(n-1), .., 1 with shares p(x)        p(x over y) = p(x)' M p(y)
//! M_ij = 1 if level i is above j, 1/2 if i = j, 0 below    loss = NLL - entropy H(mean of p over items asked)
//! ```
//!
//! Distributional preference learning (Siththaranjan, Laidlaw and Hadfield-Menell 2024), as published: shares
//! by softmax of a network on the features of an item; the entropy of the mean keeps all levels in use, as
//! answers show the order of levels alone. It sees two camps where `people.mean-variance` sees a wide one.
//!
//! It knows no persons: everybody, strangers included, has the same prediction.

use crate::distributional::{FittedDistributions, Spread, Training, train};
use crate::pairs::Pair;
use crate::softmax::{softmax, through_softmax};
use crate::utility::Utility;
use crate::{Fitted, Panel, PeopleError, PeopleModel};
use medley_toml_file::{Problem, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// Shares of people on each level of utility, for each item.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Categorical {
    /// Number of levels, at least 2.
    pub levels: u64,
    /// What the entropy of the mean distribution counts for.
    pub entropy: f64,
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

impl Default for Categorical {
    /// Levels and entropy as published for one dimension; see `people.mean-variance` for the rest.
    fn default() -> Self {
        let (hidden, steps, batch) = (vec![64, 64], 1000, 2048);
        Self { levels: 20, entropy: 0.1, hidden, rate: 1e-3, last_rate: 1e-5, steps, batch }
    }
}

const NAME: &str = "categorical";
/// Of probabilities, so that no answer is impossible.
const LEAST: f64 = 1e-6;

impl Categorical {
    fn training(&self) -> Training<'_> {
        let Self { hidden, rate, last_rate, steps, batch, .. } = self;
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
        let levels = self.levels as usize;
        let own = |outputs: &[Vec<f64>], batch: &[Pair], slopes: &mut [Vec<f64>]| {
            loss(self.entropy, outputs, batch, slopes)
        };
        let trained = train(NAME, (panel, statements, seed), &self.training(), levels, own)?;
        let spread = Spread { utility: atoms, log_chances };
        Ok(FittedDistributions::new(trained, spread, panel))
    }
}

#[typetag::serde(name = "categorical")]
impl PeopleModel for Categorical {
    fn summary(&self) -> &'static str {
        "any distribution of what each item is worth, over people not told apart (DPL)"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("levels", self.levels, 2)?;
        not_negative("entropy", self.entropy)?;
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

fn atoms(outputs: &[f64]) -> Utility {
    let last = (outputs.len().max(2) - 1) as f64;
    let values = (0..outputs.len()).map(|level| level as f64 / last).collect();
    Utility::Atoms { values, shares: softmax(outputs) }
}

/// `M q`: for each level the chance to be above a draw from `q`, with half of the ties.
fn above(q: &[f64]) -> Vec<f64> {
    let mut below = 0.0;
    let one = |&own: &f64| {
        let chance = below + 0.5 * own;
        below += own;
        chance
    };
    q.iter().map(one).collect()
}

/// Negative log-likelihood a comparison, less the entropy of the mean distribution.
fn loss(entropy: f64, outputs: &[Vec<f64>], batch: &[Pair], slopes: &mut [Vec<f64>]) -> f64 {
    let shares: Vec<Vec<f64>> = outputs.iter().map(|own| softmax(own)).collect();
    let levels: Vec<Vec<f64>> = shares.iter().map(|own| above(own)).collect();
    let mut of_shares: Vec<Vec<f64>> = shares.iter().map(|own| vec![0.0; own.len()]).collect();
    let each = 1.0 / batch.len() as f64;
    let mut mean = vec![0.0; shares.iter().map(Vec::len).max().unwrap_or(0)];
    let mut value = 0.0;
    for &Pair { first, second, yes, .. } in batch {
        let p = chance(&shares[first], &levels[second]);
        value -= each * (yes * p.ln() + (1.0 - yes) * (1.0 - p).ln());
        let slope = each * (1.0 - 2.0 * LEAST) * ((1.0 - yes) / (1.0 - p) - yes / p);
        for level in 0..mean.len() {
            // p(x over y) = 1 - p(y over x), so the slope in the second is minus the chance of the first,
            // up to a constant, which a softmax does not see.
            of_shares[first][level] += slope * levels[second][level];
            of_shares[second][level] -= slope * levels[first][level];
            mean[level] += 0.5 * each * (shares[first][level] + shares[second][level]);
        }
    }
    let logs: Vec<f64> = mean.iter().map(|m| m.max(1e-300).ln()).collect();
    value += entropy * mean.iter().zip(&logs).map(|(m, log)| m * log).sum::<f64>();
    for item in batch.iter().flat_map(|pair| [pair.first, pair.second]) {
        for (sum, log) in of_shares[item].iter_mut().zip(&logs) {
            *sum += 0.5 * each * entropy * (log + 1.0);
        }
    }
    for ((slope, own), shares) in slopes.iter_mut().zip(&of_shares).zip(&shares) {
        let more = through_softmax(shares, own);
        slope.iter_mut().zip(more).for_each(|(sum, s)| *sum += s);
    }
    value
}

/// `p' (M q)`, kept off 0 and 1.
fn chance(p: &[f64], above: &[f64]) -> f64 {
    let sum: f64 = p.iter().zip(above).map(|(a, b)| a * b).sum();
    LEAST + (1.0 - 2.0 * LEAST) * sum
}

fn log_chances(x: &Utility, y: &Utility) -> Option<[f64; 2]> {
    match (x, y) {
        (Utility::Atoms { shares: p, .. }, Utility::Atoms { shares: q, .. }) => {
            let yes = chance(p, &above(q));
            Some([yes.ln(), (1.0 - yes).ln()])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_the_loss() {
        for entropy in [0.0, 0.1] {
            crate::distributional::check(5, |o, b, s| loss(entropy, o, b, s));
        }
    }

    #[test]
    fn a_link_by_hand() {
        // Half at the bottom and half at the top, against the middle: 1/2.
        let (camps, middle) = ([0.5, 0.0, 0.5], [0.0, 1.0, 0.0]);
        assert_eq!(above(&middle), [0.0, 0.5, 1.0]);
        assert!((chance(&camps, &above(&middle)) - 0.5).abs() < 1e-12);
        assert!((chance(&[0.0, 0.0, 1.0], &above(&camps)) - 0.75).abs() < 1e-6);
    }
}
