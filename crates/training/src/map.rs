//! `inference.map`: the maximum a posteriori by AdamW on batches, stopped early.

use crate::checkpoint::{Kept, Learning, Progress};
use crate::epoch::{Epoch, MemberWeights, steps_of_epoch};
use crate::interrupt::is_interrupted;
use crate::passes::{Passes, places_of_members};
use crate::step::Batch;
use crate::{
    CheckpointFolder, CurvePoint, Event, Fitted, HeldOutTerm, Inference, Options, ResponseLearner,
    Source, Step, StopReason, Task, TrainingError, stream,
};
use burn::tensor::Tensor;
use medley_adapter::{Gather, Response, Scorer};
use medley_dataset::Part;
use medley_reward_model::{AdamW, Placement, RewardModel, Trainable};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Options: none, those of `[training]` apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Map {}

#[typetag::serde(name = "map")]
impl Inference for Map {
    fn infer(
        &self,
        task: &Task<'_>,
        options: &Options,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        if task.tie.is_some() {
            let message = "`inference.map` cannot tie rewards; `inference.laplace` and \
                           `inference.last-layer` can";
            return Err(TrainingError::Mixing(message.to_owned()));
        }
        let mut descent = Descent::new(task, options);
        if let Some(folder) = checkpoints
            && let Err(error) = descent.resume(folder)
        {
            tell(Event::Restarted { reason: error.to_string() });
            folder.clear()?;
            descent = Descent::new(task, options);
        }
        descent.run(checkpoints, tell)
    }

    fn can_project(&self) -> bool {
        true
    }

    fn summary(&self) -> &'static str {
        "the maximum a posteriori, by AdamW with early stopping"
    }
}

/// A new model for a task, each member from a stream of its own.
pub(crate) fn initial_model(task: &Task<'_>) -> Box<dyn Trainable> {
    let name = |member: usize| match member {
        0 => "initial-weights".to_owned(),
        _ => format!("initial-weights/{member}"),
    };
    let mut members: Vec<_> =
        (0..task.shape.members).map(|member| stream(task.seed, &name(member))).collect();
    task.backbone.module(task.shape, &mut members, task.place)
}

/// New response models for a task: one for each source, and the mixing's own behind them.
pub(crate) fn initial_response(task: &Task<'_>) -> ResponseLearner {
    let of = |source: &Source| source.objective.parameters(&source.train);
    let sources = task.sources.iter().map(of).chain([task.mixing.parameters(task.fit)]);
    let frozen = |parameter: &_| task.mixing.frozen(parameter);
    ResponseLearner::new(sources.collect(), task.shape.members, frozen)
}

/// A model and response models for a task, whose members are at these points: weights, then response
/// parameters.
pub(crate) fn model_at(
    task: &Task<'_>,
    points: &[Vec<f64>],
) -> (Box<dyn Trainable>, ResponseLearner) {
    let mut model = initial_model(task);
    let mut response = initial_response(task);
    let weights = model.parameter_count() / points.len().max(1);
    for (member, point) in points.iter().enumerate() {
        response.set_member(member, &point[weights..]);
    }
    model.write(&points.iter().flat_map(|point| &point[..weights]).copied().collect::<Vec<_>>());
    (model, response)
}

/// A fit in progress.
struct Descent<'a> {
    task: &'a Task<'a>,
    options: &'a Options,
    learning: Learning,
    kept: Kept,
    member_weights: Vec<MemberWeights>,
    further_heads: Vec<Vec<usize>>,
    progress: Progress,
    /// Steps of an epoch.
    steps: u64,
    /// Statements learned from: the loss of a step is a mean over them.
    statements: usize,
    /// Where weights of members are, if gradients are projected.
    places: Vec<Vec<usize>>,
}

impl<'a> Descent<'a> {
    fn new(task: &'a Task<'a>, options: &'a Options) -> Self {
        task.assert_sources();
        let model = initial_model(task);
        let response = initial_response(task);
        let flat: Vec<f32> = model.read().iter().map(|&value| value as f32).collect();
        let places = places_of_members(task, model.as_ref());
        let optimizer = AdamW::new(flat.len(), &options.adamw);
        let kept = Kept { model: model.duplicate(), response: response.clone() };
        let statements: usize = task.sources.iter().map(|source| source.train.len()).sum();
        let members = task.shape.members;
        let weights = |source| MemberWeights::new(source, members, options.bootstrap, task.seed);
        Self {
            task,
            options,
            learning: Learning { model, flat, optimizer, response },
            kept,
            member_weights: task.sources.iter().map(weights).collect(),
            further_heads: task.sources.iter().map(|s| task.further_heads(&s.name)).collect(),
            progress: Progress::default(),
            steps: steps_of_epoch(task.sources, options.batch_size),
            statements,
            places,
        }
    }

