//! `mixing.related`: a reward for each source, tied by a learned covariance between sources.
//!
//! ```text
//! sum over sources s and statements i of log p(y_i | R_s)  +  log N(u_1i .. u_Ki; 0, Sigma) over weights i
//! ```
//!
//! Sources that agree, as [`Trust`](super::Trust) says of the features in use, are expected to
//! correlate by `prior-correlation`; one that opposes the others is expected to say nothing about
//! them, and keeps its own reward. See `docs/mixing/related.md` for what that bet costs and gains.

use super::{Combination, Evidence, Fit, Mixing, Separate, SharedHead, Step, Tie};
use crate::{Fitted, TrainingError};
use burn::tensor::Tensor;
use medley_adapter::ResponseParameter;
use medley_reward_model::Head;
use medley_toml_file::{Problem, above_zero};
use serde::{Deserialize, Serialize};

/// Options of related rewards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Related {
    /// Correlation that the weights of two sources that agree are expected to have.
    pub prior_correlation: f64,
    /// How many weights' worth of evidence that expectation is.
    pub strength: f64,
    /// Whether a source that opposes the others is left untied. Without, all are taken to agree.
    pub trust: bool,
    /// The source whose reward is exported and stands for sources that the mix never saw, in mixes
    /// that have it; what is expected of an unheard source if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Default for Related {
    fn default() -> Self {
        Self { prior_correlation: 0.5, strength: 20.0, trust: true, target: None }
    }
}

/// What is known of the sources before they are fitted.
struct Standing {
    trusted: Vec<bool>,
    shared: SharedHead,
}

impl Related {
    /// What it is but for the tie: a reward for each source.
    fn apart(&self) -> Separate {
        Separate { target: self.target.clone() }
    }

    fn standing(
        &self,
        sources: &[String],
        evidence: &Evidence<'_>,
    ) -> Result<Standing, TrainingError> {
        let trusted = match self.trust {
            true => (evidence.trust)()?.trusted,
            false => vec![true; sources.len()],
        };
        let target = self.target.as_ref();
        let shared = match target.and_then(|target| sources.iter().position(|s| s == target)) {
            Some(source) => SharedHead::Source(source),
            None if trusted.iter().any(|&trusted| trusted) => {
                SharedHead::Unheard(self.unheard(&trusted))
            }
            None => SharedHead::Nothing,
        };
        Ok(Standing { trusted, shared })
    }

    /// Correlations of an unheard source with each. Where none is expected nothing is known of its
    /// reward but, in the limit, its direction: that of the mean.
    fn unheard(&self, trusted: &[bool]) -> Vec<f64> {
        let correlation = match self.prior_correlation > 0.0 {
            true => self.prior_correlation,
            false => 1.0 / trusted.len() as f64,
        };
        trusted.iter().map(|&trusted| if trusted { correlation } else { 0.0 }).collect()
    }

    fn correlations(&self, trusted: &[bool]) -> Vec<Vec<f64>> {
        let of = |j: usize, k: usize| match (j == k, trusted[j] && trusted[k]) {
            (true, _) => 1.0,
            (false, true) => self.prior_correlation,
            (false, false) => 0.0,
        };
        let all = 0..trusted.len();
        all.clone().map(|j| all.clone().map(|k| of(j, k)).collect()).collect()
    }
}

#[typetag::serde(name = "related")]
impl Mixing for Related {
    fn check(&self, _sources: &[&str]) -> Result<(), Problem> {
        above_zero("strength", self.strength)?;
        match (0.0..1.0).contains(&self.prior_correlation) {
            true => Ok(()),
            false => {
                let found = self.prior_correlation;
                let message = format!("a number from 0 to below 1 is needed, found {found}");
                Err(Problem::new("prior-correlation", message))
            }
        }
    }

    fn named(&self) -> Vec<(Vec<String>, String)> {
        self.apart().named()
    }

    fn cut_to(&self, sources: &[&str]) -> Option<Box<dyn Mixing>> {
        Some(Box::new(Self { target: self.apart().target_in(sources), ..self.clone() }))
    }

    /// One for each source, beside the shared one; a source alone has that.
    fn heads(&self, fit: &Fit) -> Vec<Head> {
        match fit.sources.len() {
            1 => Vec::new(),
            _ => fit.sources.iter().cloned().map(Head::Source).collect(),
        }
    }

    /// As for separate rewards, what all of a source share is the scale of its reward.
    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        self.apart().frozen(parameter)
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        self.apart().total(step)
    }

    fn is_tied(&self) -> bool {
        true
    }

    fn tie(&self, fit: &Fit, evidence: &Evidence<'_>) -> Result<Option<Tie>, TrainingError> {
        if fit.sources.len() == 1 {
            return Ok(None);
        }
        let Standing { trusted, shared } = self.standing(&fit.sources, evidence)?;
        let correlations = self.correlations(&trusted);
        Ok(Some(Tie { correlations, strength: self.strength, shared }))
    }

    fn combine(
        &self,
        fitted: &[Fitted],
        evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        let sources = match fitted {
            [only] => &only.fit.sources,
            _ => return Err(TrainingError::Mixing("related rewards are one fit".to_owned())),
        };
        if sources.len() == 1 {
            return Ok(Combination::only());
        }
        let shared = match self.standing(sources, evidence)?.shared {
            SharedHead::Nothing => None,
            SharedHead::Source(_) | SharedHead::Unheard(_) => Some(vec![1.0]),
        };
        let of_source = sources.iter().map(|source| (source.clone(), vec![1.0])).collect();
        Ok(Combination { shared, of_source })
    }

    fn summary(&self) -> &'static str {
        "a reward for each source, tied to those that agree by a learned covariance"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixing::conformance;

    #[test]
    fn related_keeps_the_laws() {
        let report = conformance::check(&Related::default()).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(report.skipped, []);
    }

    #[test]
    fn one_that_is_not_trusted_is_tied_to_none() {
        let found = Related::default().correlations(&[true, false, true]);
        assert_eq!(found, [[1.0, 0.0, 0.5], [0.0, 1.0, 0.0], [0.5, 0.0, 1.0]]);
        assert_eq!(Related::default().unheard(&[true, false]), [0.5, 0.0]);
    }

    #[test]
    fn a_source_alone_has_one_head_and_others_their_own() {
        let related = Related::default();
        assert!(related.heads(&Fit::alone("a")).is_empty());
        let heads = related.heads(&Fit::of(&["a", "b"]));
        assert_eq!(heads, [Head::Source("a".into()), Head::Source("b".into())]);
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for wrong in [-0.1, 1.0, f64::NAN] {
            let related = Related { prior_correlation: wrong, ..Related::default() };
            assert_eq!(related.check(&["a"]).unwrap_err().path, ["prior-correlation"]);
        }
        let related = Related { strength: 0.0, ..Related::default() };
        assert_eq!(related.check(&["a"]).unwrap_err().path, ["strength"]);
    }

    #[test]
    fn a_mix_without_the_target_does_not_depend_on_it() {
        let related = Related { target: Some("a".to_owned()), ..Related::default() };
        let cut = |sources: &[&str]| format!("{:?}", related.cut_to(sources).unwrap());
        assert_eq!(cut(&["a", "b"]), format!("{related:?}"));
        assert_eq!(cut(&["b"]), format!("{:?}", Related::default()));
    }
}
