//! Who predicts whom? Each source's reward, judged on what every source says.
//!
//! Sources that are mixed into one reward are taken to speak of one thing. Whether they do can be
//! measured before anything is mixed: a reward is fitted to each source alone, in two folds of
//! clusters, and judged on the statements of every source in the other fold. That costs as much as
//! fitting each source twice. Only statements that may be learned from are judged; a fit that stops
//! early does so by the validation part, as any run's.

use crate::folds::{Cut, Folds};
use crate::mixing::Trust;
use crate::{
    Fit, Inference, Options, ResponseLearner, Source, SumModel, Task, TrainingError, return_sd,
};
use medley_adapter::Scorer;
use medley_evaluation::{Judgement, Options as MeasureOptions, Scored, above_chance};
use medley_reward_model::RewardModel;

/// Folds: each reward is learned from about half of the statements.
const FOLDS: usize = 2;

/// Held-out judgements of each source's reward on every source.
pub struct CrossPrediction {
    /// Names of the sources.
    pub sources: Vec<String>,
    /// Statements of each that were judged: one about clusters of both folds is in neither.
    pub statements: Vec<usize>,
    /// `[learned from][judged]`; both folds together.
    judged: Vec<Vec<Scored>>,
}

impl CrossPrediction {
    /// Fits each source of `task` alone, in everything else as the task says, and judges it.
    ///
    /// # Errors
    /// If a fit diverges.
    pub fn new(
        task: &Task<'_>,
        inference: &dyn Inference,
        options: &Options,
    ) -> Result<Self, TrainingError> {
        let sources = task.sources;
        let folds = Folds::new(sources, FOLDS, task.seed);
        let nothing = |source: &Source| Scored {
            responses: source.objective.responses(),
            judgements: Vec::new(),
            returns: Default::default(),
        };
        let mut judged: Vec<Vec<Scored>> =
            sources.iter().map(|_| sources.iter().map(nothing).collect()).collect();
        for fold in 0..folds.count() {
            let cuts: Vec<Cut> = sources.iter().map(|source| folds.cut(source, fold)).collect();
            for (row, (source, cut)) in judged.iter_mut().zip(sources.iter().zip(&cuts)) {
                if cut.train.is_empty() {
                    continue;
                }
                let learned = [Source { train: cut.train.clone(), ..source.clone() }];
                let fit = Fit::alone(&source.name);
                let alone = Task { sources: &learned, fit: &fit, tie: None, ..*task };
                let model = inference.infer(&alone, options, None, &mut |_| {})?.model.frozen();
                // Folds are pooled, so that their rewards have to be on one scale. A reward that
                // says the same of everything predicts nothing.
                let sd = return_sd(model.as_ref(), task);
                if sd.is_nan() || sd <= 0.0 {
                    continue;
                }
                let scaled = SumModel::new(vec![(1.0 / sd, model)]);
                for (cell, (judged, cut)) in row.iter_mut().zip(sources.iter().zip(&cuts)) {
                    cell.judgements.extend(judge(task, &scaled, judged, cut));
                }
            }
        }
        let sources_of = sources.iter().map(|source| source.name.clone()).collect();
        let own = |number: usize| judged[number][number].judgements.len();
        let statements = (0..sources.len()).map(own).collect();
        Ok(Self { sources: sources_of, statements, judged })
    }

    /// What the reward of source `learned` says of the statements of source `judged` that it was
    /// not learned from, by position in [`Self::sources`].
    pub fn judged(&self, learned: usize, judged: usize) -> &Scored {
        &self.judged[learned][judged]
    }

    /// How well each reward predicts each source, from -1 to 1; none where nothing was judged or
    /// nothing varies. `[learned from][judged]`
    pub fn matrix(&self) -> Vec<Vec<Option<f64>>> {
        let quick = medley_evaluation::Bootstrap { replicates: 1, seed: 0 };
        let options = MeasureOptions { bootstrap: quick, ..MeasureOptions::default() };
        let value =
            |scored: &Scored| above_chance(scored, &options).map(|(_, estimate)| estimate.value);
        self.judged.iter().map(|row| row.iter().map(value).collect()).collect()
    }

    /// Which sources agree with most of the others.
    pub fn trust(&self) -> Trust {
        Trust::of(&self.matrix(), &self.statements)
    }
}

/// Judgements whose predicted values have mean 0. Comparisons leave the mean of a reward open, so that
/// two folds differ by an offset that means nothing; differences of returns have none.
fn centred(mut judgements: Vec<Judgement>) -> Vec<Judgement> {
    let absolute = |judgement: &Judgement| !judgement.answer.antisymmetric;
    let values: Vec<f64> =
        judgements.iter().filter(|j| absolute(j)).filter_map(|j| j.predicted_value).collect();
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    for judgement in judgements.iter_mut().filter(|judgement| absolute(judgement)) {
        judgement.predicted_value = judgement.predicted_value.map(|value| value - mean);
    }
    judgements
}

/// Judgements of the held-out statements, people answering as they are taken to at the start: a rank
/// and the most likely answer do not depend on it.
fn judge(task: &Task<'_>, model: &dyn RewardModel, source: &Source, cut: &Cut) -> Vec<Judgement> {
    if cut.held_out.is_empty() || cut.train.is_empty() {
        return Vec::new();
    }
    let place = task.place.inner();
    let parameters = source.objective.parameters(&cut.train);
    let response = ResponseLearner::new(vec![parameters], model.members(), |_| true);
    let scorer = Scorer::new(model, task.features, task.returns, &place);
    centred(source.objective.judge(&scorer, &response.of(0, &place), &cut.held_out))
}