    fn resume(&mut self, folder: &CheckpointFolder) -> Result<(), TrainingError> {
        if let Some(progress) = folder.load(self.task.fit, &mut self.learning, &mut self.kept)? {
            self.progress = progress;
        }
        Ok(())
    }

    fn run(
        mut self,
        checkpoints: Option<&CheckpointFolder>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<Fitted, TrainingError> {
        tell(Event::Started {
            epoch: self.progress.epoch,
            epochs: self.options.most_epochs(self.steps),
            steps_per_epoch: self.steps,
        });
        let mut last_saved = Instant::now();
        let reason = loop {
            if let Some(reason) = self.stop_reason() {
                break reason;
            }
            let best = self.epoch()?;
            let epoch = self.progress.epoch;
            let curve = self.progress.curve.iter().filter(|p| p.epoch == epoch).cloned().collect();
            tell(Event::Epoch { epoch, curve, best });
            let stops = is_interrupted();
            if let Some(folder) = checkpoints
                && (stops || last_saved.elapsed().as_secs_f64() >= folder.interval_secs)
            {
                folder.save(self.task.fit, &self.progress, &self.learning, &self.kept)?;
                last_saved = Instant::now();
                tell(Event::Checkpoint { epoch });
            }
            if stops {
                return Err(TrainingError::Interrupted);
            }
        };
        self.check_after_last_step()?;
        let Progress { epoch, step, best_epoch, best_score, curve } = self.progress;
        tell(Event::Stopped { epoch, best_epoch, reason });
        Ok(Fitted {
            fit: self.task.fit.clone(),
            model: self.kept.model,
            response: self.kept.response,
            epochs: epoch,
            steps: step,
            best_epoch,
            held_out: best_score,
            reason,
            start_gap: None,
            chains: None,
            curve,
        })
    }

    fn stop_reason(&self) -> Option<StopReason> {
        let Progress { epoch, step, best_epoch, best_score, .. } = self.progress;
        let stale = best_score.is_some() && epoch - best_epoch >= self.options.patience;
        if self.options.patience > 0 && stale && step >= self.options.min_steps {
            return Some(StopReason::Patience);
        }
        (epoch >= self.options.most_epochs(self.steps)).then_some(StopReason::Epochs)
    }

    /// Trains for one epoch and measures; whether its weights are kept.
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
        let better = match (score, self.progress.best_score) {
            (None, _) | (Some(_), None) => true,
            (Some(score), Some(best)) => score > best,
        };
        let keep = better || self.options.patience == 0;
        if keep {
            let Learning { model, response, .. } = &self.learning;
            self.kept = Kept { model: model.duplicate(), response: response.clone() };
            self.progress.best_epoch = self.progress.epoch;
            self.progress.best_score = score;
        }
        Ok(keep)
    }

