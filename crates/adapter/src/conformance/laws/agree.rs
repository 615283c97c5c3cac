//! Do numbers agree, and what is the verdict on it?

use crate::conformance::Verdict;

/// For laws that may have nothing to look at.
pub(super) fn judged(found: Result<Option<&'static str>, String>) -> Verdict {
    match found {
        Ok(None) => Verdict::Held,
        Ok(Some(reason)) => Verdict::Skipped(reason),
        Err(problem) => Verdict::Broken(problem),
    }
}

/// Whether numbers of statements agree.
pub(super) fn equal(
    what: &str,
    found: &[f64],
    expected: &[f64],
    tolerance: f64,
) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{what}: {} numbers, expected {}", found.len(), expected.len()));
    }
    // A NaN agrees with nothing.
    let differs = |(_, (a, b)): &(usize, (&f64, &f64))| !near(**a, **b, tolerance);
    match found.iter().zip(expected).enumerate().find(differs) {
        Some((i, (found, expected))) => {
            Err(format!("{what}: statement {i} has {found}, expected {expected}"))
        }
        None => Ok(()),
    }
}

pub(super) fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * (1.0 + expected.abs())
}
