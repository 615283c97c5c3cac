//! Which weighted sum of finished rewards explains answers best?
//!
//! ```text
//! max over a >= 0 and rho of  sum_i log p(y_i | sum_k a_k z_k, rho) + log p(a) + log p(rho)
//! ```
//!
//! `z_k` are the candidates, frozen, each the mean over its members: one weight is found for a
//! candidate and holds for all of its members. It is a fit of few numbers to its optimum, in double
//! precision, under the same priors of response parameters as any fit.

use crate::bounded::{Bound, minimize_bounded};
use crate::minimize::MinimizeOptions;
use crate::{ResponseLearner, TrainingError};
use burn::tensor::{DType, Tensor};
use medley_adapter::{Objective, Prior, ResponseParameter, Scorer, StepValues};
use medley_encoder::Features;
use medley_reward_model::{Frozen, HeadLayout, Placement, Returns, RewardModel, SegmentBatch};

/// Finished rewards, with what each says of every step.
pub struct Candidates {
    means: Means,
    values: StepValues,
    place: Placement,
}

/// The weight of a candidate, which is at least 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// Where it is looked for first.
    pub start: f64,
    /// A normal prior, cut at 0.
    pub prior: Prior,
}

impl Candidates {
    /// Rewards with the same heads, each with a factor on it; `place` is without autodiff.
    ///
    /// # Panics
    /// If there is none, or their heads differ.
    pub(crate) fn new(
        rewards: Vec<(f64, Box<dyn RewardModel>)>,
        features: &Features,
        place: &Placement,
    ) -> Self {
        let layout = rewards.first().expect("candidates").1.layout();
        assert!(rewards.iter().all(|(_, reward)| reward.layout() == layout), "heads differ");
        let means = Means(rewards);
        let values = StepValues::compute(&means, features, place);
        Self { means, values, place: place.clone() }
    }

    /// Weights of the candidates under which `statements` of `objective` are most likely, in their
    /// order. Response parameters that are `frozen` stay where they start.
    ///
    /// # Errors
    /// If the optimum is not reached, as where a candidate says NaN.
    ///
    /// # Panics
    /// If there is not a coefficient for each candidate, or one starts below 0.
    pub(crate) fn stack(
        &self,
        objective: &dyn Objective,
        statements: &[usize],
        coefficients: &[Coefficient],
        returns: Returns,
        frozen: impl Fn(&ResponseParameter) -> bool,
    ) -> Result<Vec<f64>, TrainingError> {
        let count = coefficients.len();
        assert_eq!(count, self.means.members(), "coefficients and candidates");
        assert!(coefficients.iter().all(|c| c.start >= 0.0), "{coefficients:?}");
        let weights = coefficients.iter().enumerate().map(|(k, c)| c.parameter(k)).collect();
        let parameters = vec![weights, objective.parameters(statements)];
        let frozen = |p: &ResponseParameter| !p.name.starts_with(WEIGHT) && frozen(p);
        let learner = ResponseLearner::new(parameters, 1, frozen);
        let starts = coefficients.iter().map(|c| c.start);
        let start: Vec<f64> = starts.chain(learner.read().into_iter().skip(count)).collect();
        let mut bounds = vec![Bound::AtLeastZero; count];
        bounds.resize(start.len(), Bound::None);
        let mut stacking = Stacking { candidates: self, objective, statements, returns, learner };
        let mut energy = |at: &[f64], gradient: &mut [f64]| stacking.energy(at, gradient);
        let found = minimize_bounded(&start, &bounds, &mut energy, &OPTIMUM);
        match found.converged {
            true => Ok(found.at[..count].to_vec()),
            false => Err(TrainingError::Mixing(format!(
                "the weights of {count} rewards have no optimum: a gradient of at most {:e} nats a \
                 statement was expected, and {:e} found",
                OPTIMUM.tolerance, found.gradient_norm
            ))),
        }
    }
}

