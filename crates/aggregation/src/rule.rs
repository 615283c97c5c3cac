//! What TOML names: a rule that turns what many want into one choice.

use crate::{AggregationError, Decision, Society};
use medley_toml_file::Problem;
use std::fmt::Debug;

/// A rule of aggregation: `aggregation.borda = {}`.
///
/// An implementation in any linked crate is found by its name with nothing else to edit.
#[typetag::serde]
pub trait Rule: Debug + Send + Sync {
    /// One line for `medley list`.
    fn summary(&self) -> &'static str;

    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// What the rule chooses.
    ///
    /// # Errors
    /// The society lacks what the rule needs, or has no answer under it.
    fn decide(&self, society: &Society) -> Result<Decision, AggregationError>;
}
