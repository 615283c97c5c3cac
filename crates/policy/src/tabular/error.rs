//! Why is there no solution?

/// What was asked for is out of range, or numbers are too large to be told apart.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// An argument is out of range.
    #[error("{what}: expected {expected}, found {found}")]
    Argument {
        /// Which.
        what: &'static str,
        /// What was expected.
        expected: String,
        /// What was given.
        found: String,
    },
    /// Sums of discounted rewards are beyond what a double holds.
    #[error("values are not finite: rewards up to {largest} over {steps} steps are too large")]
    TooLarge {
        /// Largest reward.
        largest: f64,
        /// Effective number of steps, 1 / (1 - discount).
        steps: f64,
    },
    /// Every policy is worth the same, so that none can be placed between the uniform and the best.
    #[error(
        "the best policy is worth {optimal}, the uniform one {uniform}: there is no scale between them"
    )]
    NoScale {
        /// Value of the uniform policy.
        uniform: f64,
        /// Value of the best.
        optimal: f64,
    },
}

impl SolveError {
    pub(crate) fn argument(
        what: &'static str,
        expected: impl Into<String>,
        found: impl ToString,
    ) -> Self {
        Self::Argument { what, expected: expected.into(), found: found.to_string() }
    }
}
