//! How well a fitted model tells what people say: of statements that it was not fitted to.

use crate::linear::said;
use crate::{Belief, Fitted, Panel};
use std::collections::BTreeMap;

/// What a model says of one statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Number of the statement.
    pub statement: usize,
    /// Probability of each response.
    pub probabilities: Vec<f64>,
    /// Log-likelihood of what was said, in nats.
    pub log_likelihood: f64,
    /// Share of what was said that the likeliest response is; shared where several are.
    pub hit: f64,
}

/// Means over statements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Number of statements.
    pub statements: usize,
    /// Negative log-likelihood a statement, in nats.
    pub nll: f64,
    /// Share of statements whose response is the likeliest.
    pub accuracy: f64,
}

/// Predictions of statements of people whom the model was fitted to, or who are strangers to it.
pub fn predict(fitted: &dyn Fitted, panel: &Panel, statements: &[usize]) -> Vec<Prediction> {
    let mut beliefs: BTreeMap<usize, Belief> = BTreeMap::new();
    let of = |&statement: &usize| {
        let person = panel.statements()[statement].person;
        let belief = beliefs.entry(person).or_insert_with(|| fitted.belief(panel, person));
        Prediction::of(fitted, panel, statement, belief)
    };
    statements.iter().map(of).collect()
}

impl Prediction {
    /// What is said of a statement of somebody of whom this is believed.
    pub fn of(fitted: &dyn Fitted, panel: &Panel, statement: usize, belief: &Belief) -> Self {
        let logs = fitted.log_probabilities(panel, statement, belief);
        let observed = panel.statements()[statement].answer.observed();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let best: Vec<usize> = (0..logs.len()).filter(|&o| logs[o] == most).collect();
        let hit = best.iter().map(|&o| observed[o]).sum::<f64>() / best.len().max(1) as f64;
        let probabilities = logs.iter().map(|log| log.exp()).collect();
        Self { statement, probabilities, log_likelihood: said(&logs, &observed), hit }
    }
}

/// Means over predictions; none of none.
pub fn score(predictions: &[Prediction]) -> Option<Score> {
    let statements = predictions.len();
    let mean =
        |of: fn(&Prediction) -> f64| predictions.iter().map(of).sum::<f64>() / statements as f64;
    (statements > 0).then(|| Score {
        statements,
        nll: -mean(|p| p.log_likelihood),
        accuracy: mean(|p| p.hit),
    })
}
