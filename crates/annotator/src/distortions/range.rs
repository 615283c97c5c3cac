//! What numbers options of distortions may be.

use medley_toml_file::Problem;

/// Refuses what is no number from 0 to 1.
pub(crate) fn share(key: &str, value: f64) -> Result<(), Problem> {
    match (0.0..=1.0).contains(&value) {
        true => Ok(()),
        false => Err(Problem::new(key, format!("a number from 0 to 1 is needed, found {value}"))),
    }
}

/// Refuses what is no finite number.
pub(crate) fn finite(key: &str, value: f64) -> Result<(), Problem> {
    match value.is_finite() {
        true => Ok(()),
        false => Err(Problem::new(key, format!("a finite number is needed, found {value}"))),
    }
}
