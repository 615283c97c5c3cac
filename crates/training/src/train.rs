//! One run of training.

use crate::checkpoint::{Progress, Weights};
use crate::epoch::{Epoch, MemberWeights};
use crate::{
    CheckpointFolder, CurvePoint, Event, Options, Part, Rationality, ResponseLearner, StopReason,
    stream,
};
use burn::tensor::Tensor;
use medley_adapter::{Objective, Scorer};
use medley_dataset::Features;
use medley_reward_model::{Backbone, CheckpointError, Learner, ModelShape, Placement, Returns};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// A source of feedback in training.
pub struct Source {
    /// Name of the source.
    pub name: String,
    /// Statements to learn from.
    pub train: Arc<dyn Objective>,
    /// Those of `train` that are used; a budget may leave some out.
    pub chosen: Vec<usize>,
    /// Statements to stop early on.
    pub validation: Option<Arc<dyn Objective>>,
    /// Factor on its log-likelihood.
    pub weight: f64,
}

/// What to learn, from what.
pub struct Task<'a> {
    /// The sources. At least one.
    pub sources: &'a [Source],
    /// Features of every step.
    pub features: &'a Features,
    /// How rewards add up to returns.
    pub returns: Returns,
    /// The network.
    pub backbone: &'a dyn Backbone,
    /// Its sizes.
    pub shape: ModelShape,
    /// Whether rationalities are learned.
    pub rationality: Rationality,
    /// Seed of every random stream.
    pub seed: u64,
    /// Where to compute, with autodiff.
    pub place: &'a Placement,
}

/// A finished run.
pub struct Trained {
    /// The model with the best held-out log-likelihood (the last one without held-out data).
    pub learner: Box<dyn Learner>,
    /// The response models that belong to it.
    pub response: ResponseLearner,
    /// Epochs done.
    pub epochs: u32,
    /// Epoch whose weights are kept.
    pub best_epoch: u32,
    /// Why training ended.
    pub reason: StopReason,
    /// Log-likelihoods of every epoch.
    pub curve: Vec<CurvePoint>,
    /// Held-out log-likelihood of a statement at the best epoch; none without held-out data.
    pub held_out: Option<f64>,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A checkpoint could not be kept or brought back.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file operation failed.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The loss is no number any more.
    #[error(
        "training diverged in epoch {epoch}: the loss of source `{source_name}` is {value}; a smaller learning rate may help"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: u32,
        /// Source whose loss it was.
        source_name: String,
        /// The loss.
        value: f64,
    },
}

impl TrainingError {
    pub(crate) fn io(action: &'static str, path: &Path, error: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }
}

/// Trains until `options` say so, resuming from `checkpoints` if they hold any.
///
/// # Errors
/// If the loss diverges or a checkpoint cannot be written or read.
pub fn train(
    task: &Task<'_>,
    options: &Options,
    checkpoints: Option<&CheckpointFolder>,
    tell: &mut dyn FnMut(Event),
) -> Result<Trained, TrainingError> {
    let mut run = Run::start(task, options, checkpoints)?;
    tell(Event::Started {
        epoch: run.progress.epoch,
        epochs: options.epochs,
        steps_per_epoch: run.steps,
    });
    let mut last_saved = Instant::now();
    let reason = loop {
        if let Some(reason) = run.stop_reason() {
            break reason;
        }
        let best = run.epoch()?;
        let epoch = run.progress.epoch;
        let curve = run.progress.curve.iter().filter(|p| p.epoch == epoch).cloned().collect();
        tell(Event::Epoch { epoch, curve, best });
        if let Some(folder) = checkpoints
            && last_saved.elapsed().as_secs_f64() >= folder.interval_secs
        {
            folder.save(&run.progress, &run.weights())?;
            last_saved = Instant::now();
            tell(Event::Checkpoint { epoch });
        }
    };
    run.check_after_last_step()?;
    let Progress { epoch, best_epoch, best_score: held_out, curve, .. } = run.progress;
    tell(Event::Stopped { epoch, best_epoch, reason });
    let (learner, response) = run.best;
    Ok(Trained { learner, response, epochs: epoch, best_epoch, reason, curve, held_out })
}

/// A run in progress.
struct Run<'a> {
    task: &'a Task<'a>,
    options: &'a Options,
    learner: Box<dyn Learner>,
    response: ResponseLearner,
    best: (Box<dyn Learner>, ResponseLearner),
    member_weights: Vec<MemberWeights>,
    progress: Progress,
    steps: u64,
    /// Weighted number of statements: the loss of a step is a mean over it.
    mass: f64,
}

