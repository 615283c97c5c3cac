//! Which step size has the acceptance that is asked for?

use super::Metric;
use super::phase::{Moving, Point};
use crate::{LogDensity, SamplerError};
use medley_random::normals;
use rand_chacha::ChaCha8Rng;

/// Acceptance at which the first step size is looked for (Hoffman and Gelman 2014, algorithm 4).
const HALFWAY: f64 = 0.8;

/// Halvings or doublings before the search gives up.
const MOST: usize = 200;

/// Dual averaging of the logarithm of a step size (Hoffman and Gelman 2014, section 3.2), with the
/// constants there.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSize {
    /// The step of the next transition.
    pub step: f64,
    pub anchor: f64,
    pub count: f64,
    pub error: f64,
    pub log_mean: f64,
}

impl StepSize {
    /// Around ten times a step.
    pub fn around(step: f64) -> Self {
        Self { step, anchor: (10.0 * step).ln(), count: 0.0, error: 0.0, log_mean: 0.0 }
    }

    /// Learns from the mean acceptance of a trajectory.
    pub fn learn(&mut self, acceptance: f64, target: f64) {
        const SHRINKAGE: f64 = 0.05;
        const DELAY: f64 = 10.0;
        const FORGETTING: f64 = 0.75;
        self.count += 1.0;
        let weight = (self.count + DELAY).recip();
        self.error = (1.0 - weight) * self.error + weight * (target - acceptance.min(1.0));
        let log_step = self.anchor - self.error * self.count.sqrt() / SHRINKAGE;
        let weight = self.count.powf(-FORGETTING);
        self.log_mean = (1.0 - weight) * self.log_mean + weight * log_step;
        self.step = log_step.exp();
    }

    /// Keeps the mean of what was tried.
    pub fn settle(&mut self) {
        if self.count > 0.0 {
            self.step = self.log_mean.exp();
        }
    }
}

/// A step whose acceptance is near the middle, found by doubling or halving `guess`.
pub fn first_step(
    density: &mut impl LogDensity,
    point: &Point,
    metric: &Metric,
    guess: f64,
    rng: &mut ChaCha8Rng,
    chain: usize,
) -> Result<f64, SamplerError> {
    let mut step = if guess.is_finite() && guess > 0.0 { guess } else { 1.0 };
    let mut change = |step: f64| {
        let mut normal = vec![0.0; point.position.len()];
        normals(rng, &mut normal);
        let mut moving = Moving { point: point.clone(), momentum: metric.momentum(normal) };
        let start = moving.energy(metric);
        moving.leap(density, metric, step);
        start - moving.energy(metric)
    };
    let mut found = change(step);
    let grows = found > HALFWAY.ln();
    for _ in 0..MOST {
        if (found > HALFWAY.ln()) != grows {
            return Ok(step);
        }
        step *= if grows { 2.0 } else { 0.5 };
        found = change(step);
    }
    Err(SamplerError::NoStep { chain, step, error: found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_settles_where_acceptance_is_the_target() {
        // Acceptance falls with the step: 1 / (1 + step), 0.8 at 0.25.
        let mut size = StepSize::around(3.0);
        for _ in 0..2000 {
            size.learn(1.0 / (1.0 + size.step), 0.8);
        }
        size.settle();
        assert!((size.step - 0.25).abs() < 0.01, "{}", size.step);
    }
}
