//! `inference.nuts`: draws from the posterior of a linear reward and of its response parameters, by the
//! no-U-turn sampler in double precision.
//!
//! ```text
//! log p(w, rho | y) = sum_i log p(y_i | w, rho) + log p(rho) - |w|^2 / (2 s^2) + const
//! ```
//!
//! It is the density that [`Laplace`](crate::Laplace) puts a Gaussian around, under the same prior: draws
//! are exact where that Gaussian is not, as where there are few statements, or a rationality that the data
//! hardly know. The prior's width `s` is stated (`return-sd`) or, under `learn-width`, drawn with the rest
//! (`s exp(u)`, `u ~ N(0, 1)`), so that what is not known of it is in the draws too. Members of the model
//! are draws, evenly spaced over all chains; one member is their mean.
//!
//! Chains that have not mixed are an error that says which parameter has not, or, where that is asked for
//! (`unmixed = "keep"`), a fit that says so in the tables (`unsettled`).

mod density;
mod saved;

use crate::laplace::held_out;
use crate::map::{initial_response, model_at};
use crate::{
    CheckpointFolder, Event, Fitted, Inference, Options, StopReason, Task, TrainingError,
    is_interrupted, stream,
};
use burn::tensor::DType;
use density::Density;
use medley_reward_model::{Backbone, Head, ModelShape, Placement};
use medley_sampler::{Chain, Limits, NutsOptions, Report};
use medley_toml_file::{Problem, above_zero, at_least};
use rand::RngExt;
use saved::Draws;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nuts {
    /// Width of the prior on weights: standard deviation of the return of a typical segment, in nats.
    pub return_sd: f64,
    /// Whether that width is learned, of each block of features, from where `return-sd` puts it: its
    /// logarithm has a standard normal prior around there.
    pub learn_width: bool,
    /// Chains, each from a start of its own.
    pub chains: usize,
    /// Transitions that adapt a chain.
    pub warmup: u64,
    /// Draws of each chain behind them.
    pub draws: usize,
    /// Largest R-hat of a parameter.
    pub r_hat: f64,
    /// Smallest effective sample size of one, all chains together.
    pub ess: f64,
    /// What becomes of chains that have not mixed.
    pub unmixed: Unmixed,
}

/// What becomes of chains that have not mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmixed {
    /// The fit fails and says which parameter has not.
    #[default]
    Refuse,
    /// Their draws are used, and the fit is told to be unsettled.
    Keep,
}

impl Default for Nuts {
    fn default() -> Self {
        Self {
            return_sd: 0.7,
            learn_width: false,
            chains: 4,
            warmup: 500,
            draws: 500,
            r_hat: 1.01,
            ess: 400.0,
            unmixed: Unmixed::Refuse,
        }
    }
}

#[typetag::serde(name = "nuts")]
impl Inference for Nuts {
    fn infer(
        &self,
        task: &Task<'_>,
        _options: &Options,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        check_task(task)?;
        let one = ModelShape { members: 1, ..task.shape.clone() };
        let place = Placement { dtype: DType::F64, ..task.place.clone() };
        let exact = Task { shape: &one, place: &place, ..*task };
        tell(Event::Started { epoch: 0, epochs: self.chains as u32, steps_per_epoch: 1 });
        let mut density = Density::new(&exact, self.return_sd, self.learn_width);
        let draws = self.sample(task, &mut density, checkpoints, tell)?;
        let names = names(&exact, self.learn_width);
        let report = draws.report(self.draws, &names).map_err(|error| failed(task, error))?;
        let reason = self.judge(task, &report)?;
        let chains = self.chains as u32;
        tell(Event::Sampled { report: report.clone() });
        tell(Event::Stopped { epoch: chains, best_epoch: chains, reason });
        let members = draws.members(task.shape.members, density.of_target());
        let fitted = fitted(task, members, &draws, reason, self.chains)?;
        Ok(Fitted { chains: Some(report), ..fitted })
    }

    fn check(&self, backbone: &dyn Backbone) -> Result<(), Problem> {
        above_zero("return-sd", self.return_sd)?;
        at_least("chains", self.chains as u64, 1)?;
        at_least("warmup", self.warmup, 20)?;
        at_least("draws", self.draws as u64, 8)?;
        above_zero("r-hat", self.r_hat)?;
        above_zero("ess", self.ess)?;
        match backbone.is_linear() {
            true => Ok(()),
            false => {
                let message = "only `reward-model.backbone.linear` has a posterior that chains can be \
                               expected to mix over; `inference.last-layer` draws the heads of a \
                               network, and `inference.map` fits the others";
                Err(Problem { path: Vec::new(), message: message.to_owned() })
            }
        }
    }

    fn reads_options(&self) -> bool {
        false
    }

    fn summary(&self) -> &'static str {
        "draws from the posterior of a linear reward, by the no-U-turn sampler"
    }
}

