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
///
/// Features of all segments are gathered once and kept.
pub struct Target<'a> {
    task: &'a Task<'a>,
    model: Box<dyn Trainable>,
    response: ResponseLearner,
    precisions: Vec<f64>,
    chunks: Vec<Chunk<'a>>,
}

/// Statements of all sources that are asked in one pass, and the segments that they read.
struct Chunk<'a> {
    batches: Vec<Batch<'a>>,
    gather: Gather,
}

impl<'a> Target<'a> {
    /// The target of a task, with a standard deviation for the prior on weights.
    ///
    /// # Panics
    /// If the standard deviation is not positive, or the task has a source without statements.
    pub fn new(task: &'a Task<'a>, prior_sd: f64) -> Self {
        task.assert_sources();
        let model = initial_model(task);
        let longest = task.sources.iter().map(|source| source.train.len()).max().unwrap_or(0);
        let starts = (0..longest).step_by(AT_ONCE);
        let precisions = Vec::new();
        let mut target = Self {
            task,
            response: initial_response(task),
            precisions,
            chunks: starts.filter_map(|start| Chunk::new(task, start)).collect(),
            model,
        };
        target.set_prior(&vec![prior_sd; target.model.parameter_count()]);
        target
    }

    /// Sets the standard deviation of the prior on each weight.
    ///
    /// # Panics
    /// If there is not one for each weight, or one is not positive.
    pub fn set_prior(&mut self, sds: &[f64]) {
        assert_eq!(sds.len(), self.model.parameter_count(), "standard deviations and weights");
        let precision = |&sd: &f64| {
            assert!(sd > 0.0, "a prior needs a positive standard deviation, found {sd}");
            (sd * sd).recip()
        };
        self.precisions = sds.iter().map(precision).collect();
    }

    /// Length of the vector.
    pub fn dim(&self) -> usize {
        self.model.parameter_count() + self.response.read().len()
    }

    /// Where training would start.
    pub fn start(&self) -> Vec<f64> {
        self.model.read().into_iter().chain(self.response.read()).collect()
    }

    pub(crate) fn response(&self) -> &ResponseLearner {
        &self.response
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
        let mut energy = self.response.penalty();
        self.response.add_penalty_slope(1.0, of_response);
        for ((slope, &weight), precision) in
            of_weights.iter_mut().zip(&theta[..weights]).zip(&self.precisions)
        {
            *slope = weight * precision;
            energy += 0.5 * weight * weight * precision;
        }
        for chunk in &self.chunks {
            energy += self.add(chunk, of_weights, of_response);
        }
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -energy
    }

    /// Adds the gradient of the loss of one chunk of each source's statements; gives the loss.
    fn add(&self, chunk: &Chunk<'a>, of_weights: &mut [f64], of_response: &mut [f64]) -> f64 {
        let Self { task, model, response, .. } = self;
        let Forward { values, pull_back } = model.forward(chunk.gather.batch());
        let gathered = Gathered::new(&chunk.gather, values.clone(), &task.shape.layout);
        let scorer = Scorer::gathered(&gathered, task.returns, task.place);
        let people = response.leaves(task.place);
        let total = task.mixing.total(&Step::of(task, &scorer, &people, &chunk.batches));
        let gradients = total.clone().backward();
        let slopes = response.slope(&people, &gradients);
        of_response.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        if let Some(upstream) = values.grad(&gradients) {
            let slopes = pull_back(upstream);
            of_weights.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        }
        total.into_data().iter::<f64>().sum()
    }
}

impl<'a> Chunk<'a> {
    /// Statements `start` to `start + AT_ONCE` of each source; none if they read nothing.
    fn new(task: &'a Task<'a>, start: usize) -> Option<Self> {
        let sources = task.sources.iter().enumerate();
        let batches: Vec<Batch<'a>> = sources
            .filter(|(_, source)| start < source.train.len())
            .map(|(i, source)| (i, &source.train[start..source.train.len().min(start + AT_ONCE)]))
            .collect();
        let parts = batches.iter().map(|&(s, batch)| (task.sources[s].objective.as_ref(), batch));
        let gather = Gather::new(parts, task.features, task.place)?;
        Some(Self { batches, gather })
    }
}
