//! The most likely coordinates under a normal prior.

use crate::linear::Quadratic;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// A maximum, and the precision there: second derivatives of minus the log-posterior.
pub struct Mode {
    pub at: DVector<f64>,
    pub precision: Cholesky<f64, Dyn>,
    /// Log-posterior up to a constant, in nats.
    pub value: f64,
}

/// Where the slope is shorter than this, in nats per unit of a coordinate.
const TOLERANCE: f64 = 1e-9;
/// An increase that is smaller cannot be told from rounding.
const ROUNDING: f64 = 1e-13;
const STEPS: usize = 200;
const HALVINGS: usize = 60;

/// Climbs by Newton's steps, halved until they gain. `evaluate` puts the log-posterior with its
/// derivatives in place. None if it is finite nowhere along the way, or does not curve downwards.
pub fn maximize(
    start: &DVector<f64>,
    evaluate: impl FnMut(&DVector<f64>, &mut Quadratic),
) -> Option<Mode> {
    maximize_to(0.0, start, evaluate)
}

/// The same, and it ends where a step promises to gain less than so many nats: for what is itself only
/// known up to rounding, such as a maximum over other coordinates.
pub fn maximize_to(
    enough: f64,
    start: &DVector<f64>,
    mut evaluate: impl FnMut(&DVector<f64>, &mut Quadratic),
) -> Option<Mode> {
    let mut at = start.clone();
    let mut here = Quadratic::zeros(start.len());
    let mut there = Quadratic::zeros(start.len());
    evaluate(&at, &mut here);
    if !here.value.is_finite() {
        return None;
    }
    let mut precision = factor(&here.curvature)?;
    for _ in 0..STEPS {
        if here.slope.amax() < TOLERANCE {
            break;
        }
        let step = precision.solve(&here.slope);
        if 0.5 * step.dot(&here.slope) < enough {
            break;
        }
        let mut length = 1.0;
        let mut gained = false;
        for _ in 0..HALVINGS {
            let next = &at + &step * length;
            evaluate(&next, &mut there);
            if there.value.is_finite() && there.value > here.value {
                at = next;
                gained = true;
                break;
            }
            length *= 0.5;
        }
        if !gained {
            break;
        }
        let gain = there.value - here.value;
        std::mem::swap(&mut here, &mut there);
        precision = factor(&here.curvature)?;
        if gain <= ROUNDING * (1.0 + here.value.abs()) {
            break;
        }
    }
    Some(Mode { at, precision, value: here.value })
}

/// Where the log-posterior does not curve downwards in some direction, as much as it takes is added.
fn factor(curvature: &DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    let scale = curvature.diagonal().amax().max(1e-300);
    let mut more = 0.0;
    for _ in 0..40 {
        let mut tried = curvature.clone();
        (0..tried.nrows()).for_each(|i| tried[(i, i)] += more);
        if let Some(found) = Cholesky::new(tried) {
            return Some(found);
        }
        more = if more == 0.0 { 1e-12 * scale } else { more * 10.0 };
    }
    None
}

/// Points, two for each coordinate and all of one weight, with the mean and the covariance of the normal
/// distribution around a mode (Julier and Uhlmann 1997). Expectations of cubic polynomials are exact.
pub fn sigma_points(mode: &Mode) -> Vec<DVector<f64>> {
    let count = mode.at.len();
    let scale = (count as f64).sqrt();
    // P = R R' gives P^-1 = R'^-1 R^-1: columns of R'^-1 are steps.
    let root = mode.precision.l().transpose();
    let unit = DMatrix::identity(count, count);
    let steps = root.solve_upper_triangular(&unit).unwrap_or_else(|| DMatrix::zeros(count, count));
    (0..count)
        .flat_map(|b| {
            let step = steps.column(b) * scale;
            [&mode.at + &step, &mode.at - step]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigma_points_have_the_moments() {
        let covariance = DMatrix::from_row_slice(2, 2, &[0.5, 0.2, 0.2, 0.3]);
        let at = DVector::from_column_slice(&[1.0, -2.0]);
        let precision = Cholesky::new(covariance.clone().try_inverse().unwrap()).unwrap();
        let points = sigma_points(&Mode { at: at.clone(), precision, value: 0.0 });
        let mean = points.iter().fold(DVector::zeros(2), |sum, x| sum + x) / 4.0;
        let square = |x: &DVector<f64>| (x - &at) * (x - &at).transpose();
        let spread = points.iter().fold(DMatrix::zeros(2, 2), |sum, x| sum + square(x)) / 4.0;
        assert!((mean - &at).amax() < 1e-12 && (spread - covariance).amax() < 1e-12);
    }
}
