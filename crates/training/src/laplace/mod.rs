//! `inference.laplace`: the maximum a posteriori of a linear reward by quasi-Newton steps in double
//! precision, under a Gaussian prior whose width the data choose, and draws around it.
//!
//! ```text
//! log p(w, rho | y) = sum_i log p(y_i | w, rho) + log p(rho) - |w|^2 / (2 s^2) + const
//! ```
//!
//! With one member, the model is the maximum. With several, members are draws from Laplace's
//! approximation, a Gaussian at the maximum whose precision is minus the second derivative there:
//! their mixture is the posterior predictive. By the evidence, `s` is raised by EM (MacKay 1992):
//! `s^2 <- (|w|^2 + tr Cov(w) + a s0^2) / (p + a)`, with `a = 2` weights' worth of the start `s0`.
//!
//! There are no epochs, no learning rate and no early stopping; of `[training]`, nothing applies. It
//! is meant for some hundred features: the second derivative is a dense matrix.

mod curvature;
mod scale;

pub use scale::Scale;

use crate::folds::{Cut, Folds};
use crate::map::{initial_model, initial_response};
use crate::minimize::{MinimizeOptions, Minimum, minimize};
use crate::{
    CheckpointFolder, Event, Fitted, HeldOutTerm, Inference, Options, ResponseLearner, Source,
    StopReason, Target, Task, TrainingError, stream,
};
use burn::tensor::DType;
use curvature::curvature;
use medley_adapter::Scorer;
use medley_reward_model::{Backbone, ModelShape, Placement, Trainable};
use medley_toml_file::{Problem, above_zero, at_least};
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use scale::weight_sd;
use serde::{Deserialize, Serialize};

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

/// Weights' worth of the start in the width by the evidence.
const START_WEIGHS: f64 = 2.0;

/// Relative change of the width at which EM has converged.
const SETTLED: f64 = 0.02;

/// Multiples of the width by the evidence that cross-validation tries. The first stands where nothing
/// can be held out, and where no other is better.
const MULTIPLES: [f64; 5] = [1.0, 2.0, 0.5, 0.25, 0.125];

/// Folds of cross-validation.
const FOLDS: usize = 5;

/// The sum of squares at which a gradient counts as zero is below what a nat's millionth can move.
const MODE: MinimizeOptions = MinimizeOptions { iterations: 1000, tolerance: 1e-6 };

#[typetag::serde(name = "laplace")]
impl Inference for Laplace {
    fn infer(
        &self,
        task: &Task<'_>,
        _options: &Options,
        _checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        tell(Event::Started { epoch: 0, epochs: self.rounds, steps_per_epoch: 1 });
        let mut fit = LinearFit::new(task, self.return_sd);
        let settled = self.choose_scale(&mut fit, tell);
        let converged = fit.go_to_mode() && settled;
        let reason = if converged { StopReason::Converged } else { StopReason::Unsettled };
        let rounds = fit.rounds;
        tell(Event::Stopped { epoch: rounds, best_epoch: rounds, reason });
        fit.finish(reason)
    }

    fn check(&self, backbone: &dyn Backbone) -> Result<(), Problem> {
        above_zero("return-sd", self.return_sd)?;
        at_least("rounds", u64::from(self.rounds), 1)?;
        match backbone.is_linear() {
            true => Ok(()),
            false => {
                let message = "only `reward-model.backbone.linear` has the one optimum that this \
                               method finds; `inference.map` fits the others";
                Err(Problem { path: Vec::new(), message: message.to_owned() })
            }
        }
    }

    fn summary(&self) -> &'static str {
        "the exact maximum a posteriori of a linear reward, and draws around it"
    }
}

impl Laplace {
    /// Whether the width has settled.
    fn choose_scale(&self, fit: &mut LinearFit<'_>, tell: &mut dyn FnMut(Event)) -> bool {
        match self.scale {
            Scale::Fixed => true,
            Scale::Evidence => fit.by_evidence(self.rounds, tell),
            Scale::CrossValidation => {
                let settled = fit.by_evidence(self.rounds, tell);
                fit.by_cross_validation();
                settled
            }
        }
    }
}

/// A fit of one member in double precision.
struct LinearFit<'a> {
    task: &'a Task<'a>,
    /// The point that is the best so far: weights, and learned response parameters behind them.
    theta: Vec<f64>,
    weights: usize,
    start_sd: f64,
    sd: f64,
    rounds: u32,
    iterations: u64,
}

