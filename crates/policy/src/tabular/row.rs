//! What is a state worth, and what is done in it, given what its actions are worth?

/// The largest.
pub(super) fn best(row: &[f64]) -> f64 {
    row.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// `t log sum exp(q / t)`, shifted by the largest so that nothing overflows; the largest at 0.
pub(super) fn soft_best(row: &[f64], temperature: f64) -> f64 {
    let best = best(row);
    if temperature == 0.0 {
        return best;
    }
    let sum: f64 = row.iter().map(|value| ((value - best) / temperature).exp()).sum();
    best + temperature * sum.ln()
}

/// Writes the probability of each action by `exp(rationality q)`, and gives the largest value and the sum of
/// `exp(rationality (q - largest))`, which with it is all that logarithms of these need.
pub(super) fn choose_softly(row: &[f64], rationality: f64, chosen: &mut [f64]) -> (f64, f64) {
    let best = best(row);
    for (weight, value) in chosen.iter_mut().zip(row) {
        *weight = (rationality * (value - best)).exp();
    }
    let sum: f64 = chosen.iter().sum();
    chosen.iter_mut().for_each(|weight| *weight /= sum);
    (best, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_maximum_lies_between_the_largest_and_all_of_them() {
        let check = |row: &[f64], temperature: f64, expect: f64| {
            let found = soft_best(row, temperature);
            assert!((found - expect).abs() <= 1e-12 * expect.abs(), "{found}, {expect}");
        };
        check(&[1.0, 1.0], 2.0, 1.0 + 2.0 * 2.0_f64.ln());
        check(&[0.0, 3.0_f64.ln()], 1.0, 4.0_f64.ln());
        check(&[1e300, 0.0], 1e-3, 1e300);
        check(&[-5.0, -7.0], 0.0, -5.0);
    }
}
