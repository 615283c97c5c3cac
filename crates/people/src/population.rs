//! How what people want is spread: `N(Delta' z, V)`, z what is known of a person.

use nalgebra::{DMatrix, DVector};

/// A normal population of coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Mean for each number known of a person, the first of which is 1. `[1 + covariate, coordinate]`
    pub mean: DMatrix<f64>,
    /// Covariance of people around that. `[coordinate, coordinate]`
    pub covariance: DMatrix<f64>,
}

impl Population {
    /// The mean of people of whom this is known.
    pub fn mean_of(&self, known: &[f64]) -> DVector<f64> {
        self.mean.transpose() * DVector::from_column_slice(known)
    }

    /// Share of the variance between people that what is known of them explains:
    /// `trace(Delta' Cov(z) Delta) / trace(Delta' Cov(z) Delta + V)`.
    pub fn explained(&self, known: &[&[f64]]) -> f64 {
        let count = known.len().max(1) as f64;
        let width = self.mean.ncols();
        let means: Vec<DVector<f64>> = known.iter().map(|z| self.mean_of(z)).collect();
        let center = means.iter().fold(DVector::zeros(width), |sum, mean| sum + mean) / count;
        let between: f64 =
            means.iter().map(|mean| (mean - &center).norm_squared()).sum::<f64>() / count;
        let rest = self.covariance.trace();
        if between + rest > 0.0 { between / (between + rest) } else { 0.0 }
    }
}