impl<'a> LinearFit<'a> {
    fn new(task: &'a Task<'a>, return_sd: f64) -> Self {
        task.assert_sources();
        let weights = task.shape.features * task.shape.layout.len();
        let start_sd = weight_sd(task, return_sd);
        let single = ModelShape { members: 1, ..task.shape.clone() };
        let response = initial_response(&Task { shape: &single, ..*task });
        let theta = vec![0.0; weights].into_iter().chain(response.read()).collect();
        Self { task, theta, weights, start_sd, sd: start_sd, rounds: 0, iterations: 0 }
    }

    /// Calls `act` with the task for one member in double precision.
    fn exactly<T>(&self, act: impl FnOnce(&Task<'_>) -> T) -> T {
        let shape = ModelShape { members: 1, ..self.task.shape.clone() };
        let place = Placement { dtype: DType::F64, ..self.task.place.clone() };
        act(&Task { shape: &shape, place: &place, ..*self.task })
    }

    /// Goes to the maximum under the present width; whether it was found.
    fn go_to_mode(&mut self) -> bool {
        let found = self.exactly(|task| mode(task, &self.theta, self.sd));
        self.iterations += u64::from(found.iterations);
        self.theta = found.at;
        found.converged
    }

    /// Rounds of EM until the width settles; whether it did.
    fn by_evidence(&mut self, rounds: u32, tell: &mut dyn FnMut(Event)) -> bool {
        let count = self.weights as f64;
        while self.rounds < rounds {
            self.rounds += 1;
            self.go_to_mode();
            // Without a peak there is no volume under it: the width stays.
            let Some(spread) = self.covariance() else { return false };
            let weights = &self.theta[..self.weights];
            let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
            let traces: f64 = (0..self.weights).map(|i| spread[(i, i)]).sum();
            let start = START_WEIGHS * self.start_sd * self.start_sd;
            let sd = ((squares + traces + start) / (count + START_WEIGHS)).sqrt();
            let change = (sd / self.sd - 1.0).abs();
            self.sd = sd;
            tell(Event::Epoch { epoch: self.rounds, curve: Vec::new(), best: true });
            if change < SETTLED {
                return true;
            }
        }
        false
    }

    /// Takes the multiple of the present width that predicts held-out folds best.
    fn by_cross_validation(&mut self) {
        let folds = Folds::new(self.task.sources, FOLDS, self.task.seed);
        let scored = MULTIPLES.map(|multiple| (multiple, self.held_out_folds(&folds, multiple)));
        let better = |best: (f64, Option<f64>), next: (f64, Option<f64>)| match (best.1, next.1) {
            (Some(known), Some(found)) if found > known => next,
            _ => best,
        };
        if let Some((multiple, _)) = scored.into_iter().reduce(better) {
            self.sd *= multiple;
        }
    }

    /// Held-out score of all folds, each under a fit to the others with this multiple of the present
    /// width, sources weighed by the mixing; none if nothing could be held out.
    fn held_out_folds(&self, folds: &Folds, multiple: f64) -> Option<f64> {
        let sources = self.task.sources;
        let mut sums = vec![(0.0, 0usize); sources.len()];
        for fold in 0..folds.count() {
            let cut = |source: &Source| {
                let Cut { train, held_out } = folds.cut(source, fold);
                Source { train, validation: held_out, ..source.clone() }
            };
            let cut: Vec<Source> = sources.iter().map(cut).collect();
            // A fold that leaves some source nothing to learn from says nothing about this mix.
            if cut.iter().any(|source| source.train.is_empty()) {
                continue;
            }
            self.exactly(|task| {
                let task = Task { sources: &cut, ..*task };
                let found = mode(&task, &self.theta, multiple * self.sd);
                let mut sums = sums.iter_mut();
                each_source(&task, &found.at, self.weights, |source, scorer, response| {
                    if let Some((sum, count)) = sums.next() {
                        let statements = &source.validation;
                        *sum += log_likelihood(source, scorer, response, statements);
                        *count += statements.len();
                    }
                });
            });
        }
        let counted = sources.iter().zip(&sums).filter(|(_, (_, count))| *count > 0);
        let term = |(source, (sum, count)): (&'a Source, &(f64, usize))| HeldOutTerm {
            source: &source.name,
            statements: source.train.len(),
            log_likelihood: sum / *count as f64,
        };
        let terms: Vec<HeldOutTerm<'_>> = counted.map(term).collect();
        (!terms.is_empty()).then(|| self.task.mixing.held_out(&terms))
    }

    /// Covariance of the posterior at the present point; none if that is no peak.
    fn covariance(&self) -> Option<DMatrix<f64>> {
        Some(self.peak()?.inverse())
    }

    fn peak(&self) -> Option<Cholesky<f64, Dyn>> {
        let sds = vec![self.sd; self.weights];
        self.exactly(|task| Cholesky::new(curvature(task, &self.theta, &sds)))
    }

    /// The model and response models, in the precision and with the members of the task.
    fn finish(self, reason: StopReason) -> Result<Fitted, TrainingError> {
        let task = self.task;
        let held_out = self.held_out()?;
        let members = self.members()?;
        let mut model = initial_model(task);
        let mut response = initial_response(task);
        for (member, point) in members.iter().enumerate() {
            response.set_member(member, &point[self.weights..]);
        }
        let flat: Vec<f64> =
            members.iter().flat_map(|point| point[..self.weights].iter().copied()).collect();
        model.write(&flat);
        Ok(Fitted {
            fit: task.fit.clone(),
            model,
            response,
            epochs: self.rounds,
            steps: self.iterations,
            best_epoch: self.rounds,
            held_out,
            reason,
            curve: Vec::new(),
        })
    }

    /// Log-likelihood of a held-out statement, sources weighed by what is learned from them; none
    /// without held-out statements. There are no epochs and so no curve.
    fn held_out(&self) -> Result<Option<f64>, TrainingError> {
        let mut terms = Vec::new();
        self.exactly(|task| {
            each_source(task, &self.theta, self.weights, |source, scorer, response| {
                let statements = &source.validation;
                if !statements.is_empty() {
                    let total = log_likelihood(source, scorer, response, statements);
                    terms.push((
                        source.name.clone(),
                        source.train.len(),
                        total / statements.len() as f64,
                    ));
                }
            });
        });
        if let Some((name, ..)) = terms.iter().find(|(.., mean)| mean.is_nan()) {
            let (epoch, source_name) = (self.rounds, name.clone());
            return Err(TrainingError::Diverged { epoch, source_name, value: f64::NAN });
        }
        let terms = terms.iter().map(|(source, statements, log_likelihood)| HeldOutTerm {
            source,
            statements: *statements,
            log_likelihood: *log_likelihood,
        });
        let terms: Vec<HeldOutTerm<'_>> = terms.collect();
        Ok((!terms.is_empty()).then(|| self.task.mixing.held_out(&terms)))
    }

    /// The maximum alone, or as many draws as there are members.
    fn members(&self) -> Result<Vec<Vec<f64>>, TrainingError> {
        let count = self.task.shape.members;
        if count == 1 {
            return Ok(vec![self.theta.clone()]);
        }
        let peak = self.peak().ok_or_else(|| {
            TrainingError::Mixing("the posterior has no peak that draws could be around".to_owned())
        })?;
        let draw = |member: usize| {
            let mut rng = stream(self.task.seed, &format!("laplace/{member}"));
            let noise = DVector::from_fn(self.theta.len(), |_, _| normal(&mut rng));
            // Precision L L', so that L'^-1 z has its inverse as covariance.
            let away =
                peak.l_dirty().tr_solve_lower_triangular(&noise).expect("a positive diagonal");
            self.theta.iter().zip(away.iter()).map(|(mean, away)| mean + away).collect()
        };
        Ok((0..count).map(draw).collect())
    }
}

/// A standard normal number (Box and Muller 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

/// The maximum of the posterior of `task`, whose model has one member, from `start`.
fn mode(task: &Task<'_>, start: &[f64], sd: f64) -> Minimum {
    let mut target = Target::new(task, sd);
    let mut energy = |at: &[f64], gradient: &mut [f64]| {
        let density = target.log_density(at, gradient);
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -density
    };
    minimize(start, &mut energy, &MODE)
}

/// Calls `act` for each source with the reward and the response model of a point.
fn each_source(
    task: &Task<'_>,
    theta: &[f64],
    weights: usize,
    mut act: impl FnMut(&Source, &Scorer<'_>, &medley_adapter::Response),
) {
    let mut model: Box<dyn Trainable> = initial_model(task);
    model.write(&theta[..weights]);
    let model = model.frozen();
    let mut learner: ResponseLearner = initial_response(task);
    learner.write(&theta[weights..]);
    let place = task.place.inner();
    let scorer = Scorer::new(model.as_ref(), task.features, task.returns, &place);
    for (number, source) in task.sources.iter().enumerate() {
        let heads = task.further_heads(&source.name);
        act(source, &Task::seen(&scorer, &heads), &learner.of(number, &place));
    }
}

fn log_likelihood(
    source: &Source,
    scorer: &Scorer<'_>,
    response: &medley_adapter::Response,
    statements: &[usize],
) -> f64 {
    source.objective.log_likelihoods(scorer, response, statements).iter().sum()
}
