//! `inference.laplace`: the maximum a posteriori of a linear reward by quasi-Newton steps in double
//! precision, under a Gaussian prior whose width the data choose, and draws around it.
//!
//! ```text
//! log p(w, rho | y) = sum_i log p(y_i | w, rho) + log p(rho) - |w|^2 / (2 s^2) + const
//! ```
//!
//! Features in blocks, as `encoder.join` gives them, have an `s` each: a few measures and many
//! directions of an embedding are not of one width.
//!
//! With one member, the model is the maximum. With several, members are draws from Laplace's
//! approximation, a Gaussian at the maximum whose precision is minus the second derivative there:
//! their mixture is the posterior predictive. By the evidence, `s` is raised by EM (MacKay 1992):
//! `s^2 <- (|w|^2 + tr Cov(w) + a s0^2) / (p + a)`, with `a = 2` weights' worth of the start `s0`.
//! Rewards that a mixing ties have a covariance between sources in place of `s`: see [`Tie`].
//!
//! Rewards that share a scale which each source multiplies by a rationality of its own have several
//! optima: the fit then starts from each source's own reward too, and keeps the best.
//!
//! There are no epochs, no learning rate and no early stopping; of `[training]`, nothing applies. It
//! is meant for some hundred features: the second derivative is a dense matrix.

mod cross_validation;
mod curvature;
mod finish;
mod fit;
mod scale;
mod starts;
mod width;

pub(crate) use finish::{Points, held_out};
pub use scale::Scale;
pub(crate) use scale::{weight_sds, weights_of_blocks};

use crate::{
    CheckpointFolder, Event, Fit, Fitted, Inference, Options, Source, StopReason, Task, Tie,
    TrainingError,
};
use cross_validation::best_widths;
use finish::finish;
use fit::{LinearFit, tied_heads, with_fit};
use medley_reward_model::{Backbone, HeadLayout, ModelShape};
use medley_toml_file::{Problem, above_zero, at_least};
use serde::{Deserialize, Serialize};
use starts::{go_to_best, has_several_optima};
use width::Width;

/// Options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Laplace {
    /// What chooses the width of the prior.
    pub scale: Scale,
    /// Where that starts: standard deviation of the return of a typical segment, in nats.
    pub return_sd: f64,
    /// Most rounds of EM.
    pub rounds: u32,
}

impl Default for Laplace {
    fn default() -> Self {
        Self { scale: Scale::Evidence, return_sd: 0.7, rounds: 30 }
    }
}

#[typetag::serde(name = "laplace")]
impl Inference for Laplace {
    fn infer(
        &self,
        task: &Task<'_>,
        _options: &Options,
        _checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        self.fit(task, &Points::of(task.shape.members), tell)
    }

    fn check(&self, backbone: &dyn Backbone) -> Result<(), Problem> {
        self.check_options()?;
        match backbone.is_linear() {
            true => Ok(()),
            false => {
                let message = "only `reward-model.backbone.linear` has the one optimum that this \
                               method finds; `inference.last-layer` finds that of the heads of a \
                               network, and `inference.map` fits the others";
                Err(Problem { path: Vec::new(), message: message.to_owned() })
            }
        }
    }

    fn reads_options(&self) -> bool {
        false
    }

    fn can_tie(&self) -> bool {
        true
    }

    fn summary(&self) -> &'static str {
        "the exact maximum a posteriori of a linear reward, and draws around it"
    }
}

impl Laplace {
    /// Fits the linear reward of `task`, whose members are to be these points.
    ///
    /// # Errors
    /// If the mixing projects gradients, heads cannot be tied as the task says, a held-out log-likelihood is NaN, or there is no peak
    /// that draws could be around.
    pub(crate) fn fit(
        &self,
        task: &Task<'_>,
        points: &Points,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        self.check_task(task)?;
        tell(Event::Started { epoch: 0, epochs: self.rounds, steps_per_epoch: 1 });
        with_fit(task, self.return_sd, |mut fit| {
            let mut settled = match task.tie {
                None => self.choose_width(&mut fit, tell),
                Some(tie) => self.choose_tie(&mut fit, tie, tell)?,
            };
            let mut start_gap = None;
            if has_several_optima(task) {
                start_gap = Some(go_to_best(&mut fit, &self.rewards_alone(task)?));
                fit.rounds = 0;
                settled = self.choose_width(&mut fit, tell);
            }
            let converged = fit.go_to_mode() && settled;
            let reason = if converged { StopReason::Converged } else { StopReason::Unsettled };
            let rounds = fit.rounds;
            tell(Event::Stopped { epoch: rounds, best_epoch: rounds, reason });
            Ok(Fitted { start_gap, ..finish(fit, task, points, reason)? })
        })
    }

