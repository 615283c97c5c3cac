//! Densities whose moments are known.

use crate::LogDensity;

/// Independent normal coordinates of means and standard deviations.
pub struct Normals(pub Vec<[f64; 2]>);

impl LogDensity for Normals {
    fn dim(&self) -> usize {
        self.0.len()
    }

    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        let mut sum = 0.0;
        for ((x, slope), [mean, sd]) in position.iter().zip(gradient).zip(&self.0) {
            *slope = (mean - x) / (sd * sd);
            sum += 0.5 * (mean - x) * *slope;
        }
        -sum
    }
}

/// `f` in place of a density.
pub struct Of<F>(pub usize, pub F);

impl<F: FnMut(&[f64], &mut [f64]) -> f64> LogDensity for Of<F> {
    fn dim(&self) -> usize {
        self.0
    }

    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        (self.1)(position, gradient)
    }
}
