//! Mixing by a reward that knows the type of feedback: a head for each source is added to the one
//! that all share, and all are learned together.
//!
//! ```text
//! sum over sources k and their statements i of  -log p(y_ki | R + D_k)
//! + sum over k of  mean(D_k^2) / (2 s^2)                             over the segments that k reads
//! ```
//!
//! Additive heads are what an embedding of the type comes to in the last layer: `w . phi + v_k . phi`
//! is one weight for each pair of type and feature beside those of features (Evgeniou and Pontil,
//! "Regularized multi-task learning", KDD 2004; Daumé, "Frustratingly easy domain adaptation", ACL
//! 2007). An embedding that is only concatenated to the features of a linear reward would add the same
//! to every step of a source, which no choice notices.
//!
//! The losses know only `R + D_k`; the second term is what tells `D_k` from `R`, as a Gaussian prior on
//! `v_k` does, here on its returns, once an epoch. Rationalities are 1: a learned one could grow while
//! `R` and `D_k` shrink, which predicts the same and costs nothing. Who is twice as sure as the others
//! then departs along `R`.
//!
//! A source is judged by `R + D_k`. `R` is exported and judges sources that the mix never saw: what
//! remains when no type is told. It is a compromise in which sources of many or clear answers count
//! for more, and nothing makes it the reward that any person meant.

use burn::tensor::Tensor;
use medley::adapter::{ParameterRole, ResponseParameter};
use medley::reward_model::Head;
use medley::toml_file::{Problem, above_zero};
use medley::training::{Combination, Evidence, Fit, Fitted, Mixing, Step, Term, TrainingError};
use serde::{Deserialize, Serialize};

/// Options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeEmbedding {
    /// How far a source is expected to depart from what all share: standard deviation of a return, in
    /// nats.
    pub departure_sd: f64,
}

impl Default for TypeEmbedding {
    fn default() -> Self {
        Self { departure_sd: 1.0 }
    }
}

#[typetag::serde(name = "type-embedding")]
impl Mixing for TypeEmbedding {
    fn check(&self, _sources: &[&str]) -> Result<(), Problem> {
        above_zero("departure-sd", self.departure_sd)
    }

    /// A source alone has nothing to depart from.
    fn heads(&self, fit: &Fit) -> Vec<Head> {
        match fit.sources.len() {
            1 => Vec::new(),
            _ => fit.sources.iter().cloned().map(Head::Source).collect(),
        }
    }

    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        parameter.role == ParameterRole::Rationality
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        let precision = (self.departure_sd * self.departure_sd).recip();
        let penalties = step.terms.iter().filter_map(penalty);
        penalties.fold(crate::sum(step), |total, one| total + one.mul_scalar(precision))
    }

    fn combine(
        &self,
        fitted: &[Fitted],
        _evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        let [only] = fitted else {
            let message = format!("expected one fit of all types, found {}", fitted.len());
            return Err(TrainingError::Mixing(message));
        };
        let sources = match &only.fit.sources[..] {
            [_] => return Ok(Combination::only()),
            sources => sources,
        };
        let of_source = sources.iter().map(|source| (source.clone(), vec![1.0])).collect();
        Ok(Combination { shared: Some(vec![1.0]), of_source })
    }

    fn summary(&self) -> &'static str {
        "one reward, and a learned departure from it for each source"
    }
}

/// Half the mean square of a source's departure, times the step's share of its statements; summed
/// over members. `[1]`
fn penalty(term: &Term<'_>) -> Option<Tensor<1>> {
    let [_, batch] = term.loss.dims();
    let share = batch as f64 / term.statements as f64;
    // Points that are described stand for no segment, and have no departure to look at.
    let departure = term.deviation.clone().filter(|of| of.dims()[1] > 0)?; // [member, segment]
    Some(departure.square().mean_dim(1).sum().mul_scalar(0.5 * share))
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use medley::adapter::Response;
    use medley::training::mixing::conformance::check;

    #[test]
    fn type_embedding_keeps_all_laws() {
        let report = check(&TypeEmbedding::default()).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(report.skipped, []);
    }

    #[test]
    fn a_source_without_segments_has_no_penalty() {
        let device = Device::flex();
        let term = Term {
            source: "a",
            loss: Tensor::from_floats([[1.0]], &device),
            statements: 1,
            deviation: Some(Tensor::<2>::zeros([1, 0], &device)),
        };
        assert!(penalty(&term).is_none());
    }

    #[test]
    fn by_hand() {
        let device = Device::flex();
        let own = Response::default();
        let term = Term {
            source: "a",
            loss: Tensor::from_data([[0.5, 0.25], [1.0, 0.25]], &device),
            statements: 8,
            deviation: Some(Tensor::from_data([[1.0, -3.0], [0.0, 2.0]], &device)),
        };
        let step = Step { terms: vec![term], own: &own, statements: 8, sources: 1 };
        let total = TypeEmbedding { departure_sd: 0.5 }.total(&step);
        // Losses of 2, and mean squares of 5 and 2, two statements of eight, over 2 * 0.25.
        let found: f64 = total.into_data().iter::<f64>().sum();
        assert!((found - (2.0 + 7.0 * 0.25 / 0.5)).abs() < 1e-6, "{found}");
    }

    #[test]
    fn a_source_alone_has_nothing_to_depart_from() {
        assert!(TypeEmbedding::default().heads(&Fit::alone("a")).is_empty());
        assert_eq!(TypeEmbedding::default().heads(&Fit::of(&["a", "b"])).len(), 2);
        let problem = TypeEmbedding { departure_sd: 0.0 }.check(&["a"]).unwrap_err();
        assert_eq!(problem.path, ["departure-sd"]);
    }
}
