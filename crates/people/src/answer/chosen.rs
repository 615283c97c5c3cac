//! One of several options by a softmax of their predictors: a stage of a ranking, a demonstration among
//! its alternatives, a comparison with ties (Davidson: the tie has a predictor too).

use super::{Answer, Evaluated};

/// `log p(o) = eta_o - logsumexp(eta)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Share of each option in what was said: 1 for the one chosen. `[option]`, sums to 1.
    pub shares: Vec<f64>,
}

impl Chosen {
    /// One option of so many.
    pub fn one(option: usize, of: usize) -> Self {
        Self { shares: (0..of).map(|o| if o == option { 1.0 } else { 0.0 }).collect() }
    }
}

impl Answer for Chosen {
    fn predictors(&self) -> usize {
        self.shares.len()
    }

    fn log_probabilities(&self, eta: &[f64]) -> Vec<f64> {
        let most = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum = most + eta.iter().map(|x| (x - most).exp()).sum::<f64>().ln();
        eta.iter().map(|x| x - sum).collect()
    }

    fn observed(&self) -> Vec<f64> {
        self.shares.clone()
    }

    fn evaluate(&self, eta: &[f64], into: &mut Evaluated) -> f64 {
        let options = eta.len();
        into.clear(options);
        let logs = self.log_probabilities(eta);
        let chances: Vec<f64> = logs.iter().map(|log| log.exp()).collect();
        for (i, &p) in chances.iter().enumerate() {
            into.slope[i] = self.shares[i] - p;
            for (j, &q) in chances.iter().enumerate() {
                into.curvature[i * options + j] = if i == j { p * (1.0 - p) } else { -p * q };
            }
        }
        logs.iter().zip(&self.shares).filter(|(_, s)| **s > 0.0).map(|(log, s)| log * s).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        super::super::check(&Chosen::one(1, 3), &[0.2, -1.0, 1.4]);
        super::super::check(&Chosen { shares: vec![0.5, 0.25, 0.25] }, &[0.2, -1.0, 1.4]);
    }
}