    /// Whether `task` can be fitted at all, before anything is.
    ///
    /// # Errors
    /// If the mixing projects gradients, or heads cannot be tied as the task says.
    pub(crate) fn check_task(&self, task: &Task<'_>) -> Result<(), TrainingError> {
        if task.mixing.is_projected() {
            let message = "an exact fit finds an optimum, and projected gradients are of no function; \
                           `inference.map` can step by them";
            return Err(TrainingError::Mixing(message.to_owned()));
        }
        tied_heads(task).map(drop)
    }

    /// Whether its numbers are in range.
    pub(crate) fn check_options(&self) -> Result<(), Problem> {
        above_zero("return-sd", self.return_sd)?;
        at_least("rounds", u64::from(self.rounds), 1)
    }

    /// Chooses a width for the weights of each block; whether they have settled.
    fn choose_width(&self, fit: &mut LinearFit<'_>, tell: &mut dyn FnMut(Event)) -> bool {
        if self.scale == Scale::Fixed {
            return true;
        }
        let settled = fit.by_evidence(self.rounds, None, tell);
        if self.scale.is_held_out()
            && let Width::Independent(sds) = fit.width.clone()
        {
            let best = best_widths(fit, sds, self.scale);
            fit.set_width(Width::Independent(best));
        }
        settled
    }

    /// Chooses the covariance of tied rewards; whether it has settled. Where scales are
    /// chosen by what is held out, they are those of each source alone.
    fn choose_tie(
        &self,
        fit: &mut LinearFit<'_>,
        tie: &Tie,
        tell: &mut dyn FnMut(Event),
    ) -> Result<bool, TrainingError> {
        match self.scale {
            Scale::Fixed => Ok(true),
            Scale::Evidence => Ok(fit.by_evidence(self.rounds, None, tell)),
            Scale::CrossValidation | Scale::Validation => {
                let task = fit.exact;
                let alone = |source: &Source| self.width_alone(task, source);
                let alone = task.sources.iter().map(alone).collect::<Result<Vec<_>, _>>()?;
                let of_block = |block: usize| alone.iter().map(|sds| sds[block]).collect();
                let scales: Vec<Vec<f64>> = (0..fit.blocks.len()).map(of_block).collect();
                fit.set_width(Width::start(Some(tie), &scales));
                Ok(fit.by_evidence(self.rounds, Some(&scales), tell))
            }
        }
    }

    /// The widths that a source's reward has without the others. `[block]`
    fn width_alone(&self, task: &Task<'_>, source: &Source) -> Result<Vec<f64>, TrainingError> {
        self.alone(task, source, |fit| fit.width.sds().iter().map(|of_block| of_block[0]).collect())
    }

    /// Weights of each source's reward without the others.
    fn rewards_alone(&self, task: &Task<'_>) -> Result<Vec<Vec<f64>>, TrainingError> {
        let weights = |fit: &mut LinearFit<'_>| {
            fit.go_to_mode();
            fit.theta[..fit.weights].to_vec()
        };
        task.sources.iter().map(|source| self.alone(task, source, weights)).collect()
    }

    /// What `read` finds in the fit of a source without the others, once its width is chosen.
    fn alone<T>(
        &self,
        task: &Task<'_>,
        source: &Source,
        read: impl FnOnce(&mut LinearFit<'_>) -> T,
    ) -> Result<T, TrainingError> {
        let sources = [source.clone()];
        let fit = Fit::alone(&source.name);
        let layout = task.tie.map_or_else(|| task.shape.layout.clone(), |_| HeadLayout::shared());
        let shape = ModelShape { layout, ..task.shape.clone() };
        let alone = Task { sources: &sources, fit: &fit, shape: &shape, tie: None, ..*task };
        with_fit(&alone, self.return_sd, |mut fit| {
            self.choose_width(&mut fit, &mut |_| {});
            Ok(read(&mut fit))
        })
    }
}
