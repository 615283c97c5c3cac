//! The log-likelihood of statements as a function of one person's coordinates, with exact derivatives.

use crate::{Evaluated, Panel};
use nalgebra::{DMatrix, DVector};

/// A log-likelihood, in nats, and its derivatives in coordinates.
#[derive(Clone, Debug)]
pub struct Quadratic {
    pub value: f64,
    pub slope: DVector<f64>,
    /// Minus the second derivatives.
    pub curvature: DMatrix<f64>,
}

impl Quadratic {
    pub fn zeros(width: usize) -> Self {
        Self { value: 0.0, slope: DVector::zeros(width), curvature: DMatrix::zeros(width, width) }
    }

    fn clear(&mut self) {
        self.value = 0.0;
        self.slope.fill(0.0);
        self.curvature.fill(0.0);
    }
}

/// Predictors of a statement under these coordinates.
pub fn predictors(panel: &Panel, statement: usize, view: &[f64]) -> Vec<f64> {
    let of = |row: &Vec<(usize, f64)>| row.iter().map(|&(i, x)| x * view[i]).sum();
    panel.rows(statement).iter().map(of).collect()
}

/// Of these statements, each counted `weight` times.
pub fn evaluate(
    panel: &Panel,
    statements: &[usize],
    view: &[f64],
    weight: f64,
    into: &mut Quadratic,
) {
    into.clear();
    add(panel, statements, view, weight, into);
}

/// Adds that of these statements.
pub fn add(panel: &Panel, statements: &[usize], view: &[f64], weight: f64, into: &mut Quadratic) {
    let mut own = Evaluated::default();
    for &statement in statements {
        let eta = predictors(panel, statement, view);
        let value = panel.statements()[statement].answer.evaluate(&eta, &mut own);
        into.value += weight * value;
        let rows = panel.rows(statement);
        for (j, row) in rows.iter().enumerate() {
            let slope = weight * own.slope[j];
            for &(i, x) in row {
                into.slope[i] += slope * x;
            }
            for (k, other) in rows.iter().enumerate() {
                let curve = weight * own.curvature[j * rows.len() + k];
                if curve == 0.0 {
                    continue;
                }
                for &(i, x) in row {
                    for &(l, y) in other {
                        into.curvature[(i, l)] += curve * x * y;
                    }
                }
            }
        }
    }
}

/// Slope of the log-likelihood of these statements, which is what it gives, in nats.
pub fn slope(panel: &Panel, statements: &[usize], view: &[f64], into: &mut [f64]) -> f64 {
    into.fill(0.0);
    let mut value = 0.0;
    let mut own = Evaluated::default();
    for &statement in statements {
        let eta = predictors(panel, statement, view);
        value += panel.statements()[statement].answer.evaluate(&eta, &mut own);
        for (row, slope) in panel.rows(statement).iter().zip(&own.slope) {
            row.iter().for_each(|&(i, x)| into[i] += slope * x);
        }
    }
    value
}

/// The log-likelihood of these statements, in nats.
pub fn log_likelihood(panel: &Panel, statements: &[usize], view: &[f64]) -> f64 {
    let mut own = Evaluated::default();
    let mut of = |&statement: &usize| {
        let eta = predictors(panel, statement, view);
        panel.statements()[statement].answer.evaluate(&eta, &mut own)
    };
    statements.iter().map(&mut of).sum()
}

/// The log-likelihood of what was said under log-probabilities of responses.
pub fn said(logs: &[f64], observed: &[f64]) -> f64 {
    logs.iter().zip(observed).filter(|(_, share)| **share > 0.0).map(|(log, o)| log * o).sum()
}
