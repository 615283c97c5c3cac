//! `inference.variational`: a Gaussian for each weight of a linear reward and each response parameter,
//! by the largest lower bound of the evidence.
//!
//! ```text
//! q(theta) = prod_j N(mu_j, sigma_j^2)
//! L(mu, sigma) = E_q[log p(y, theta)] + sum_j log sigma_j + const      <= log p(y)
//! ```
//!
//! This is the posterior of MAVRL (ICML 2026), a factorized Gaussian reward with a KL term, with three
//! differences: rewards are weights and not the output of a network, the KL term has the weight that
//! makes L a bound, and what depends on values of actions has them exactly, so that there is no
//! temporal-difference term to weigh. The expectation is a mean over draws that stay the same
//! (deterministic ADVI: Giordano, Ingram and Broderick 2024), so that L is an ordinary function and
//! goes to its optimum; draws come in pairs of opposite sign. The width of the prior is what makes L
//! largest, as by the evidence under `inference.laplace`.
//!
//! It cannot say that two weights depend on each other, and so is too sure of each; `inference.laplace`
//! can, and `inference.nuts` assumes no Gaussian.

mod bound;

use crate::laplace::{Points, held_out};
use crate::map::model_at;
use crate::minimize::{MinimizeOptions, minimize};
use crate::{
    CheckpointFolder, Event, Fitted, Inference, Options, StopReason, Task, TrainingError, stream,
};
use bound::{Bound, Factors, with_bound};
use medley_reward_model::Backbone;
use medley_toml_file::{Problem, above_zero, at_least};
use serde::{Deserialize, Serialize};

/// Options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variational {
    /// Draws whose mean stands for the expectation: an even number.
    pub draws: u32,
    /// Whether the width of the prior is chosen by the bound, or stays where it starts.
    pub learn_width: bool,
    /// Where it starts: standard deviation of the return of a typical segment, in nats.
    pub return_sd: f64,
    /// Most rounds of choosing the width.
    pub rounds: u32,
}

impl Default for Variational {
    fn default() -> Self {
        Self { draws: 16, learn_width: true, return_sd: 0.7, rounds: 30 }
    }
}

/// Relative change of the width at which it has settled.
const SETTLED: f64 = 0.02;

#[typetag::serde(name = "variational")]
impl Inference for Variational {
    fn infer(
        &self,
        task: &Task<'_>,
        _options: &Options,
        _checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        check_task(task)?;
        tell(Event::Started { epoch: 0, epochs: self.rounds, steps_per_epoch: 1 });
        with_bound(task, self.draws as usize, self.return_sd, |bound| {
            let Best { factors, rounds, iterations, settled } = self.raise(bound, tell);
            let reason = if settled { StopReason::Converged } else { StopReason::Unsettled };
            tell(Event::Stopped { epoch: rounds, best_epoch: rounds, reason });
            finish(task, &factors, (rounds, iterations, reason))
        })
    }

    fn check(&self, backbone: &dyn Backbone) -> Result<(), Problem> {
        above_zero("return-sd", self.return_sd)?;
        at_least("rounds", u64::from(self.rounds), 1)?;
        at_least("draws", u64::from(self.draws), 2)?;
        if !self.draws.is_multiple_of(2) {
            let message =
                format!("draws come in pairs: an even number is needed, found {}", self.draws);
            return Err(Problem::new("draws", message));
        }
        match backbone.is_linear() {
            true => Ok(()),
            false => {
                let message = "only `reward-model.backbone.linear` has weights that a Gaussian each is \
                               a posterior of";
                Err(Problem { path: Vec::new(), message: message.to_owned() })
            }
        }
    }

    fn reads_options(&self) -> bool {
        false
    }

    fn summary(&self) -> &'static str {
        "a Gaussian for each weight of a linear reward, by the evidence lower bound"
    }
}

/// The factors of the largest bound.
struct Best {
    factors: Factors,
    rounds: u32,
    iterations: u64,
    /// Whether the width has settled and the last optimum was found.
    settled: bool,
}

impl Variational {
    /// Raises the bound by factors and width in turns.
    fn raise(&self, mut bound: Bound<'_>, tell: &mut dyn FnMut(Event)) -> Best {
        let mut factors = bound.start();
        let (mut rounds, mut iterations) = (0, 0);
        loop {
            rounds += 1;
            let mut energy = |at: &[f64], slope: &mut [f64]| bound.energy(at, slope);
            let found = minimize(&factors.flat(), &mut energy, &BEST);
            iterations += u64::from(found.iterations);
            factors = Factors::of(&found.at);
            tell(Event::Epoch { epoch: rounds, curve: Vec::new(), best: true });
            let settled = !self.learn_width || bound.widen(&factors) < SETTLED;
            if settled || rounds >= self.rounds {
                return Best { factors, rounds, iterations, settled: settled && found.converged };
            }
        }
    }
}

/// A bound is known to a millionth of a nat long before this.
const BEST: MinimizeOptions = MinimizeOptions { iterations: 500, tolerance: 1e-4 };

fn check_task(task: &Task<'_>) -> Result<(), TrainingError> {
    task.assert_sources();
    if task.mixing.is_projected() {
        let message = "the bound is a function, and projected gradients are of none; `inference.map` \
                       can step by them";
        return Err(TrainingError::Mixing(message.to_owned()));
    }
    match task.tie {
        None => Ok(()),
        Some(_) => {
            let message = "weights that a mixing ties depend on each other, which a factorized Gaussian \
                           cannot say; `inference.laplace` can";
            Err(TrainingError::Mixing(message.to_owned()))
        }
    }
}

/// One member is the mean; several are draws.
fn finish(
    task: &Task<'_>,
    factors: &Factors,
    (rounds, iterations, reason): (u32, u64, StopReason),
) -> Result<Fitted, TrainingError> {
    let draw = |member: usize| {
        let mut rng = stream(task.seed, &format!("variational/{member}"));
        factors.draw(&mut rng)
    };
    let points: Vec<Vec<f64>> = match Points::of(task.shape.members) {
        Points::Maximum => vec![factors.mean.clone()],
        Points::Draws(members) => members.map(draw).collect(),
    };
    let (model, response) = model_at(task, &points);
    let held_out = held_out(task, model.frozen().as_ref(), &response, rounds)?;
    Ok(Fitted {
        fit: task.fit.clone(),
        model,
        response,
        epochs: rounds,
        steps: iterations,
        best_epoch: rounds,
        held_out,
        reason,
        start_gap: None,
        chains: None,
        curve: Vec::new(),
    })
}
