//! `mixing.weighted`: a weighted sum of log-likelihoods with rationality 1, the usual baseline.
//!
//! ```text
//! sum over sources s of w_s sum over statements i of log p(y_i | R)
//! ```
//!
//! With `balance = "sources"`, `w_s` is further multiplied by `N / (S n_s)`, for `n_s` statements of
//! the source, `N` of all and `S` sources, so that sources count the same at equal weights.
//!
//! A source of weight 0 is left out. The weights are yours to justify; those that the data choose
//! are rationalities: see [`Joint`](super::Joint).

use super::joint::weighted_sum;
use super::{Fit, HeldOutTerm, Mixing, Step, weighted_mean};
use burn::tensor::Tensor;
use medley_adapter::{ParameterRole, ResponseParameter};
use medley_toml_file::{Problem, not_negative};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options of weighted mixing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Weighted {
    /// Factor on a source's log-likelihood; 1 where none is given.
    pub weights: BTreeMap<String, f64>,
    /// What a factor is on.
    pub balance: Balance,
}

/// What counts the same at equal weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Balance {
    /// Each statement, so that a source of many outvotes one of few.
    #[default]
    Statements,
    /// Each source: a statement is weighed by the inverse of the number that its source has.
    Sources,
}

impl Weighted {
    fn weight(&self, source: &str) -> f64 {
        self.weights.get(source).copied().unwrap_or(1.0)
    }
}

#[typetag::serde(name = "weighted")]
impl Mixing for Weighted {
    fn check(&self, sources: &[&str]) -> Result<(), Problem> {
        for (source, &weight) in &self.weights {
            not_negative(source, weight).map_err(|problem| problem.within("weights"))?;
        }
        if sources.iter().all(|source| self.weight(source) == 0.0) {
            let mix = sources.join(" + ");
            let message =
                format!("all weights of the mix {mix} are 0, so it has nothing to learn from");
            return Err(Problem::new("weights", message));
        }
        Ok(())
    }

    fn named(&self) -> Vec<(Vec<String>, String)> {
        let key = |source: &String| (vec!["weights".to_owned(), source.clone()], source.clone());
        self.weights.keys().map(key).collect()
    }

    fn cut_to(&self, sources: &[&str]) -> Option<Box<dyn Mixing>> {
        let mut weights = self.weights.clone();
        weights.retain(|source, _| sources.contains(&source.as_str()));
        Some(Box::new(Self { weights, ..self.clone() }))
    }

    fn fits(&self, sources: &[&str]) -> Vec<Fit> {
        let counted: Vec<&str> =
            sources.iter().copied().filter(|source| self.weight(source) > 0.0).collect();
        vec![Fit::of(&counted)]
    }

    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        parameter.role == ParameterRole::Rationality
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        let statements = step.statements as f64 / step.sources as f64;
        weighted_sum(step, |term| {
            let of_statement = match self.balance {
                Balance::Statements => 1.0,
                Balance::Sources => statements / term.statements as f64,
            };
            self.weight(term.source) * of_statement
        })
    }

    fn held_out(&self, terms: &[HeldOutTerm<'_>]) -> f64 {
        let mass = |term: &HeldOutTerm<'_>| match self.balance {
            Balance::Statements => term.statements as f64,
            Balance::Sources => 1.0,
        };
        weighted_mean(
            terms.iter().map(|term| (self.weight(term.source) * mass(term), term.log_likelihood)),
        )
    }

    fn summary(&self) -> &'static str {
        "a weighted sum of log-likelihoods with rationality 1"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixing::conformance;

    fn weighted(weights: &[(&str, f64)]) -> Weighted {
        let weights = weights.iter().map(|&(name, weight)| (name.to_owned(), weight)).collect();
        Weighted { weights, ..Weighted::default() }
    }

    #[test]
    fn weighted_keeps_the_laws() {
        assert_eq!(conformance::check(&Weighted::default()).unwrap().skipped, []);
        conformance::check(&weighted(&[("a", 2.0)])).unwrap();
        let balanced = Weighted { balance: Balance::Sources, ..Weighted::default() };
        conformance::check(&balanced).unwrap_or_else(|failures| panic!("{failures}"));
    }

    #[test]
    fn a_source_of_weight_0_is_left_out() {
        let mixing = weighted(&[("a", 0.0)]);
        assert_eq!(mixing.fits(&["a", "b"])[0].sources, ["b"]);
        let score = mixing.held_out(&[
            HeldOutTerm { source: "a", statements: 10, log_likelihood: -9.0 },
            HeldOutTerm { source: "b", statements: 10, log_likelihood: -1.0 },
        ]);
        assert_eq!(score, -1.0);
    }

    #[test]
    fn balanced_sources_count_the_same_however_many_statements_they_have() {
        let score = |balance| {
            let few = HeldOutTerm { source: "few", statements: 1, log_likelihood: -3.0 };
            let many = HeldOutTerm { source: "many", statements: 999, log_likelihood: -1.0 };
            Weighted { balance, ..Weighted::default() }.held_out(&[few, many])
        };
        assert_eq!(score(Balance::Sources), -2.0);
        assert!((score(Balance::Statements) + 1.002).abs() < 1e-12);
    }

    #[test]
    fn a_mix_does_not_depend_on_the_weights_of_other_sources() {
        let mixing = weighted(&[("a", 0.5), ("b", 2.0), ("c", 0.0)]).cut_to(&["a", "c"]).unwrap();
        let expected = weighted(&[("a", 0.5), ("c", 0.0)]);
        assert_eq!(format!("{mixing:?}"), format!("{expected:?}"));
    }

    #[test]
    fn mixes_with_nothing_to_learn_from_are_refused() {
        let mixing = weighted(&[("a", 0.0), ("b", 1.0)]);
        assert!(mixing.check(&["a", "b"]).is_ok());
        let problem = mixing.check(&["a"]).unwrap_err();
        assert!(problem.message.contains("all weights of the mix a are 0"), "{problem}");
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            let problem = weighted(&[("a", wrong)]).check(&["a"]).unwrap_err();
            assert_eq!(problem.path, ["weights", "a"]);
        }
    }
}