impl<'a> Run<'a> {
    fn start(
        task: &'a Task<'a>,
        options: &'a Options,
        checkpoints: Option<&CheckpointFolder>,
    ) -> Result<Self, TrainingError> {
        let rng = &mut stream(task.seed, "initial-weights");
        let members = task.shape.members;
        let mut learner = task.backbone.build(task.shape, &options.adamw, rng, task.place);
        let objectives: Vec<&dyn Objective> =
            task.sources.iter().map(|source| source.train.as_ref()).collect();
        let mut response = ResponseLearner::new(&objectives, members, task.rationality, task.place);
        let mut best = (learner.duplicate(), response.clone());
        let progress = match checkpoints {
            Some(folder) => folder.load(learner.as_mut(), &mut response, &mut best)?,
            None => None,
        };
        let total: usize = task.sources.iter().map(|source| source.chosen.len()).sum();
        let mass = task.sources.iter().map(|s| s.weight * s.chosen.len() as f64).sum();
        let weights = |source| MemberWeights::new(source, members, options.bootstrap, task.seed);
        Ok(Self {
            task,
            options,
            learner,
            response,
            best,
            member_weights: task.sources.iter().map(weights).collect(),
            progress: progress.unwrap_or_default(),
            steps: total.div_ceil(options.batch_size.max(1)) as u64,
            mass,
        })
    }

    fn stop_reason(&self) -> Option<StopReason> {
        let Progress { epoch, best_epoch, best_score, .. } = self.progress;
        let stale = best_score.is_some() && epoch - best_epoch >= self.options.patience;
        if self.options.patience > 0 && stale {
            return Some(StopReason::Patience);
        }
        (epoch >= self.options.epochs).then_some(StopReason::Epochs)
    }

    /// Trains for one epoch and measures; whether held-out log-likelihood is the best so far.
    fn epoch(&mut self) -> Result<bool, TrainingError> {
        let order = Epoch::new(self.task.sources, self.task.seed, self.progress.epoch, self.steps);
        let mut losses = vec![0.0; self.task.sources.len()];
        for step in 0..self.steps {
            self.step(&order, step, &mut losses);
        }
        self.progress.epoch += 1;
        self.check_finite(&losses)?;
        self.record_train(&losses);
        let score = self.record_validation()?;
        let best = match (score, self.progress.best_score) {
            (None, _) | (Some(_), None) => true,
            (Some(score), Some(best)) => score > best,
        };
        if best {
            self.best = (self.learner.duplicate(), self.response.clone());
            self.progress.best_epoch = self.progress.epoch;
            self.progress.best_score = score;
        }
        Ok(best)
    }

    fn step(&mut self, order: &Epoch, step: u64, losses: &mut [f64]) {
        let scorer = self.scorer(self.learner.model(), self.task.place);
        let mut total: Option<Tensor<1>> = None;
        for (index, source) in self.task.sources.iter().enumerate() {
            let batch = order.batch(index, step);
            if batch.is_empty() {
                continue;
            }
            let loss = source.train.loss(&scorer, &self.response.of(index), batch); // [member, batch]
            let shape = loss.dims();
            losses[index] += sum(loss.clone().inner()) / shape[0] as f64;
            let weighted = match self.member_weights[index].of(batch) {
                Some(weights) => loss * self.task.place.tensor(weights, shape),
                None => loss,
            };
            let term = weighted.sum().mul_scalar(source.weight);
            total = Some(match total {
                Some(total) => total + term,
                None => term,
            });
        }
        let Some(mut total) = total else { return };
        // The prior counts once an epoch, as one more statement would.
        if let Some(penalty) = self.response.penalty() {
            total = total + penalty.div_scalar(self.steps as f64);
        }
        let gradients = total.mul_scalar(self.steps as f64 / self.mass).backward();
        let all_steps = u64::from(self.options.epochs) * self.steps;
        let factor = self.options.rate_factor(self.progress.step, all_steps);
        self.learner.step(&gradients, self.options.learning_rate * factor);
        self.response.step(&gradients, self.options.response_learning_rate * factor);
        self.progress.step += 1;
    }

