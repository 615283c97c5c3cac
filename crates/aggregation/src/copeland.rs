//! `aggregation.copeland`: how many rivals an option beats.

use crate::{AggregationError, Decision, Rule, Society};
use serde::{Deserialize, Serialize};

/// Rivals that a majority likes less, minus those that one likes more. An option that beats every other
/// wins; by how much plays no part.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Copeland {}

#[typetag::serde(name = "copeland")]
impl Rule for Copeland {
    fn summary(&self) -> &'static str {
        "the option that beats most others by majority"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        society.check_pairs("copeland")?;
        let options = society.options();
        let against = |one: usize, other: usize| sign(society.margin(one, other));
        let score = |one: usize| (0..options).filter(|&j| j != one).map(|j| against(one, j)).sum();
        Ok(Decision::of_scores((0..options).map(score).collect()))
    }
}

/// Margins of shares that are equal but for rounding are none.
fn sign(margin: f64) -> f64 {
    if margin.abs() <= 1e-12 { 0.0 } else { margin.signum() }
}
