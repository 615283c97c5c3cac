//! How far is a number off because the people were few, and how sure is it?

use serde::{Deserialize, Serialize};

/// A number with what leaving out one person at a time says about it (Quenouille 1956, Tukey 1958).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jackknifed {
    /// Of all people.
    pub value: f64,
    /// `A value - (A - 1) mean_a value_(-a)`: without the part of the bias that falls as one over the number
    /// of people. NaN with one person.
    pub corrected: f64,
    /// `sqrt((A - 1) / A sum_a (value_(-a) - mean)^2)`. NaN with one person.
    pub se: f64,
}

impl Jackknifed {
    /// From the number of all people and those without each of them.
    pub fn new(value: f64, without: &[f64]) -> Self {
        if without.len() < 2 {
            return Self { value, corrected: f64::NAN, se: f64::NAN };
        }
        let people = without.len() as f64;
        let mean = without.iter().sum::<f64>() / people;
        let squares: f64 = without.iter().map(|one| (one - mean).powi(2)).sum();
        let corrected = people * value - (people - 1.0) * mean;
        Self { value, corrected, se: ((people - 1.0) / people * squares).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_of_a_sample_loses_its_bias() {
        // Of 1, 2, 6 the mean square around the mean is 14/3, unbiased 7. Without each: 4, 6.25, 0.25.
        let found = Jackknifed::new(14.0 / 3.0, &[4.0, 6.25, 0.25]);
        assert!((found.corrected - 7.0).abs() < 1e-12, "{found:?}");
        assert!((found.se - (2.0_f64 / 3.0 * 18.375).sqrt()).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn the_error_of_a_mean_is_the_usual_one() {
        // Of 1, 2, 6: mean 3, standard deviation sqrt 7. Without each: 4, 3.5, 1.5.
        let found = Jackknifed::new(3.0, &[4.0, 3.5, 1.5]);
        assert!((found.corrected - 3.0).abs() < 1e-12);
        assert!((found.se - (7.0_f64 / 3.0).sqrt()).abs() < 1e-12, "{found:?}");
        assert!(Jackknifed::new(3.0, &[f64::NAN]).se.is_nan());
    }
}
