//! A value that is out of range: which keys lead to it, and what was expected.
//!
//! Each struct of options checks itself (`Options::check`), as linfa's `ParamGuard` has it; whoever
//! holds such a struct says under which key ([`Problem::within`]).

use std::fmt;

/// A value that stands for nothing or is out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Keys down to the value.
    pub path: Vec<String>,
    /// What is wrong, with expected and found.
    pub message: String,
}

impl Problem {
    /// A problem with the value of `key`.
    pub fn new(key: &str, message: impl Into<String>) -> Self {
        Self { path: vec![key.to_owned()], message: message.into() }
    }

    /// The same problem, seen from the table that holds `key`.
    pub fn within(mut self, key: &str) -> Self {
        self.path.insert(0, key.to_owned());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.join("."), self.message)
    }
}

/// Refuses 0, negative numbers, infinity, NaN, and what is one of them in single precision.
///
/// # Errors
/// `value` is one of them.
pub fn above_zero(key: &str, value: f64) -> Result<(), Problem> {
    in_range(key, value, value > 0.0, "above 0")?;
    in_single(key, value, value as f32 > 0.0)
}

/// Refuses negative numbers, infinity, NaN, and what is infinite in single precision.
///
/// # Errors
/// `value` is one of them.
pub fn not_negative(key: &str, value: f64) -> Result<(), Problem> {
    in_range(key, value, value >= 0.0, "of at least 0")?;
    in_single(key, value, true)
}

fn in_range(key: &str, value: f64, is_inside: bool, range: &str) -> Result<(), Problem> {
    match is_inside && value.is_finite() {
        true => Ok(()),
        false => Err(Problem::new(key, format!("a number {range} is needed, found {value}"))),
    }
}

/// Weights and the options that scale them are single-precision numbers in training.
fn in_single(key: &str, value: f64, is_inside: bool) -> Result<(), Problem> {
    match is_inside && (value as f32).is_finite() {
        true => Ok(()),
        false => {
            let message =
                format!("a number that single precision can hold is needed, found {value:e}");
            Err(Problem::new(key, message))
        }
    }
}

/// Refuses counts below `least`.
///
/// # Errors
/// `value` is one.
pub fn at_least(key: &str, value: u64, least: u64) -> Result<(), Problem> {
    match value >= least {
        true => Ok(()),
        false => Err(Problem::new(key, format!("at least {least} is needed, found {value}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_zero_or_infinite_in_single_precision_is_refused() {
        assert!(above_zero("epsilon", 1e-46).unwrap_err().to_string().contains("found 1e-46"));
        assert!(not_negative("head-scale", 1e39).unwrap_err().to_string().contains("found 1e39"));
        assert!(above_zero("learning-rate", 1e38).is_ok() && not_negative("x", 1e-46).is_ok());
    }

    #[test]
    fn ranges_refuse_what_is_no_number_of_theirs() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(above_zero("rate", value).is_err(), "{value}");
        }
        assert_eq!(above_zero("rate", 1e-30), Ok(()));
        for value in [-1e-30, f64::NAN, f64::INFINITY] {
            assert!(not_negative("decay", value).is_err(), "{value}");
        }
        assert_eq!(not_negative("decay", 0.0), Ok(()));
        assert_eq!(at_least("epochs", 1, 1), Ok(()));
        let problem = at_least("epochs", 0, 1).unwrap_err().within("training");
        assert_eq!(problem.to_string(), "`training.epochs`: at least 1 is needed, found 0");
    }
}
