//! The log-density of a fit as a function of one flat vector: what a sampler can ask.

use crate::map::{initial_model, initial_response};
use crate::point::dot;
use crate::step::Batch;
use crate::{ResponseLearner, Source, Step, Task};
use medley_adapter::{Gather, Gathered, Scorer};
use medley_reward_model::{Forward, HeadLayout, ModelShape, Trainable};
use nalgebra::DMatrix;

/// Statements whose rewards are computed in one pass.
const AT_ONCE: usize = 1024;

/// The posterior of a fit, up to a constant: log-likelihood of all statements learned from, priors
/// of the response parameters, and a Gaussian prior on each weight of the model.
///
/// The vector is the parameters of the model, as [`Trainable::read`] lists them, and behind them the
/// learned response parameters, as [`ResponseLearner::read`] does. Decoupled weight decay is no
/// prior, so the one on weights has to be stated. A mixing that projects gradients has no density: what
/// is given is that of its total. In double precision if the task's placement is.
///
/// Features of all segments are gathered once and kept.
pub struct Target<'a> {
    task: &'a Task<'a>,
    model: Box<dyn Trainable>,
    response: ResponseLearner,
    prior: WeightPrior,
    chunks: Vec<Chunk<'a>>,
    /// What tied sources are asked by.
    one_head: Option<OneHead>,
}

/// A linear model of one head, which stands for what a source sees of all: the sum of the shared one
/// and its own. A head more is a pass over all statements more.
struct OneHead {
    shape: ModelShape,
    model: Box<dyn Trainable>,
}

impl OneHead {
    /// For a task whose sources are asked apart; none for any other.
    fn of(task: &Task<'_>) -> Option<Self> {
        let layout = HeadLayout::shared();
        let shape = is_apart(task).then(|| ModelShape { layout, ..task.shape.clone() })?;
        let model = initial_model(&Task { shape: &shape, ..*task });
        Some(Self { shape, model })
    }

    /// Takes the rewards that the source of head `own` sees, where `weights` are those of `heads` heads.
    fn see(&mut self, weights: &[f64], heads: usize, own: usize) {
        let seen: Vec<f64> = weights.chunks(heads).map(|of| of[0] + of[own]).collect();
        self.model.write(&seen);
    }
}

/// A Gaussian prior of mean 0 on the weights of a model.
enum WeightPrior {
    /// None.
    Flat,
    /// A precision for each weight.
    Independent(Vec<f64>),
    /// Precisions between the heads of a linear model at each feature, `[head, head]`. Its weights stand
    /// by member, feature and head.
    Heads(Vec<DMatrix<f64>>),
}

impl WeightPrior {
    /// Minus the log-density at `weights`, up to a constant, whose gradient is put into `slopes`.
    fn energy(&self, weights: &[f64], slopes: &mut [f64]) -> f64 {
        match self {
            Self::Flat => slopes.fill(0.0),
            Self::Independent(precisions) => {
                for ((slope, &weight), precision) in slopes.iter_mut().zip(weights).zip(precisions)
                {
                    *slope = weight * precision;
                }
            }
            Self::Heads(precisions) => {
                let heads = precisions[0].nrows();
                let at_features = slopes.chunks_mut(heads).zip(weights.chunks(heads));
                for ((of, at), precision) in at_features.zip(precisions.iter().cycle()) {
                    for (row, slope) in of.iter_mut().enumerate() {
                        *slope = (0..heads).map(|head| precision[(row, head)] * at[head]).sum();
                    }
                }
            }
        }
        0.5 * dot(weights, slopes)
    }
}

/// Statements of all sources that are asked in one pass, and the segments that they read.
struct Chunk<'a> {
    batches: Vec<Batch<'a>>,
    gather: Gather,
    /// The head of the source that it is of, if sources are asked apart.
    own: Option<usize>,
}

