//! `aggregation.bradley-terry`: the reward that fits everybody's comparisons best.

use crate::{AggregationError, Decision, Rule, Society};
use medley_theory::fit_bradley_terry;
use serde::{Deserialize, Serialize};

/// Maximum-likelihood scores of all comparisons together, which is what one reward model fitted to
/// everybody is. The order is that of [`Borda`](crate::Borda) where all pairs are equally frequent, and may be another
/// elsewhere: how often a pair was asked then has a say in who wins.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BradleyTerry {}

/// Norm of the gradient of a share-weighted log-likelihood at the optimum.
const TOLERANCE: f64 = 1e-10;

#[typetag::serde(name = "bradley-terry")]
impl Rule for BradleyTerry {
    fn summary(&self) -> &'static str {
        "the scores that fit all comparisons best, as one reward model for everybody does"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        Ok(Decision::of_scores(fit_bradley_terry(society.preferences(), TOLERANCE)?.scores))
    }
}
