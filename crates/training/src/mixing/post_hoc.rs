//! `mixing.post-hoc`: each source is fitted alone, and the finished rewards are combined.
//!
//! ```text
//! z_k = R_k / sd_k                        sd_k: of its returns over the segments learned from
//! mean              R   = mean_k z_k                          one reward for all
//! inverse-variance  R   = sum_k z_k / v_k / sum_k 1 / v_k     one reward for all
//! stacking          R_j = sum_k a_k z_k                       one for each source, a_k ~ N(0, 1)
//! transfer          R_j = c R_j alone + sum over k != j of a_k z_k              c ~ N(1, 1)
//! ```
//!
//! `v_k` is the variance of `z_k` over members, averaged over the same segments: one number a source.
//! What is published as "inverse scaling" (multi-type-feedback, `train_RL_agent_with_ensemble.py`)
//! divides at each sample by one deviation, that of the sources, above and below the line: it cancels,
//! and the plain sum is left. The spread over members had been dropped before. Here each source has a
//! weight of its own, the same everywhere, so that nothing cancels.
//!
//! `a_k >= 0` and `c >= 0` maximize the posterior given the held-out statements of `j`, together with
//! its response parameters. No reward was learned from those (they decided when to stop, at most), so
//! that the source's own needs no cross-fitting. What opposes `j` gets 0 and is not turned round: that
//! it opposes `j` here does not say that its opposite is meant elsewhere. `c` is learned and not 1:
//! otherwise a reward that opposes `j` would be the only way to make too large a reward of `j`
//! smaller, and would get a weight for that alone.

use super::mean_of_z::mean_of_z;
use super::separate::mean_of_trusted;
use super::{Combination, Evidence, Fit, Mixing, Separate, Setup, Step};
use crate::{Candidates, Coefficient, Fitted, TrainingError};
use burn::tensor::Tensor;
use medley_adapter::{Prior, ResponseParameter};
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options of combining afterwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PostHoc {
    /// How finished rewards are combined.
    pub rule: PostHocRule,
    /// The source whose reward is exported and stands for sources that the mix never saw, in mixes
    /// that have it; the mean of those that agree if none is named. Only where sources have rewards of
    /// their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// How finished rewards are combined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostHocRule {
    /// Their mean, each at one standard deviation.
    #[default]
    Mean,
    /// The same, each weighed by the inverse of its variance over members.
    InverseVariance,
    /// For each source the sum that explains its held-out statements best.
    Stacking,
    /// For each source its own reward, and of the others what explains its held-out statements better.
    Transfer,
}

#[typetag::serde(name = "post-hoc")]
impl Mixing for PostHoc {
    fn check(&self, _sources: &[&str]) -> Result<(), Problem> {
        match (&self.target, self.rule) {
            (Some(target), PostHocRule::Mean | PostHocRule::InverseVariance) => {
                let message = format!(
                    "this rule gives all sources one reward, so that none can be the target; \
                     `stacking` and `transfer` give each its own; found `{target}`"
                );
                Err(Problem::new("target", message))
            }
            _ => Ok(()),
        }
    }

    fn check_setup(&self, setup: &Setup) -> Result<(), Problem> {
        match self.rule {
            PostHocRule::InverseVariance if setup.members < 2 => Err(Problem::new(
                "rule",
                format!(
                    "`inverse-variance` is about the spread over members: `reward-model.members` of at \
                     least 2 is needed, found {}",
                    setup.members
                ),
            )),
            PostHocRule::Stacking | PostHocRule::Transfer if setup.validation == 0.0 => {
                let message = "this rule learns from the validation part: a share above 0 is needed \
                               for `dataset.split.validation`, found 0";
                Err(Problem::new("rule", message))
            }
            _ => Ok(()),
        }
    }

    fn named(&self) -> Vec<(Vec<String>, String)> {
        self.apart().named()
    }

    fn cut_to(&self, sources: &[&str]) -> Option<Box<dyn Mixing>> {
        Some(Box::new(Self { target: self.apart().target_in(sources), ..self.clone() }))
    }

