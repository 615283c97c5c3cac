//! What is believed of a person.

use crate::Panel;
use crate::linear::predictors;
use nalgebra::{DMatrix, DVector};
use rand::Rng;
use std::sync::Arc;

/// What one person may want: a few possibilities, each with its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    /// Weights, which sum to 1, and views.
    pub atoms: Vec<(f64, View)>,
}

/// One possible person.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Coordinates of features and columns: returns are linear.
    Linear(Vec<f64>),
    /// Returns of all items of the panel, and columns.
    Returns {
        /// One number an item.
        items: Arc<Vec<f64>>,
        /// One number a column.
        columns: Vec<f64>,
    },
}

impl Belief {
    /// One possibility.
    pub fn certain(view: Vec<f64>) -> Self {
        Self { atoms: vec![(1.0, View::Linear(view))] }
    }

    /// So many draws of a normal distribution.
    pub fn normal(
        mean: &DVector<f64>,
        covariance: &DMatrix<f64>,
        draws: usize,
        rng: &mut impl Rng,
    ) -> Self {
        let factor = root(covariance);
        let weight = 1.0 / draws as f64;
        let mut atoms = Vec::with_capacity(draws);
        for _ in 0..draws {
            let z = DVector::from_fn(mean.len(), |_, _| medley_random::normal(rng));
            let view = mean + &factor * z;
            atoms.push((weight, View::Linear(view.as_slice().to_vec())));
        }
        Self { atoms }
    }

    /// The same with other coordinates of linear views.
    pub(crate) fn map_linear(mut self, of: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        for (_, view) in &mut self.atoms {
            if let View::Linear(own) = view {
                *own = of(own);
            }
        }
        self
    }

    /// Log-probability of each response to a statement: probabilities are averaged over possibilities.
    pub fn log_probabilities(&self, panel: &Panel, statement: usize) -> Vec<f64> {
        let answer = &panel.statements()[statement].answer;
        let of = |view: &View| answer.log_probabilities(&view.predictors(panel, statement));
        if let [(_, view)] = self.atoms.as_slice() {
            return of(view);
        }
        let logs: Vec<(f64, Vec<f64>)> =
            self.atoms.iter().map(|(weight, view)| (weight.ln(), of(view))).collect();
        let responses = logs.first().map_or(0, |(_, logs)| logs.len());
        let sum = |response: usize| log_sum(logs.iter().map(|(w, logs)| w + logs[response]));
        (0..responses).map(sum).collect()
    }

    /// Log-likelihood of each possibility for what a person said in these statements, in nats.
    pub fn log_likelihoods(&self, panel: &Panel, statements: &[usize]) -> Vec<f64> {
        let of = |view: &View| {
            let one = |&statement: &usize| {
                let answer = &panel.statements()[statement].answer;
                let logs = answer.log_probabilities(&view.predictors(panel, statement));
                crate::linear::said(&logs, &answer.observed())
            };
            statements.iter().map(one).sum()
        };
        self.atoms.iter().map(|(_, view)| of(view)).collect()
    }

    /// What these items are worth to the person, on average over possibilities, in nats.
    pub fn utilities(&self, panel: &Panel, items: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; items.len()];
        for (weight, view) in &self.atoms {
            for (sum, &item) in sums.iter_mut().zip(items) {
                *sum += weight * view.utility(panel, item);
            }
        }
        sums
    }
}

impl View {
    /// What an item is worth, in nats.
    pub fn utility(&self, panel: &Panel, item: usize) -> f64 {
        match self {
            Self::Linear(view) => panel.items()[item].iter().zip(view).map(|(x, w)| x * w).sum(),
            Self::Returns { items, .. } => items[item],
        }
    }

    /// Predictors of a statement.
    pub fn predictors(&self, panel: &Panel, statement: usize) -> Vec<f64> {
        match self {
            Self::Linear(view) => predictors(panel, statement, view),
            Self::Returns { items, columns } => {
                let of = |(pairs, values): (&Vec<(usize, f64)>, &[f64])| -> f64 {
                    pairs.iter().map(|&(i, weight)| weight * values[i]).sum()
                };
                let predictor = |p: &crate::Predictor| {
                    of((&p.items, items.as_slice())) + of((&p.columns, columns.as_slice()))
                };
                panel.statements()[statement].predictors.iter().map(predictor).collect()
            }
        }
    }
}

/// A matrix whose square is a covariance, which may be singular.
fn root(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    if covariance.is_empty() {
        return covariance.clone();
    }
    let eigen = covariance.clone().symmetric_eigen();
    let scales = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    eigen.eigenvectors * DMatrix::from_diagonal(&scales)
}

/// The logarithm of a sum of which these are the logarithms.
fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + logs.map(|log| (log - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, PanelParts, Predictor, Statement};

    #[test]
    fn what_hardly_any_possibility_says_has_a_likelihood() {
        let panel = Panel::new(PanelParts {
            features: vec!["x".to_owned()],
            items: vec![vec![-2000.0]],
            people: 1,
            statements: vec![Statement {
                person: 0,
                predictors: vec![Predictor::of(0)],
                answer: Arc::new(Binary { yes: 1.0 }),
            }],
            ..PanelParts::default()
        });
        let atoms = vec![(0.25, View::Linear(vec![1.0])), (0.75, View::Linear(vec![2.0]))];
        let logs = Belief { atoms }.log_probabilities(&panel.unwrap(), 0);
        assert!((logs[0] - (0.25_f64.ln() - 2000.0)).abs() < 1e-9 && logs[1].abs() < 1e-12);
    }
}
