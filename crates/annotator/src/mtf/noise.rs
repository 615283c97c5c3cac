//! The noise model: a normal distribution around the true score, cut off at both sides.

use medley_random::normal;
use rand::Rng;

/// A number from `Normal(mean, width / 4)`, truncated to `mean - width / 2` to `mean + width / 2` and to
/// `low` to `high`. The mean itself without a width, or where nothing is left of the range.
pub(crate) fn noisy(mean: f64, width: f64, (low, high): (f64, f64), rng: &mut impl Rng) -> f64 {
    let (low, high) = (low.max(mean - width / 2.0), high.min(mean + width / 2.0));
    if width <= 0.0 || low >= high {
        return mean;
    }
    // Of a mean within the range at least half of the mass within two standard deviations.
    for _ in 0..1000 {
        let drawn = mean + width / 4.0 * normal(rng);
        if (low..=high).contains(&drawn) {
            return drawn;
        }
    }
    mean.clamp(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_random::stream;

    #[test]
    fn noise_stays_within_half_its_width_and_the_scale() {
        let rng = &mut stream(1, "noise");
        let drawn: Vec<f64> = (0..4000).map(|_| noisy(8.0, 4.0, (0.0, 9.0), rng)).collect();
        assert!(drawn.iter().all(|x| (6.0..=9.0).contains(x)));
        // Of a standard normal distribution cut off at -2 and 1: mean (phi(2) - phi(1)) / (Phi(1) - Phi(-2)).
        let mean = drawn.iter().sum::<f64>() / 4000.0;
        let expect = 8.0 + (0.053_991 - 0.241_971) / (0.841_345 - 0.022_750);
        assert!((mean - expect).abs() < 0.05, "{mean} {expect}");
        assert_eq!(noisy(3.0, 0.0, (0.0, 9.0), rng), 3.0);
    }
}