    fn fits(&self, sources: &[&str]) -> Vec<Fit> {
        self.apart().fits(sources)
    }

    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        self.apart().frozen(parameter)
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        self.apart().total(step)
    }

    fn combine(
        &self,
        fitted: &[Fitted],
        evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        // Alone, a source is what it is under every mixing of fits of its own.
        if fitted.len() == 1 {
            return Ok(Combination::only());
        }
        let sds = evidence.return_sds(fitted);
        let of_all = |shares: &[f64]| Combination {
            shared: Some(mean_of_z(&sds, shares)),
            of_source: BTreeMap::new(),
        };
        match self.rule {
            PostHocRule::Mean => Ok(of_all(&vec![1.0; fitted.len()])),
            PostHocRule::InverseVariance => Ok(of_all(&precisions(fitted, &sds, evidence)?)),
            PostHocRule::Stacking | PostHocRule::Transfer => self.of_each(fitted, &sds, evidence),
        }
    }

    fn summary(&self) -> &'static str {
        "each source is fitted alone and the finished rewards are combined, for all or for each source"
    }
}

impl PostHoc {
    /// How sources are fitted: each alone.
    fn apart(&self) -> Separate {
        Separate { target: self.target.clone() }
    }

    /// A reward for each source, by its held-out statements.
    fn of_each(
        &self,
        fitted: &[Fitted],
        sds: &[f64],
        evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        let names: Vec<&str> = fitted.iter().map(|fitted| fitted.fit.name.as_str()).collect();
        if !names.iter().any(|name| evidence.held_out.sources().any(|held_out| held_out == *name)) {
            let message = format!("{} have no held-out statement to learn from", names.join(", "));
            return Err(TrainingError::Mixing(message));
        }
        let inverse = |sd: f64| if sd > 0.0 { 1.0 / sd } else { 0.0 };
        let reward = |(fitted, &sd): (&Fitted, &f64)| (inverse(sd), fitted.model.frozen());
        let candidates = evidence.held_out.candidates(fitted.iter().zip(sds).map(reward).collect());
        let of = |(own, &name): (usize, &&str)| {
            Ok((name.to_owned(), self.weights_of(own, name, &candidates, sds, evidence)?))
        };
        let of_source = names.iter().enumerate().map(of).collect::<Result<_, TrainingError>>()?;
        let mut combination = Combination { shared: None, of_source };
        combination.shared = match &self.target {
            Some(target) if names.contains(&target.as_str()) => {
                combination.of(target).map(<[f64]>::to_vec)
            }
            _ => mean_of_trusted(fitted, evidence)?,
        };
        Ok(combination)
    }

    /// Weights of the rewards of all fits in that of source `name`, whose own is number `own`. Without
    /// held-out statements, and where nothing explains them, it keeps its own alone.
    fn weights_of(
        &self,
        own: usize,
        name: &str,
        candidates: &Candidates,
        sds: &[f64],
        evidence: &Evidence<'_>,
    ) -> Result<Vec<f64>, TrainingError> {
        let alone = || (0..sds.len()).map(|k| f64::from(u8::from(k == own))).collect();
        let coefficient = |(k, &sd): (usize, &f64)| match self.rule {
            // c ~ N(1, 1) on the reward as it is: c sd on that at one standard deviation.
            PostHocRule::Transfer if k == own && sd > 0.0 => {
                Coefficient { start: sd, prior: Prior { mean: sd as f32, sd: sd as f32 } }
            }
            _ => Coefficient {
                start: f64::from(u8::from(k == own)),
                prior: Prior { mean: 0.0, sd: 1.0 },
            },
        };
        let coefficients: Vec<Coefficient> = sds.iter().enumerate().map(coefficient).collect();
        let frozen = |parameter: &ResponseParameter| self.frozen(parameter);
        let found = evidence.held_out.stacked(name, candidates, &coefficients, frozen)?;
        let Some(found) = found.filter(|found| found.iter().any(|&a| a > 0.0)) else {
            return Ok(alone());
        };
        let unscaled = |(&a, &sd): (&f64, &f64)| if sd > 0.0 { a / sd } else { 0.0 };
        Ok(found.iter().zip(sds).map(unscaled).collect())
    }
}

