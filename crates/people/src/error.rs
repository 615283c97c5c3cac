//! Why people cannot be modelled so.

/// Why there is no panel, or no fit of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PeopleError {
    /// Nothing was said.
    #[error("expected at least one statement, found none")]
    Nothing,
    /// A statement about something that is not there.
    #[error("statement {statement}: expected {what} below {count}, found {found}")]
    Missing {
        /// Number of the statement, from 0.
        statement: usize,
        /// What it names.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// What it says.
        found: usize,
    },
    /// A number that is none.
    #[error("{place}: expected a finite number, found {found}")]
    NotFinite {
        /// Where.
        place: String,
        /// What is there.
        found: f64,
    },
    /// A statement with another number of predictors than its answer takes.
    #[error("statement {statement}: expected {expected} predictors, found {found}")]
    Predictors {
        /// Number of the statement, from 0.
        statement: usize,
        /// What its answer takes.
        expected: usize,
        /// What it has.
        found: usize,
    },
    /// Rows of unequal length.
    #[error("{what}: expected {expected} numbers, found {found}")]
    Length {
        /// Of what.
        what: String,
        /// Expected.
        expected: usize,
        /// Found.
        found: usize,
    },
    /// A fit that did not come to an end.
    #[error("`people.{model}`: {message}")]
    Fit {
        /// Name of the model.
        model: &'static str,
        /// What happened, what was expected.
        message: String,
    },
    /// Too few people or answers for the model.
    #[error("`people.{model}`: expected {expected}, found {found}")]
    Needs {
        /// Name of the model.
        model: &'static str,
        /// What it needs.
        expected: String,
        /// What there is.
        found: String,
    },
}
