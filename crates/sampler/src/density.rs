//! What is sampled from?

/// The logarithm of a density on R^n, up to a constant, with its gradient.
pub trait LogDensity {
    /// Length of a position.
    fn dim(&self) -> usize;

    /// Log-density at `position` in nats; its gradient is put into `gradient`, which is as long.
    ///
    /// Where there is no density, minus infinity; NaN is taken for that within a trajectory, is counted
    /// as a divergence, and is an error at a start.
    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64;
}
