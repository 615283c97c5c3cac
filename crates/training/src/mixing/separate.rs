//! `mixing.separate`: a reward of its own for each source, tied by nothing.
//!
//! ```text
//! for each source s:  sum over statements i of log p(y_i | R_s)
//! ```
//!
//! Each source is judged by its own reward, exactly as if it were alone, so that mixing cannot harm
//! it. Its rationality is 1: nothing shares the reward, which takes the scale. The reward of a source
//! that the mix never saw, and the one to export, is the mean of the rewards that agree, each at one
//! standard deviation over the segments learned from; see [`Trust`](super::Trust).

use super::mean_of_z::mean_of_z;
use super::{Combination, Evidence, Fit, Mixing, Step};
use crate::{Fitted, TrainingError};
use burn::tensor::Tensor;
use medley_adapter::{ParameterRole, ResponseParameter};
use serde::{Deserialize, Serialize};

/// Options of separate rewards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Separate {
    /// The source whose reward is exported and stands for sources that the mix never saw, in mixes
    /// that have it; the mean of those that agree if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

#[typetag::serde(name = "separate")]
impl Mixing for Separate {
    fn named(&self) -> Vec<(Vec<String>, String)> {
        let key = |source: &String| (vec!["target".to_owned()], source.clone());
        self.target.iter().map(key).collect()
    }

    fn cut_to(&self, sources: &[&str]) -> Option<Box<dyn Mixing>> {
        Some(Box::new(Self { target: self.target_in(sources) }))
    }

    fn fits(&self, sources: &[&str]) -> Vec<Fit> {
        sources.iter().map(|source| Fit::alone(source)).collect()
    }

    /// Rationality that all of a source share is the scale of its reward. Those of annotators say
    /// how people differ, and stay.
    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        parameter.role == ParameterRole::Rationality && parameter.people.is_none()
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        super::joint::weighted_sum(step, |_| 1.0)
    }

    fn combine(
        &self,
        fitted: &[Fitted],
        evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        let names: Vec<&str> = fitted.iter().map(|fitted| fitted.fit.name.as_str()).collect();
        let only = |name: &str| -> Vec<f64> {
            names.iter().map(|other| f64::from(u8::from(*other == name))).collect()
        };
        let of_source = names.iter().map(|&name| (name.to_owned(), only(name))).collect();
        let shared = match self.target.as_deref().filter(|target| names.contains(target)) {
            Some(target) => Some(only(target)),
            None => mean_of_trusted(fitted, evidence)?,
        };
        Ok(Combination { shared, of_source })
    }

    fn summary(&self) -> &'static str {
        "a reward for each source, which no other can harm; the mean of those that agree for others"
    }
}

impl Separate {
    /// The target, if it is one of these sources.
    pub(super) fn target_in(&self, sources: &[&str]) -> Option<String> {
        self.target.clone().filter(|target| sources.contains(&target.as_str()))
    }
}

/// Weights of the mean, at one standard deviation each, of the rewards that agree; none if sources
/// oppose each other without a majority.
pub(super) fn mean_of_trusted(
    fitted: &[Fitted],
    evidence: &Evidence<'_>,
) -> Result<Option<Vec<f64>>, TrainingError> {
    if fitted.len() == 1 {
        return Ok(Some(vec![1.0]));
    }
    let trust = (evidence.trust)()?;
    if trust.is_split {
        return Ok(None);
    }
    let shares: Vec<f64> =
        trust.trusted.iter().map(|&trusted| f64::from(u8::from(trusted))).collect();
    Ok(Some(mean_of_z(&evidence.return_sds(fitted), &shares)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixing::conformance::check;

    #[test]
    fn separate_keeps_the_laws() {
        let report = check(&Separate::default()).unwrap_or_else(|failures| panic!("{failures}"));
        assert_eq!(report.skipped, []);
    }

    #[test]
    fn a_mix_without_the_target_does_not_depend_on_it() {
        let mixing = Separate { target: Some("a".to_owned()) };
        let cut = |sources: &[&str]| format!("{:?}", mixing.cut_to(sources).unwrap());
        assert_eq!(cut(&["a", "b"]), format!("{mixing:?}"));
        assert_eq!(cut(&["b"]), format!("{:?}", Separate::default()));
    }

    #[test]
    fn the_shared_rationality_is_the_scale_of_the_reward() {
        let shared = ResponseParameter::rationality();
        assert!(Separate::default().frozen(&shared));
        assert!(!Separate::default().frozen(&ResponseParameter::free("threshold", vec![0.0])));
    }
}
