//! Mixing: each source counts the same, however many statements it has.
//!
//! `sum over sources s of (N / (S n_s)) sum of losses of s`, with `n_s` statements of source `s`,
//! `N` in all and `S` sources: a source of many statements does not outvote one of few.

use medley::training::{HeldOutTerm, Mixing, Step};
use serde::{Deserialize, Serialize};

/// Options: none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EqualSources {}

#[typetag::serde(name = "equal-sources")]
impl Mixing for EqualSources {
    fn total(&self, step: &Step<'_>) -> burn::tensor::Tensor<1> {
        // Of the whole fit: a source of few statements is not in every step.
        let share = step.statements as f64 / step.sources as f64;
        let each = step
            .terms
            .iter()
            .map(|term| term.loss.clone().sum().mul_scalar(share / term.statements as f64));
        each.reduce(|total, term| total + term).expect("a step has at least one source")
    }

    fn held_out(&self, terms: &[HeldOutTerm<'_>]) -> f64 {
        terms.iter().map(|term| term.log_likelihood).sum::<f64>() / terms.len() as f64
    }

    fn summary(&self) -> &'static str {
        "every source counts the same, however many statements it has"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley::training::mixing::conformance::{Law, check};

    #[test]
    fn equal_sources_keep_all_laws() {
        let report = check(&EqualSources {}).unwrap_or_else(|failures| panic!("{failures}"));
        let skipped: Vec<Law> = report.skipped.iter().map(|(law, _)| *law).collect();
        assert_eq!(skipped, [Law::Sum]);
    }
}