impl<'a> Target<'a> {
    /// The target of a task, with a standard deviation for the prior on weights.
    ///
    /// # Panics
    /// If the standard deviation is not positive, or the task has a source without statements.
    pub fn new(task: &'a Task<'a>, prior_sd: f64) -> Self {
        task.assert_sources();
        let model = initial_model(task);
        let mut target = Self {
            task,
            response: initial_response(task),
            prior: WeightPrior::Independent(Vec::new()),
            chunks: chunks_of(task),
            one_head: OneHead::of(task),
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
        self.prior = WeightPrior::Independent(sds.iter().map(precision).collect());
    }

    /// Leaves weights without a prior.
    pub(crate) fn set_flat(&mut self) {
        self.prior = WeightPrior::Flat;
    }

    /// Sets a prior of mean 0 that ties the weights of all heads at a feature, alike for each member of a
    /// linear model. `precisions` are `[feature][head, head]`; a head whose row is 0 has no prior.
    ///
    /// # Panics
    /// If there is not one for each feature, or it is not as large as there are heads.
    pub(crate) fn tie_heads(&mut self, precisions: Vec<DMatrix<f64>>) {
        let heads = self.task.shape.layout.len();
        assert_eq!(precisions.len(), self.task.shape.features, "precisions and features");
        let fits = precisions.iter().all(|precision| precision.shape() == (heads, heads));
        assert!(fits, "precisions between {heads} heads");
        self.prior = WeightPrior::Heads(precisions);
    }

    /// Length of the vector.
    pub fn dim(&self) -> usize {
        self.model.parameter_count() + self.response.read().len()
    }

    /// Where training would start.
    pub fn start(&self) -> Vec<f64> {
        self.model.read().into_iter().chain(self.response.read()).collect()
    }

    /// Sum of the log-densities at points, a member each, in nats, and the gradient of each.
    /// `weights` is the number of weights of a member, which come first in a point; learned response
    /// parameters of a member are behind them.
    ///
    /// # Panics
    /// If there is not a point for each member.
    pub(crate) fn at_points(
        &mut self,
        points: &[Vec<f64>],
        weights: usize,
    ) -> (f64, Vec<Vec<f64>>) {
        let mut response = self.response.clone();
        for (member, point) in points.iter().enumerate() {
            response.set_member(member, &point[weights..]);
        }
        let of_weights = points.iter().flat_map(|point| point[..weights].iter().copied());
        let theta: Vec<f64> = of_weights.chain(response.read()).collect();
        let mut flat = vec![0.0; theta.len()];
        let density = self.log_density(&theta, &mut flat);
        let (of_weights, of_response) = flat.split_at(weights * points.len());
        let of_member = |member: usize| {
            let own = of_weights[member * weights..(member + 1) * weights].iter().copied();
            own.chain(response.places_of(member).map(|place| of_response[place])).collect()
        };
        (density, (0..points.len()).map(of_member).collect())
    }

    /// Log-density at `theta` in nats, and its gradient.
    ///
    /// # Panics
    /// If either is not [`Target::dim`] long.
    pub fn log_density(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        assert_eq!(gradient.len(), self.dim(), "gradient and parameters");
        let weights = self.model.parameter_count();
        if self.one_head.is_none() {
            self.model.write(&theta[..weights]);
        }
        self.response.write(&theta[weights..]);
        let (of_weights, of_response) = gradient.split_at_mut(weights);
        of_response.fill(0.0);
        let mut energy = self.response.penalty();
        self.response.add_penalty_slope(1.0, of_response);
        energy += self.prior.energy(&theta[..weights], of_weights);
        let Self { task, model, response, one_head, chunks, .. } = self;
        let heads = task.shape.layout.len();
        for chunk in chunks.iter() {
            match (&mut *one_head, chunk.own) {
                (Some(one), Some(own)) => {
                    one.see(&theta[..weights], heads, own);
                    let task = Task { shape: &one.shape, ..**task };
                    let (loss, slopes) =
                        chunk.add(&task, one.model.as_ref(), response, of_response);
                    energy += loss;
                    for (sum, slope) in of_weights.chunks_mut(heads).zip(slopes) {
                        sum[0] += slope;
                        sum[own] += slope;
                    }
                }
                _ => {
                    let (loss, slopes) = chunk.add(task, model.as_ref(), response, of_response);
                    energy += loss;
                    of_weights.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
                }
            }
        }
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -energy
    }
}

/// Whether sources are tied by the prior alone, so that each is asked by a head of its own.
fn is_apart(task: &Task<'_>) -> bool {
    let layout = &task.shape.layout;
    let has_own = |source: &Source| !task.further_heads(&source.name).is_empty();
    task.tie.is_some()
        && task.mixing.is_additive()
        && task.backbone.is_linear()
        && layout.common().len() == 1
        && task.sources.iter().all(has_own)
}

/// All statements, so many of each source at once. Sources that are tied by the prior alone have heads of
/// their own, so that nothing is gained by asking what two of them read in one pass: each is asked by
/// itself.
fn chunks_of<'a>(task: &'a Task<'a>) -> Vec<Chunk<'a>> {
    let all: Vec<usize> = (0..task.sources.len()).collect();
    let apart = is_apart(task);
    let at_once: Vec<&[usize]> = if apart { all.chunks(1).collect() } else { vec![&all] };
    let of = |sources: &[usize]| -> Vec<Chunk<'a>> {
        let own = || task.further_heads(&task.sources[sources[0]].name).first().copied();
        let own = if apart { own() } else { None };
        let lengths = sources.iter().map(|&source| task.sources[source].train.len());
        let starts = (0..lengths.max().unwrap_or(0)).step_by(AT_ONCE);
        starts.filter_map(|start| Chunk::new(task, sources, own, start)).collect()
    };
    at_once.into_iter().flat_map(of).collect()
}

impl<'a> Chunk<'a> {
    /// Statements `start` to `start + AT_ONCE` of each of `sources`; none if they read nothing.
    fn new(
        task: &'a Task<'a>,
        sources: &[usize],
        own: Option<usize>,
        start: usize,
    ) -> Option<Self> {
        let batch = |&source: &usize| {
            let train = &task.sources[source].train;
            (start < train.len()).then(|| (source, &train[start..train.len().min(start + AT_ONCE)]))
        };
        let batches: Vec<Batch<'a>> = sources.iter().filter_map(batch).collect();
        let parts = batches.iter().map(|&(s, batch)| (task.sources[s].objective.as_ref(), batch));
        // What has weights alone is linear, and looks at one step at a time.
        let gather = Gather::packed(parts, task.features, task.place)?;
        Some(Self { batches, gather, own })
    }

    /// The loss of its statements under `model`, and its slope by the weights of the model; that by
    /// response parameters is added to `of_response`.
    fn add(
        &self,
        task: &Task<'_>,
        model: &dyn Trainable,
        response: &ResponseLearner,
        of_response: &mut [f64],
    ) -> (f64, Vec<f64>) {
        let Forward { values, pull_back } = model.forward(self.gather.batch());
        let gathered = Gathered::new(&self.gather, values.clone(), &task.shape.layout);
        let scorer = Scorer::gathered(&gathered, task.returns, task.place);
        let people = response.leaves(task.place);
        let total = task.mixing.total(&Step::of(task, &[scorer], &people, &self.batches));
        let gradients = total.clone().backward();
        let slopes = response.slope(&people, &gradients);
        of_response.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
        let of_weights = values.grad(&gradients).map(pull_back).unwrap_or_default();
        (total.into_data().iter::<f64>().sum(), of_weights)
    }
}
