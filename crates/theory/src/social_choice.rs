//! What does a population prefer, pair by pair, and which order follows from it?

use crate::sigmoid::log_sigmoid;
use medley_evaluation::entropy;

/// How often each item beats each other one in a population, and how often the pair is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    wins: Vec<Vec<f64>>,
    weights: Vec<Vec<f64>>,
}

impl Preferences {
    /// `wins[i][j]` is the probability that i is preferred to j, with half of the ties; every
    /// pair of different items is asked equally often. The diagonal is ignored.
    ///
    /// # Errors
    /// The matrix is not square, or `wins[i][j] + wins[j][i]` is not 1 within 1e-9.
    pub fn uniform(wins: Vec<Vec<f64>>) -> Result<Self, PreferenceError> {
        let weights = vec![vec![1.0; wins.len()]; wins.len()];
        Preferences::weighted(wins, weights)
    }

    /// As [`uniform`](Preferences::uniform), with `weights[i][j] = weights[j][i]` for how often
    /// the pair is asked, 0 for never.
    ///
    /// # Errors
    /// As `uniform`, and if the weights are negative or not symmetric.
    pub fn weighted(wins: Vec<Vec<f64>>, weights: Vec<Vec<f64>>) -> Result<Self, PreferenceError> {
        let items = wins.len();
        let square = |matrix: &[Vec<f64>]| matrix.iter().all(|row| row.len() == items);
        if !square(&wins) || !square(&weights) || weights.len() != items {
            return Err(PreferenceError::Shape { items });
        }
        for (i, j) in pairs(items) {
            let sum = wins[i][j] + wins[j][i];
            let probability = wins[i][j] >= 0.0 && wins[j][i] >= 0.0;
            if !(probability && (sum - 1.0).abs() <= 1e-9) {
                return Err(PreferenceError::Sum { i, j, sum });
            }
            let symmetric = weights[i][j] == weights[j][i];
            if !(symmetric && weights[i][j] >= 0.0 && weights[i][j].is_finite()) {
                return Err(PreferenceError::Weight { i, j });
            }
        }
        Ok(Preferences { wins, weights })
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.wins.len()
    }

    /// Probability that i is preferred to j.
    pub fn wins(&self, i: usize, j: usize) -> f64 {
        self.wins[i][j]
    }

    /// How often the pair is asked.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        self.weights[i][j]
    }

    /// The Borda score of each item: its mean probability of winning over the *other* items it is
    /// asked against. NaN for an item that is never asked.
    pub fn borda(&self) -> Vec<f64> {
        let score = |i: usize| {
            let others = || (0..self.items()).filter(move |j| *j != i);
            let won: f64 = others().map(|j| self.weights[i][j] * self.wins[i][j]).sum();
            won / others().map(|j| self.weights[i][j]).sum::<f64>()
        };
        (0..self.items()).map(score).collect()
    }

    /// Negative log-likelihood in nats per comparison of Bradley-Terry scores.
    pub fn cross_entropy(&self, scores: &[f64]) -> f64 {
        assert_eq!(scores.len(), self.items(), "scores and items");
        self.per_comparison(|i, j| {
            let d = scores[i] - scores[j];
            let term = |p: f64, d: f64| if p > 0.0 { -p * log_sigmoid(d) } else { 0.0 };
            term(self.wins[i][j], d) + term(self.wins[j][i], -d)
        })
    }

    /// Entropy in nats per comparison of the answers given the pair: what no model that sees only
    /// the two items can go below. Ties are answers that fall either way with equal probability.
    pub fn irreducible_entropy(&self) -> f64 {
        self.per_comparison(|i, j| entropy(&[self.wins[i][j], self.wins[j][i]]))
    }

    fn per_comparison(&self, loss: impl Fn(usize, usize) -> f64) -> f64 {
        let weight: f64 = pairs(self.items()).map(|(i, j)| self.weights[i][j]).sum();
        let total: f64 = pairs(self.items()).map(|(i, j)| self.weights[i][j] * loss(i, j)).sum();
        total / weight
    }
}

/// All pairs with `j < i`.
pub(crate) fn pairs(items: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..items).flat_map(|i| (0..i).map(move |j| (i, j)))
}

/// Position of the first largest value; `None` if empty.
pub fn argmax(values: &[f64]) -> Option<usize> {
    (0..values.len()).reduce(|best, i| if values[i] > values[best] { i } else { best })
}

/// Why matrices are no preferences.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PreferenceError {
    /// Not square, or weights of another shape.
    #[error("both matrices must be {items} by {items}")]
    Shape {
        /// Rows of the first.
        items: usize,
    },
    /// The two directions do not sum to 1.
    #[error("the answers to pair ({i}, {j}) must be probabilities that sum to 1, not to {sum}")]
    Sum {
        /// First item.
        i: usize,
        /// Second item.
        j: usize,
        /// Of both directions.
        sum: f64,
    },
    /// A negative, infinite or asymmetric weight.
    #[error("the weights of pair ({i}, {j}) must be equal, finite and not negative")]
    Weight {
        /// First item.
        i: usize,
        /// Second item.
        j: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borda_leaves_out_the_item_itself() {
        let wins = vec![vec![0.5, 0.8, 0.6], vec![0.2, 0.5, 0.3], vec![0.4, 0.7, 0.5]];
        let borda = Preferences::uniform(wins).unwrap().borda();
        for (got, expect) in borda.iter().zip([0.7, 0.25, 0.55]) {
            assert!((got - expect).abs() < 1e-12);
        }
        assert_eq!(argmax(&borda), Some(0));
    }

    #[test]
    fn entropy_and_cross_entropy_by_hand() {
        let preferences = Preferences::uniform(vec![vec![0.5, 0.75], vec![0.25, 0.5]]).unwrap();
        let entropy = -(0.75 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln());
        assert!((preferences.irreducible_entropy() - entropy).abs() < 1e-12);
        assert!((preferences.cross_entropy(&[3.0_f64.ln(), 0.0]) - entropy).abs() < 1e-12);
        assert!((preferences.cross_entropy(&[0.0, 0.0]) - 2.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn impossible_preferences_are_named() {
        let error = Preferences::uniform(vec![vec![0.5, 0.7], vec![0.2, 0.5]]).unwrap_err();
        assert!(matches!(error, PreferenceError::Sum { i: 1, j: 0, .. }));
        assert!(Preferences::uniform(vec![vec![0.5]; 2]).is_err());
        let fair = vec![vec![0.5; 2]; 2];
        let odd = vec![vec![0.0, 1.0], vec![2.0, 0.0]];
        let error = Preferences::weighted(fair, odd).unwrap_err();
        assert_eq!(error, PreferenceError::Weight { i: 1, j: 0 });
    }
}
