//! The log-density of a fit as a function of one flat vector: what a sampler can ask.

use crate::map::{initial_model, initial_response};
use crate::step::Batch;
use crate::{ResponseLearner, Step, Task};
use medley_adapter::{Gather, Gathered, Scorer};
use medley_reward_model::{Forward, Trainable};

/// Statements whose rewards are computed in one pass.
const AT_ONCE: usize = 1024;

/// The posterior of a fit, up to a constant: log-likelihood of all statements learned from, priors
/// of the response parameters, and a Gaussian prior on each weight of the model.
///
/// The vector is the parameters of the model, as [`Trainable::read`] lists them, and behind them the
/// learned response parameters, as [`ResponseLearner::read`] does. Decoupled weight decay is no
/// prior, so the one on weights has to be stated. In double precision if the task's placement is.
pub struct Target<'a> {
    task: &'a Task<'a>,
    model: Box<dyn Trainable>,
    response: ResponseLearner,
    prior_sd: f64,
}

impl<'a> Target<'a> {
    /// The target of a task, with a standard deviation for the prior on weights.
    ///
    /// # Panics
    /// If the standard deviation is not positive, or the task has a source without statements.
    pub fn new(task: &'a Task<'a>, prior_sd: f64) -> Self {
        task.assert_sources();
        assert!(prior_sd > 0.0, "a prior needs a positive standard deviation, found {prior_sd}");
        Self { task, model: initial_model(task), response: initial_response(task), prior_sd }
    }

    /// Length of the vector.
    pub fn dim(&self) -> usize {
        self.model.parameter_count() + self.response.read().len()
    }

    /// Where training would start.
    pub fn start(&self) -> Vec<f64> {
        self.model.read().into_iter().chain(self.response.read()).collect()
    }

    /// Log-density at `theta` in nats, and its gradient.
    ///
    /// # Panics
    /// If either is not [`Target::dim`] long.
    pub fn log_density(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        assert_eq!(gradient.len(), self.dim(), "gradient and parameters");
        let weights = self.model.parameter_count();
        self.model.write(&theta[..weights]);
        self.response.write(&theta[weights..]);
        let (of_weights, of_response) = gradient.split_at_mut(weights);
        of_response.fill(0.0);
        let variance = self.prior_sd * self.prior_sd;
        let mut energy = self.response.penalty();
        self.response.add_penalty_slope(1.0, of_response);
        for (slope, &weight) in of_weights.iter_mut().zip(&theta[..weights]) {
            *slope = weight / variance;
            energy += 0.5 * weight * weight / variance;
        }
        let longest = self.task.sources.iter().map(|source| source.train.len()).max().unwrap_or(0);
        for start in (0..longest).step_by(AT_ONCE) {
            energy += self.add_chunk(start, of_weights, of_response);
        }
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -energy
    }

    /// Adds the gradient of the loss of one chunk of each source's statements; gives the loss.
    fn add_chunk(&self, start: usize, of_weights: &mut [f64], of_response: &mut [f64]) -> f64 {
        let task = self.task;
        let batches: Vec<Batch<'_>> = task
            .sources
            .iter()
            .enumerate()
            .filter(|(_, source)| start < source.train.len())
            .map(|(i, source)| (i, &source.train[start..source.train.len().min(start + AT_ONCE)]))
            .collect();
        let parts = batches.iter().map(|&(s, batch)| (task.sources[s].objective.as_ref(), batch));
        let Some(gather) = Gather::new(parts, task.features, task.place) else { return 0.0 };
        let Forward { values, pull_back } = self.model.forward(gather.batch());
        let gathered = Gathered::new(&gather, values.clone(), &task.shape.layout);
        let scorer = Scorer::gathered(&gathered, task.returns, task.place);
        let people = self.response.leaves(task.place);
        let total = task.mixing.total(&Step::of(task, &scorer, &people, &batches));
        let gradients = total.clone().backward();
        let slopes = self.response.slope(&people, &gradients);
        of_response.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        if let Some(upstream) = values.grad(&gradients) {
            let slopes = pull_back(upstream);
            of_weights.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        }
        total.into_data().iter::<f64>().sum()
    }
}
