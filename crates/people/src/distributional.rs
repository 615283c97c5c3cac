//! What distributional models of preferences share: a network from the features of an item to numbers that
//! say how what it is worth is spread, fitted to comparisons.

use crate::around::check_coordinates;
use crate::mlp::{Adam, Mlp, exponential};
use crate::pairs::{Pair, pair, pairs};
use crate::utility::{Utility, explained_by_items};
use crate::{Belief, Fitted, Number, Panel, PeopleError, View};
use medley_toml_file::{Problem, above_zero, at_least};
use rand::RngExt;
use std::sync::Arc;

/// How a network is trained.
#[derive(Clone, Debug)]
pub struct Training<'a> {
    pub hidden: &'a [usize],
    pub rate: f64,
    pub last_rate: f64,
    pub steps: u64,
    pub batch: u64,
}

impl Training<'_> {
    pub fn check(&self) -> Result<(), Problem> {
        above_zero("rate", self.rate)?;
        above_zero("last-rate", self.last_rate)?;
        at_least("steps", self.steps, 1)?;
        at_least("batch", self.batch, 1)?;
        self.hidden.iter().try_for_each(|&size| at_least("hidden", size as u64, 1))
    }
}

/// The network of a model and its weights.
#[derive(Clone, Debug)]
pub struct Trained {
    net: Mlp,
    weights: Vec<f64>,
    /// Of the last step, in nats a comparison.
    loss: f64,
}

impl Trained {
    /// Outputs for one item.
    fn of(&self, features: &[f64]) -> Vec<f64> {
        self.net.forward(&self.weights, features).pop().unwrap_or_default()
    }
}

/// What outputs of a network say of utility, and the log-probabilities of first and second of two such
/// utilities; none of utilities of another kind.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub utility: fn(&[f64]) -> Utility,
    pub log_chances: fn(&Utility, &Utility) -> Option<[f64; 2]>,
}

/// A distribution of utility for each item, the same for everybody.
#[derive(Clone, Debug)]
pub struct FittedDistributions {
    trained: Trained,
    spread: Spread,
    items: Vec<Utility>,
    means: Arc<Vec<f64>>,
}

impl FittedDistributions {
    pub(crate) fn new(trained: Trained, spread: Spread, panel: &Panel) -> Self {
        let items: Vec<Utility> =
            panel.items().iter().map(|item| (spread.utility)(&trained.of(item))).collect();
        let means = Arc::new(items.iter().map(Utility::mean).collect());
        Self { trained, spread, items, means }
    }

    /// The distribution of each item of the panel.
    pub fn items(&self) -> &[Utility] {
        &self.items
    }

    /// The distribution of an item with these features, which need not be of the panel.
    pub fn utility(&self, features: &[f64]) -> Utility {
        (self.spread.utility)(&self.trained.of(features))
    }
}

impl Fitted for FittedDistributions {
    fn belief(&self, panel: &Panel, _: usize) -> Belief {
        let columns = panel.columns().iter().map(|column| column.start).collect();
        Belief { atoms: vec![(1.0, View::Returns { items: self.means.clone(), columns })] }
    }

    fn meet(&self, panel: &Panel, person: usize, _: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.belief(panel, person))
    }

    /// By the model's own link, and not by that of the belief, which knows means alone.
    fn log_probabilities(&self, panel: &Panel, statement: usize, belief: &Belief) -> Vec<f64> {
        let logs = pair(panel, statement).and_then(|pair| {
            (self.spread.log_chances)(&self.items[pair.first], &self.items[pair.second])
        });
        match logs {
            Some(logs) => logs.to_vec(),
            None => belief.log_probabilities(panel, statement),
        }
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let mut numbers = vec![Number::new("training loss", self.trained.loss)];
        if let Some(share) = explained_by_items(&self.items) {
            numbers.push(Number::new("variance explained by items", share));
        }
        let sds = self.items.iter().map(|item| item.variance().sqrt());
        let sd = sds.sum::<f64>() / self.items.len() as f64;
        numbers.push(Number::new("mean sd of utility", sd));
        numbers
    }
}

