//! `aggregation.borda`: how often an option wins against the others.

use crate::{AggregationError, Decision, Rule, Society};
use serde::{Deserialize, Serialize};

/// Mean share of people who prefer the option, over the other options it was compared with: the Borda
/// count over the number of voters and of rivals. It is what pooled comparisons tell where every pair is
/// asked equally often (Siththaranjan et al. 2024). A near copy of an option makes its rivals' scores fall.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Borda {}

#[typetag::serde(name = "borda")]
impl Rule for Borda {
    fn summary(&self) -> &'static str {
        "the option that wins against most others, on average over pairs"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        // There are no others over which to take a mean.
        if society.options() == 1 {
            return Ok(Decision::of_scores(vec![0.5]));
        }
        Ok(Decision::of_scores(society.preferences().borda()))
    }
}