/// In nats a statement.
const OPTIMUM: MinimizeOptions = MinimizeOptions { iterations: 1000, tolerance: 1e-6 };

/// Statements in one batch: bounds memory, and changes a sum by no more than rounding.
const STATEMENTS_AT_ONCE: usize = 8192;

impl Coefficient {
    /// It is learned as parameters of responses are.
    fn parameter(&self, candidate: usize) -> ResponseParameter {
        let parameter = ResponseParameter::free(&weight_of(candidate), vec![self.start as f32]);
        ResponseParameter { prior: Some(self.prior), ..parameter }
    }
}

/// What the names of weights among the parameters begin with.
const WEIGHT: &str = "weight-of-candidate-";

fn weight_of(candidate: usize) -> String {
    format!("{WEIGHT}{candidate}")
}

/// A search for weights.
struct Stacking<'a> {
    candidates: &'a Candidates,
    objective: &'a dyn Objective,
    statements: &'a [usize],
    returns: Returns,
    learner: ResponseLearner,
}

impl Stacking<'_> {
    /// Negative log-posterior by statement; its gradient is written.
    fn energy(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
        let Candidates { means, values, place } = self.candidates;
        let exact = Placement { device: place.device.clone().autodiff(), dtype: DType::F64 };
        self.learner.write(at);
        gradient.fill(0.0);
        self.learner.add_penalty_slope(1.0, gradient);
        let mut energy = self.learner.penalty();
        for chunk in self.statements.chunks(STATEMENTS_AT_ONCE) {
            let leaves = self.learner.leaves(&exact);
            let [weights, response] = &leaves.of_source[..] else {
                unreachable!("weights and one source")
            };
            let weights = (0..means.members()).map(|k| weights.get(&weight_of(k)));
            let weights = Tensor::cat(weights.collect(), 1);
            let sum_of = |model| Sum {
                candidates: Frozen { model, place: place.clone() },
                weights: weights.clone(),
            };
            let (known, points) = (sum_of(&values.model), sum_of(means));
            let scorer = Scorer::new(&known, &values.features, self.returns, &exact);
            let scorer = scorer.with_points(&points);
            let loss = self.objective.losses(&scorer, response, chunk).sum();
            let slopes = self.learner.slope(&leaves, &loss.backward());
            gradient.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += slope);
            energy += loss.into_data().iter::<f64>().sum::<f64>();
        }
        let count = self.statements.len().max(1) as f64;
        gradient.iter_mut().for_each(|slope| *slope /= count);
        energy / count
    }
}

/// Rewards side by side, in place of members: each times its factor, mean over its members.
struct Means(Vec<(f64, Box<dyn RewardModel>)>);

impl RewardModel for Means {
    fn members(&self) -> usize {
        self.0.len()
    }

    fn layout(&self) -> &HeadLayout {
        self.0[0].1.layout()
    }

    fn is_stepwise(&self) -> bool {
        self.0.iter().all(|(_, reward)| reward.is_stepwise())
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let mean = |(factor, reward): &(f64, Box<dyn RewardModel>)| {
            reward.heads(batch).mean_dim(0).mul_scalar(*factor)
        };
        Tensor::cat(self.0.iter().map(mean).collect(), 0)
    }
}

/// The weighted sum of candidates, which stand side by side in place of members, as one member.
struct Sum<'a> {
    candidates: Frozen<'a>,
    weights: Tensor<2>, // [1, candidate], tracks gradients
}

impl RewardModel for Sum<'_> {
    fn members(&self) -> usize {
        1
    }

    fn layout(&self) -> &HeadLayout {
        self.candidates.layout()
    }

    fn is_stepwise(&self) -> bool {
        self.candidates.is_stepwise()
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let count = self.candidates.members();
        let weights = self.weights.clone().reshape([count, 1, 1, 1]);
        (self.candidates.heads(batch) * weights).sum_dim(0)
    }
}