/// Fits a network to comparisons. `loss` is that of outputs of items for some comparisons, in nats a
/// comparison; it adds its slope in outputs `[item][output]`. Each step takes all comparisons, or a batch of
/// them at random where there are more.
pub fn train(
    model: &'static str,
    (panel, statements, seed): (&Panel, &[usize], u64),
    training: &Training,
    outputs: usize,
    mut loss: impl FnMut(&[Vec<f64>], &[Pair], &mut [Vec<f64>]) -> f64,
) -> Result<Trained, PeopleError> {
    check_coordinates(model, panel)?;
    let all = pairs(model, panel, statements)?;
    let net = Mlp::new(panel.features().len(), training.hidden, outputs, 0.0);
    let mut rng = medley_random::stream(seed, &format!("people/{model}"));
    let mut trained = Trained { weights: net.start(&mut rng), net, loss: f64::NAN };
    let mut adam = Adam::new(trained.weights.len());
    let mut slopes = vec![0.0; trained.weights.len()];
    for step in 0..training.steps {
        let batch: Vec<Pair> = match all.len() as u64 <= training.batch {
            true => all.clone(),
            false => (0..training.batch).map(|_| all[rng.random_range(0..all.len())]).collect(),
        };
        slopes.fill(0.0);
        trained.loss =
            evaluate(&trained.net, &trained.weights, panel, &batch, &mut loss, &mut slopes);
        if !trained.loss.is_finite() {
            let message = format!("expected a finite loss at step {step}, found {}", trained.loss);
            return Err(PeopleError::Fit { model, message });
        }
        let rate = exponential(training.rate, training.last_rate, step, training.steps);
        adam.step(&mut trained.weights, &slopes, rate, 0.0);
    }
    Ok(trained)
}

/// The loss of a batch, and its slope in weights.
fn evaluate(
    net: &Mlp,
    weights: &[f64],
    panel: &Panel,
    batch: &[Pair],
    loss: &mut impl FnMut(&[Vec<f64>], &[Pair], &mut [Vec<f64>]) -> f64,
    into: &mut [f64],
) -> f64 {
    let mut asked = vec![false; panel.items().len()];
    for pair in batch {
        asked[pair.first] = true;
        asked[pair.second] = true;
    }
    let traces: Vec<Vec<Vec<f64>>> = panel
        .items()
        .iter()
        .zip(&asked)
        .map(|(item, asked)| if *asked { net.forward(weights, item) } else { Vec::new() })
        .collect();
    let outputs: Vec<Vec<f64>> =
        traces.iter().map(|trace| trace.last().cloned().unwrap_or_default()).collect();
    let mut slopes: Vec<Vec<f64>> = outputs.iter().map(|own| vec![0.0; own.len()]).collect();
    let value = loss(&outputs, batch, &mut slopes);
    for (trace, slope) in traces.iter().zip(&slopes).filter(|(trace, _)| !trace.is_empty()) {
        net.backward(weights, trace, slope, into);
    }
    value
}

/// That the slope of a loss in weights is that of finite differences.
#[cfg(test)]
pub fn check(outputs: usize, mut loss: impl FnMut(&[Vec<f64>], &[Pair], &mut [Vec<f64>]) -> f64) {
    use crate::testing::{cloud, comparisons};
    let panel = comparisons(cloud(4), 2, 10, 5, |_, _, _| 0.6);
    let all: Vec<usize> = (0..20).collect();
    let batch = pairs("test", &panel, &all).unwrap();
    let net = Mlp::new(2, &[6], outputs, 0.0);
    let weights = net.start(&mut medley_random::stream(2, "test"));
    let mut slopes = vec![0.0; weights.len()];
    evaluate(&net, &weights, &panel, &batch, &mut loss, &mut slopes);
    crate::mlp::check_slope(&weights, &slopes, |weights| {
        evaluate(&net, weights, &panel, &batch, &mut loss, &mut vec![0.0; weights.len()])
    });
}
