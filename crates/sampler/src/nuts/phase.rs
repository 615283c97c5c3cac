//! A point of phase space, and the leapfrog that moves it.

use super::Metric;
use crate::LogDensity;

/// A position with its log-density.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub position: Vec<f64>,
    pub gradient: Vec<f64>,
    pub log_density: f64,
}

impl Point {
    pub fn at(density: &mut impl LogDensity, position: Vec<f64>) -> Self {
        let mut gradient = vec![0.0; position.len()];
        let log_density = density.log_density(&position, &mut gradient);
        Self { position, gradient, log_density }
    }
}

/// A point that moves.
#[derive(Clone)]
pub struct Moving {
    pub point: Point,
    pub momentum: Vec<f64>,
}

impl Moving {
    /// Minus the log-density of position and momentum; infinite where there is none.
    pub fn energy(&self, metric: &Metric) -> f64 {
        let energy = metric.kinetic(&self.momentum) - self.point.log_density;
        if energy.is_finite() { energy } else { f64::INFINITY }
    }

    /// One leapfrog step of a signed size.
    pub fn leap(&mut self, density: &mut impl LogDensity, metric: &Metric, step: f64) {
        let Self { point, momentum } = self;
        let half = 0.5 * step;
        let at = point.position.iter_mut().zip(momentum.iter_mut());
        for (((x, p), slope), variance) in at.zip(&point.gradient).zip(metric.variances()) {
            *p += half * slope;
            *x += step * variance * *p;
        }
        point.log_density = density.log_density(&point.position, &mut point.gradient);
        momentum.iter_mut().zip(&point.gradient).for_each(|(p, slope)| *p += half * slope);
    }
}
