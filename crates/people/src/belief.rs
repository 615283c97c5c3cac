//! What is believed of a person.

use crate::Panel;
use crate::linear::predictors;
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};
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
            let z = DVector::from_fn(mean.len(), |_, _| standard_normal(rng));
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
        let mut sums: Vec<f64> = Vec::new();
        for (weight, view) in &self.atoms {
            let logs = of(view);
            sums.resize(logs.len(), 0.0);
            sums.iter_mut().zip(&logs).for_each(|(sum, log)| *sum += weight * log.exp());
        }
        sums.into_iter().map(f64::ln).collect()
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
    let eigen = covariance.clone().symmetric_eigen();
    let scales = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    eigen.eigenvectors * DMatrix::from_diagonal(&scales)
}

/// By Box and Muller.
fn standard_normal(rng: &mut impl Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}