/// Share of its variance over segments below which members say the same: what single precision makes
/// of equal weights.
const SAME: f64 = 1e-12;

/// One over the variance of each reward at one standard deviation, over members; 0 for a reward that
/// says the same of everything.
fn precisions(
    fitted: &[Fitted],
    sds: &[f64],
    evidence: &Evidence<'_>,
) -> Result<Vec<f64>, TrainingError> {
    let precision = |(fitted, &sd): (&Fitted, &f64)| {
        if sd <= 0.0 {
            return Ok(0.0);
        }
        let variance = (evidence.member_variance)(fitted.model.frozen().as_ref()) / (sd * sd);
        match variance > SAME {
            true => Ok(1.0 / variance),
            false => Err(TrainingError::Mixing(format!(
                "the {} members of fit {} say the same, a variance of {variance:e}, so that they do \
                 not tell how sure it is: `inverse-variance` needs members that differ by what they \
                 learned from (`training.bootstrap = true`) or draws (`inference.laplace`, `inference.last-layer`)",
                fitted.model.members(),
                fitted.fit
            ))),
        }
    };
    fitted.iter().zip(sds).map(precision).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mixing::conformance::check;

    const RULES: [PostHocRule; 4] = [
        PostHocRule::Mean,
        PostHocRule::InverseVariance,
        PostHocRule::Stacking,
        PostHocRule::Transfer,
    ];

    fn with(rule: PostHocRule) -> PostHoc {
        PostHoc { rule, target: None }
    }

    #[test]
    fn combining_afterwards_keeps_the_laws() {
        for rule in RULES {
            let report = check(&with(rule)).unwrap_or_else(|failures| panic!("{failures}"));
            assert_eq!(report.skipped, []);
        }
    }

    #[test]
    fn a_mix_without_the_target_does_not_depend_on_it() {
        let named = |rule| PostHoc { rule, target: Some("a".to_owned()) };
        let mixing = named(PostHocRule::Transfer);
        let cut = |sources: &[&str]| format!("{:?}", mixing.cut_to(sources).unwrap());
        assert_eq!(cut(&["a", "b"]), format!("{mixing:?}"));
        assert_eq!(cut(&["b"]), format!("{:?}", with(PostHocRule::Transfer)));
        assert_eq!(mixing.named(), [(vec!["target".to_owned()], "a".to_owned())]);
        assert_eq!(mixing.check(&["a", "b"]), Ok(()));
        for rule in [PostHocRule::Mean, PostHocRule::InverseVariance] {
            let problem = named(rule).check(&["a", "b"]).unwrap_err();
            assert!(problem.to_string().ends_with("found `a`"), "{problem}");
            assert_eq!(problem.path, ["target"]);
        }
    }

    #[test]
    fn rules_that_the_experiment_does_not_suit_are_refused() {
        let refused = |members, validation| {
            let setup = Setup { members, validation };
            RULES.map(|rule| with(rule).check_setup(&setup).is_err())
        };
        assert_eq!(refused(2, 0.1), [false; 4]);
        assert_eq!(refused(1, 0.1), [false, true, false, false]);
        assert_eq!(refused(2, 0.0), [false, false, true, true]);
    }

    #[test]
    fn options_are_read_by_their_names() {
        let read = |text: &str| serde_json::from_str::<PostHoc>(text).map_err(|e| e.to_string());
        assert_eq!(read("{}"), Ok(PostHoc::default()));
        assert_eq!(
            read(r#"{ "rule": "inverse-variance" }"#),
            Ok(with(PostHocRule::InverseVariance))
        );
        let wrong = read(r#"{ "rule": "median" }"#).unwrap_err();
        assert!(wrong.contains("`mean`, `inverse-variance`, `stacking`, `transfer`"), "{wrong}");
        assert!(read(r#"{ "rules": "mean" }"#).unwrap_err().contains("unknown field `rules`"));
    }
}