    fn check_finite(&self, losses: &[f64]) -> Result<(), TrainingError> {
        match losses.iter().position(|loss| !loss.is_finite()) {
            None => Ok(()),
            Some(source) => Err(self.diverged(source, losses[source])),
        }
    }

    fn diverged(&self, source: usize, value: f64) -> TrainingError {
        let source_name = self.task.sources[source].name.clone();
        TrainingError::Diverged { epoch: self.progress.epoch, source_name, value }
    }

    /// The losses of a step are those before it, so that nothing has looked at the weights that
    /// the last one left: one batch of each source is asked again.
    fn check_after_last_step(&self) -> Result<(), TrainingError> {
        let model = self.learner.frozen();
        let place = self.task.place.inner();
        let scorer = self.scorer(model.as_ref(), &place);
        let loss = |(index, source): (usize, &Source)| match source.chosen.len() {
            0 => 0.0,
            all => {
                let batch = &source.chosen[..all.min(self.options.batch_size.max(1))];
                sum(source.train.loss(&scorer, &self.response.frozen(index), batch))
            }
        };
        let losses: Vec<f64> = self.task.sources.iter().enumerate().map(loss).collect();
        self.check_finite(&losses)
    }

    fn record_train(&mut self, losses: &[f64]) {
        for (index, source) in self.task.sources.iter().enumerate() {
            let mean = -losses[index] / source.chosen.len() as f64;
            self.record(index, Part::Train, mean);
        }
    }

    /// Held-out log-likelihood of a statement, sources weighed as in training.
    fn record_validation(&mut self) -> Result<Option<f64>, TrainingError> {
        let model = self.learner.frozen();
        let place = self.task.place.inner();
        let (mut score, mut mass) = (0.0, 0.0);
        for (index, source) in self.task.sources.iter().enumerate() {
            let Some(held_out) = &source.validation else { continue };
            let scorer = self.scorer(model.as_ref(), &place);
            let statements: Vec<usize> = (0..held_out.statements()).collect();
            let judged = held_out.judge(&scorer, &self.response.frozen(index), &statements);
            let sum: f64 = judged.iter().map(|judgement| judgement.log_likelihood).sum();
            let mean = sum / judged.len() as f64;
            if mean.is_nan() {
                return Err(self.diverged(index, -mean));
            }
            let weight = source.weight * source.chosen.len() as f64;
            score += weight * mean;
            mass += weight;
            self.record(index, Part::Validation, mean);
        }
        Ok((mass > 0.0).then(|| score / mass))
    }

    fn record(&mut self, source: usize, part: Part, log_likelihood: f64) {
        self.progress.curve.push(CurvePoint {
            epoch: self.progress.epoch,
            step: self.progress.step,
            source: self.task.sources[source].name.clone(),
            part,
            log_likelihood,
            rationality: self.response.rationality(source),
        });
    }

    fn scorer<'s>(
        &self,
        model: &'s dyn medley_reward_model::RewardModel,
        place: &'s Placement,
    ) -> Scorer<'s>
    where
        'a: 's,
    {
        Scorer::new(model, self.task.features, self.task.returns, place)
    }

    fn weights(&self) -> Weights<'_> {
        Weights { learner: self.learner.as_ref(), response: &self.response, best: &self.best }
    }
}

fn sum(tensor: Tensor<2>) -> f64 {
    tensor.into_data().iter::<f64>().sum()
}
