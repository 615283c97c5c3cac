//! Why is a measure of people undefined?

/// Why a measure of people is undefined.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Nothing to measure.
    #[error("expected at least one of {what}, found none")]
    Empty {
        /// Of what.
        what: &'static str,
    },
    /// A number outside of its range.
    #[error("{what} {index}: expected {expected}, found {found}")]
    Value {
        /// Of what.
        what: &'static str,
        /// Its place, from 0.
        index: usize,
        /// The range.
        expected: &'static str,
        /// As given.
        found: f64,
    },
    /// Two things that belong together have unequal lengths.
    #[error("{what} {index}: expected {expected} numbers, found {found}")]
    Length {
        /// Of what.
        what: &'static str,
        /// Its place, from 0.
        index: usize,
        /// Length that the others have.
        expected: usize,
        /// As given.
        found: usize,
    },
    /// A person or a pair that is not there.
    #[error("{what} {found} is not one of the {count}")]
    Unknown {
        /// Of what.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// As given.
        found: usize,
    },
    /// A person who would be counted in two groups.
    #[error("person {person} is said to be of group {one} and of group {other}")]
    TwoGroups {
        /// Number of the person.
        person: u32,
        /// As said first.
        one: u32,
        /// As said later.
        other: u32,
    },
}

/// Refuses numbers of which `fits` does not hold.
pub(super) fn check(
    what: &'static str,
    expected: &'static str,
    values: impl IntoIterator<Item = f64>,
    fits: impl Fn(f64) -> bool,
) -> Result<(), MeasureError> {
    match values.into_iter().enumerate().find(|(_, value)| !fits(*value)) {
        Some((index, found)) => Err(MeasureError::Value { what, index, expected, found }),
        None => Ok(()),
    }
}

/// Refuses an empty list.
pub(super) fn some<T>(what: &'static str, list: &[T]) -> Result<(), MeasureError> {
    match list.is_empty() {
        true => Err(MeasureError::Empty { what }),
        false => Ok(()),
    }
}