    /// One pass over the model for all sources, many likelihoods, one way back; or, where gradients are
    /// projected, a pass and a way back for each source.
    fn step(&mut self, order: &Epoch, number: u64, losses: &mut [f64]) {
        let task = self.task;
        let batches: Vec<Batch<'_>> = (0..task.sources.len())
            .map(|source| (source, order.batch(source, number)))
            .filter(|(_, batch)| !batch.is_empty())
            .collect();
        let parts = batches.iter().map(|&(s, batch)| (task.sources[s].objective.as_ref(), batch));
        let gather = match self.learning.model.is_stepwise() {
            true => Gather::packed(parts, task.features, task.place),
            false => Gather::new(parts, task.features, task.place),
        };
        let Some(gather) = gather else { return };
        let passes = Passes::new(task, self.learning.model.as_ref(), &gather, batches.len());
        let gathered = passes.gathered(&gather, task);
        let scorer = |gathered| Scorer::gathered(gathered, task.returns, task.place);
        let scorers: Vec<Scorer<'_>> = gathered.iter().map(scorer).collect();
        let people = self.learning.response.leaves(task.place);
        let mut step = Step::of(task, &scorers, &people, &batches);
        for (term, &(source, batch)) in step.terms.iter_mut().zip(&batches) {
            let shape = term.loss.dims(); // [member, batch]
            losses[source] += sum(term.loss.clone().inner()) / shape[0] as f64;
            if let Some(weights) = self.member_weights[source].of(batch) {
                term.loss = term.loss.clone() * task.place.tensor(weights, shape);
            }
        }
        // The objective is a mean over all statements; a step sees its share of them.
        let scale = self.steps as f64 / self.statements as f64;
        let gradients = task.mixing.total(&step).mul_scalar(scale).backward();
        let mut response_slope = self.learning.response.slope(&people, &gradients);
        // The prior counts once an epoch, as one more statement would.
        let prior = scale / self.steps as f64;
        self.learning.response.add_penalty_slope(prior, &mut response_slope);
        let slope = passes.pull_back(&gradients, task.mixing, &self.places);

        let all_steps = u64::from(self.options.most_epochs(self.steps)) * self.steps;
        let factor = self.options.rate_factor(self.progress.step, all_steps);
        if let Some(slope) = slope {
            let slope: Vec<f32> = slope.iter().map(|&slope| slope as f32).collect();
            let Learning { model, flat, optimizer, .. } = &mut self.learning;
            optimizer.step(flat, &slope, self.options.learning_rate * factor);
            model.write(&flat.iter().map(|&value| f64::from(value)).collect::<Vec<_>>());
        }
        let rate = self.options.response_learning_rate * factor;
        self.learning.response.step(&response_slope, rate);
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
        let mut losses = Vec::new();
        self.each_source(|source, scorer, response| {
            let Source { objective, train, .. } = &self.task.sources[source];
            let batch = &train[..train.len().min(self.options.batch_size.max(1))];
            losses.push(sum(objective.losses(scorer, response, batch)));
            Ok(())
        })?;
        self.check_finite(&losses)
    }

    fn record_train(&mut self, losses: &[f64]) {
        for (index, source) in self.task.sources.iter().enumerate() {
            let mean = -losses[index] / source.train.len() as f64;
            self.record(index, Part::Train, mean);
        }
    }

    /// Held-out log-likelihood of a statement, sources weighed by the mixing.
    fn record_validation(&mut self) -> Result<Option<f64>, TrainingError> {
        let mut means = Vec::new();
        self.each_source(|source, scorer, response| {
            let Source { objective, validation, .. } = &self.task.sources[source];
            if validation.is_empty() {
                return Ok(());
            }
            let all = objective.log_likelihoods(scorer, response, validation);
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            if mean.is_nan() {
                return Err(self.diverged(source, -mean));
            }
            means.push((source, mean));
            Ok(())
        })?;
        let term = |&(source, log_likelihood): &(usize, f64)| HeldOutTerm {
            source: &self.task.sources[source].name,
            statements: self.task.sources[source].train.len(),
            log_likelihood,
        };
        let terms: Vec<_> = means.iter().map(term).collect();
        let score = (!terms.is_empty()).then(|| self.task.mixing.held_out(&terms));
        for (source, mean) in means {
            self.record(source, Part::Validation, mean);
        }
        Ok(score)
    }

    /// Calls `act` for every source with the present weights, without autodiff.
    fn each_source(
        &self,
        mut act: impl FnMut(usize, &Scorer<'_>, &Response) -> Result<(), TrainingError>,
    ) -> Result<(), TrainingError> {
        let model: Box<dyn RewardModel> = self.learning.model.frozen();
        let place: Placement = self.task.place.inner();
        let Task { features, returns, .. } = *self.task;
        let scorer = Scorer::new(model.as_ref(), features, returns, &place);
        for (source, heads) in self.further_heads.iter().enumerate() {
            let response = self.learning.response.of(source, &place);
            act(source, &Task::seen(&scorer, heads), &response)?;
        }
        Ok(())
    }

    fn record(&mut self, source: usize, part: Part, log_likelihood: f64) {
        self.progress.curve.push(CurvePoint {
            epoch: self.progress.epoch,
            step: self.progress.step,
            source: self.task.sources[source].name.clone(),
            part,
            log_likelihood,
            rationality: self.learning.response.rationality(source),
        });
    }
}

fn sum(tensor: Tensor<2>) -> f64 {
    tensor.into_data().iter::<f64>().sum()
}
