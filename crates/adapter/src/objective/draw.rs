//! Answers drawn from what a model predicts: people who behave as the adapter assumes.
//!
//! The likelihood that is fitted is the one that is sampled, so that simulated feedback, posterior
//! predictive checks and simulation-based calibration need no second description of how people answer.

use rand::{Rng, RngExt};

/// The outcome that a uniform number falls on, of log-probabilities that sum to 1. Structural zeros are
/// never drawn.
pub(crate) fn outcome(log_probabilities: &[f64], rng: &mut impl Rng) -> usize {
    let point: f64 = rng.random();
    let mut sum = 0.0;
    for (outcome, log) in log_probabilities.iter().enumerate() {
        sum += log.exp();
        if point < sum {
            return outcome;
        }
    }
    // Rounding may leave the sum a little below 1.
    let likeliest = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
    let all = log_probabilities.iter().enumerate();
    all.max_by(likeliest).map_or(0, |(outcome, _)| outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn outcomes_come_as_often_as_is_said_and_impossible_ones_never() {
        let logs = [0.5f64.ln(), f64::NEG_INFINITY, 0.3f64.ln(), -1e30, 0.2f64.ln()];
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0.0_f64; 5];
        (0..100_000).for_each(|_| counts[outcome(&logs, rng)] += 1e-5);
        for (found, expect) in counts.iter().zip([0.5, 0.0, 0.3, 0.0, 0.2]) {
            assert!((found - expect).abs() < 0.006, "{counts:?}");
        }
    }
}
