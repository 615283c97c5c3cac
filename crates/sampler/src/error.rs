//! What can go wrong in sampling?

/// Why there are no draws.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SamplerError {
    /// A chain starts where the density cannot be climbed.
    #[error("chain {chain} starts where {what} is {value}; expected a finite number")]
    Start {
        /// Number of the chain, from 0.
        chain: usize,
        /// The log-density, or a slope or coordinate by its number.
        what: String,
        /// What it was.
        value: f64,
    },
    /// A start of the wrong length.
    #[error(
        "chain {chain} starts at {found} numbers, and the density is one of {expected}; at least one \
         is needed"
    )]
    Length {
        /// Number of the chain, from 0.
        chain: usize,
        /// Length of a position.
        expected: usize,
        /// Length of the start.
        found: usize,
    },
    /// No step, however small, keeps its energy.
    #[error(
        "chain {chain} finds no step size at its start: a step of {step} still changes its energy by \
         {error} nats; is the gradient that of the density?"
    )]
    NoStep {
        /// Number of the chain, from 0.
        chain: usize,
        /// The last step tried.
        step: f64,
        /// By how many nats it changes the energy.
        error: f64,
    },
    /// An option for which there is no chain.
    #[error("`{option}`: expected {expected}, found {found}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What is needed.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A saved chain that is not what was written.
    #[error("the saved state of chain {chain} is broken: expected {expected}, found {found}")]
    Saved {
        /// Number of the chain, from 0.
        chain: usize,
        /// What a saved chain holds.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Draws that cannot be judged.
    #[error("{what}: expected {expected}, found {found}")]
    Draws {
        /// Of which quantity.
        what: String,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
}
