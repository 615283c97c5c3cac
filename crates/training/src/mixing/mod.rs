//! How sources are mixed: which fits there are, what each maximizes, and how they become one reward.

mod combination;
pub mod conformance;
mod evidence;
mod fit;
mod fits_of;
mod held_out;
mod joint;
mod mean_of_z;
mod post_hoc;
mod related;
mod separate;
mod setup;
mod tie;
mod trust;
mod weighted;

pub use combination::{Combination, SumModel};
pub use evidence::Evidence;
pub use fit::Fit;
pub use fits_of::fits_of;
pub use held_out::HeldOut;
pub use joint::{Joint, RationalityMode};
pub use post_hoc::{PostHoc, PostHocRule};
pub use related::Related;
pub use separate::Separate;
pub use setup::Setup;
pub use tie::{SharedHead, Tie};
pub use trust::Trust;
pub use weighted::{Balance, Weighted};

use crate::{Fitted, TrainingError};
use burn::tensor::Tensor;
use medley_adapter::{Response, ResponseParameter};
use medley_reward_model::Head;
use medley_toml_file::Problem;
use std::fmt::Debug;

/// A way of mixing, as named in TOML: `mixing.joint = { rationality = "learned" }`.
///
/// It sees sources by name and losses as tensors, never a record or a kind, and nothing of the
/// test part. An implementation in any linked crate is found by its name.
#[typetag::serde]
pub trait Mixing: Debug + Send + Sync {
    /// Whether the options suit a mix of these sources.
    ///
    /// # Errors
    /// What is wrong, and the keys that lead to it under the mixing's name in TOML, such as
    /// `["weights", "edits"]`.
    fn check(&self, _sources: &[&str]) -> Result<(), Problem> {
        Ok(())
    }

    /// Whether the options suit what the experiment gives beside sources.
    ///
    /// # Errors
    /// What is wrong, and the keys that lead to it under the mixing's name in TOML.
    fn check_setup(&self, _setup: &Setup) -> Result<(), Problem> {
        Ok(())
    }

    /// Sources that the options name, each with its keys under the mixing's name in TOML, so that a
    /// name that stands for nothing is found.
    fn named(&self) -> Vec<(Vec<String>, String)> {
        Vec::new()
    }

    /// The same with only those options that a mix of these sources depends on: a run is named by
    /// them, and one that other options rename is trained again. None, as by default, if that is all
    /// of them.
    fn cut_to(&self, _sources: &[&str]) -> Option<Box<dyn Mixing>> {
        None
    }

    /// The models to fit, each on some of the sources: one for all, or one for each source. All
    /// have the same [`heads`](Self::heads). Random streams do not depend on the fit: two fits of
    /// the same sources start alike and see the same batches.
    fn fits(&self, sources: &[&str]) -> Vec<Fit> {
        vec![Fit::of(sources)]
    }

    /// Heads that a fit wants beside the shared one and those of aspects. A source sees the reward
    /// that all share and the head [`Head::Source`] of its name, if there is one. It is judged by
    /// both if what the fits come to has a reward of its own, and else by the shared one.
    fn heads(&self, _fit: &Fit) -> Vec<Head> {
        Vec::new()
    }

    /// Parameters that the mixing itself learns, such as a variance for each source.
    fn parameters(&self, _fit: &Fit) -> Vec<ResponseParameter> {
        Vec::new()
    }

    /// Whether it may tie the rewards of sources, which takes an inference that can.
    fn is_tied(&self) -> bool {
        false
    }

    /// How the heads of a fit's sources are tied a priori; not at all, as by default. Only what
    /// `evidence` gives may decide it.
    ///
    /// # Errors
    /// If what decides it cannot be found.
    fn tie(&self, _fit: &Fit, _evidence: &Evidence<'_>) -> Result<Option<Tie>, TrainingError> {
        Ok(None)
    }