impl Nuts {
    /// Draws of all chains, from where `checkpoints` left off.
    fn sample(
        &self,
        task: &Task<'_>,
        density: &mut Density<'_>,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Draws, TrainingError> {
        let options = NutsOptions { warmup: self.warmup, ..NutsOptions::default() };
        let begun = |number: usize, density: &mut Density<'_>| {
            let start = start(task, density, number);
            Chain::start(density, &start, &options, task.seed, number)
                .map_err(|error| failed(task, error))
        };
        let resumed = match checkpoints.map(|folder| saved::load(folder, task, density, &options)) {
            None => None,
            Some(Ok(found)) => found,
            Some(Err(error @ TrainingError::Broken { .. })) => {
                tell(Event::Restarted { reason: error.to_string() });
                None
            }
            Some(Err(error)) => return Err(error),
        };
        let (mut draws, mut open) = resumed.map_or((Draws::default(), None), |(d, c)| (d, Some(c)));
        let mut saved_at = Instant::now();
        for number in draws.complete(self.draws)..self.chains {
            let mut chain = match open.take() {
                Some(chain) => chain,
                None => begun(number, density)?,
            };
            while draws.complete(self.draws) == number {
                let is_warm = chain.is_warm();
                let transition = chain.advance(density).map_err(|error| failed(task, error))?;
                if is_warm {
                    draws.push(chain.position(), &transition);
                }
                let is_due = |folder: &&CheckpointFolder| {
                    is_interrupted() || saved_at.elapsed().as_secs_f64() >= folder.interval_secs
                };
                // Between two chains there is no chain to save: the next one begins in no time.
                if draws.complete(self.draws) == number
                    && let Some(folder) = checkpoints.filter(is_due)
                {
                    saved::save(folder, task, &draws, &chain)?;
                    tell(Event::Checkpoint { epoch: number as u32 });
                    saved_at = Instant::now();
                }
                if is_interrupted() {
                    return Err(TrainingError::Interrupted);
                }
            }
            let epoch = number as u32 + 1;
            tell(Event::Epoch { epoch, curve: Vec::new(), best: true });
        }
        Ok(draws)
    }

    fn judge(&self, task: &Task<'_>, report: &Report) -> Result<StopReason, TrainingError> {
        match (report.check(&Limits { r_hat: self.r_hat, ess: self.ess }), self.unmixed) {
            (Ok(()), _) => Ok(StopReason::Converged),
            (Err(_), Unmixed::Keep) => Ok(StopReason::Unsettled),
            (Err(error), Unmixed::Refuse) => Err(failed(task, error)),
        }
    }
}

fn failed(task: &Task<'_>, error: impl ToString) -> TrainingError {
    TrainingError::Inference(format!("`nuts` of fit {}: {}", task.fit, error.to_string()))
}

fn check_task(task: &Task<'_>) -> Result<(), TrainingError> {
    if task.mixing.is_projected() {
        let message = "projected gradients are of no density; `inference.map` can step by them";
        return Err(TrainingError::Mixing(message.to_owned()));
    }
    match task.tie {
        None => Ok(()),
        Some(_) => Err(failed(task, "it has no prior that ties sources; `inference.laplace` has")),
    }
}

/// What the numbers of the flat vector are: weights, learned response parameters behind them, and widths.
fn names(task: &Task<'_>, learn_width: bool) -> Vec<String> {
    let heads = task.shape.layout.heads();
    let of_feature = |feature: &String| {
        let name = |head: &Head| match head {
            Head::Shared => format!("weight of {feature}"),
            head => format!("weight of {feature}, {head}"),
        };
        heads.iter().map(name).collect::<Vec<_>>()
    };
    let weights = task.features.names.iter().flat_map(of_feature);
    let source = |number: usize| task.fit.sources.get(number).map_or("mixing", String::as_str);
    let of_response = |(number, name): (usize, String)| format!("{}: {name}", source(number));
    let response = initial_response(task);
    let named = weights.chain(response.names_of_values().map(of_response));
    let widths = if learn_width { names_of_widths(task) } else { Vec::new() };
    named.chain(widths).collect()
}

/// Widths of the prior, one for each block of features.
fn names_of_widths(task: &Task<'_>) -> Vec<String> {
    match task.features.blocks() {
        [] => vec!["log-width of the prior".to_owned()],
        blocks => {
            blocks.iter().map(|(block, _)| format!("log-width of the prior, {block}")).collect()
        }
    }
}

/// Where a chain starts: somewhere around where training would.
fn start(task: &Task<'_>, density: &Density<'_>, chain: usize) -> Vec<f64> {
    let mut rng = stream(task.seed, &format!("nuts/start/{chain}"));
    let around = |(at, reach): (f64, f64)| at + reach * (2.0 * rng.random::<f64>() - 1.0);
    density.start().into_iter().map(around).collect()
}

/// Draws to the members of a model.
fn fitted(
    task: &Task<'_>,
    members: Vec<Vec<f64>>,
    draws: &Draws,
    reason: StopReason,
    chains: usize,
) -> Result<Fitted, TrainingError> {
    let (model, response) = model_at(task, &members);
    let epochs = chains as u32;
    Ok(Fitted {
        fit: task.fit.clone(),
        held_out: held_out(task, model.frozen().as_ref(), &response, epochs)?,
        model,
        response,
        epochs,
        steps: draws.leapfrogs(),
        best_epoch: epochs,
        reason,
        start_gap: None,
        chains: None,
        curve: Vec::new(),
    })
}