    /// Whether a parameter of a source's response model stays where it starts.
    fn frozen(&self, _parameter: &ResponseParameter) -> bool {
        false
    }

    /// What a step minimizes: one number from the losses of all sources in it. With equal weights
    /// it is their sum; the loop divides by the number of statements and adds priors.
    ///
    /// A source of few statements is not in every step, so weights follow from `statements` and
    /// `sources` of the fit and of each term, never from which terms are there.
    ///
    /// # Shapes
    /// `[1]`
    fn total(&self, step: &Step<'_>) -> Tensor<1>;

    /// Whether what a source adds to the total depends on its own losses alone. One that lets
    /// sources interact, such as by projecting gradients that oppose each other, says no: what it
    /// minimizes then depends on how statements fall into steps.
    fn is_additive(&self) -> bool {
        true
    }

    /// Whether steps follow [`Self::project`] and not the gradient of the total. They then go by a rule
    /// and minimize nothing, which takes an inference that can, and a pass over the model for each
    /// source.
    fn is_projected(&self) -> bool {
        false
    }

    /// What a step follows at the weights of one member of the model, from the gradient of the total
    /// by way of each source in it, in their order; one of 0 may be missing. Their sum, as by default,
    /// is the gradient of the total. Response parameters follow that in any case.
    ///
    /// # Shapes
    /// `gradients` `[source][weight]`, at least one source, to `[weight]`
    fn project(&self, gradients: &[Vec<f64>]) -> Vec<f64> {
        let weights = gradients.first().map_or(0, Vec::len);
        (0..weights).map(|weight| gradients.iter().map(|slope| slope[weight]).sum()).collect()
    }

    /// What decides when to stop: one number from the held-out log-likelihoods, the higher the
    /// better. Each statement learned from counts once.
    fn held_out(&self, terms: &[HeldOutTerm<'_>]) -> f64 {
        weighted_mean(terms.iter().map(|term| (term.statements as f64, term.log_likelihood)))
    }

    /// What fits come to: one reward for all, and perhaps one of its own for a source. Only what
    /// `evidence` gives may decide it.
    ///
    /// # Errors
    /// If the fits cannot be combined.
    fn combine(
        &self,
        fitted: &[Fitted],
        _evidence: &Evidence<'_>,
    ) -> Result<Combination, TrainingError> {
        match fitted.len() {
            1 => Ok(Combination::only()),
            count => {
                Err(TrainingError::Mixing(format!("{count} fits and no rule to combine them")))
            }
        }
    }

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}

/// What one step of training sees of a fit.
pub struct Step<'a> {
    /// The sources that have statements in it, in the order of the fit; at least one.
    pub terms: Vec<Term<'a>>,
    /// Parameters of the mixing itself.
    pub own: &'a Response,
    /// Statements that the fit learns from, of all its sources and steps.
    pub statements: usize,
    /// Sources of the fit, whether they are in the step or not.
    pub sources: usize,
}

/// The losses of one source in a step.
pub struct Term<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Negative log-likelihoods in nats, weighed by the bootstrap of each member. `[member, batch]`
    pub loss: Tensor<2>,
    /// Statements of the source that are learned from, all steps together.
    pub statements: usize,
    /// Returns under the head of the source alone, if it has one, of the segments in the step: how
    /// far its reward departs from the shared one. `[member, segment]`
    ///
    /// None of sources that are tied: what holds their rewards together is the tie.
    pub deviation: Option<Tensor<2>>,
}

/// Held-out log-likelihood of one source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldOutTerm<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Statements of the source that are learned from.
    pub statements: usize,
    /// Mean over its held-out statements, in nats.
    pub log_likelihood: f64,
}

/// Mean of `(weight, value)`; NaN if all weights are 0.
pub(crate) fn weighted_mean(terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, mass) = terms.fold((0.0, 0.0), |(sum, mass), (w, value)| (sum + w * value, mass + w));
    sum / mass
}
