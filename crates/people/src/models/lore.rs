//! `people.lore`: everybody's reward is a mean of a few rewards, weighed by themselves, without a prior.
//!
//! ```text
//! p(y) at d'V softmax(W_a) / scale
//! ```
//!
//! LoRe as published, for comparison: as many steps of Adam on `W` and `V` by turns, on the mean negative
//! log-likelihood of all statements. Bases that nobody weighs by 0.01 are dropped at the end. Nothing holds
//! people together or bases small, so that with few answers a person it overfits with many bases; the
//! same low rank with a prior, which does not, is `people.low-rank`.
//!
//! Columns of how people answer, which the published model has none of, are the same for all and take the
//! steps of `V`. The published code can pull `V` towards the reward of a language model (its `alpha`); there
//! is none here. For somebody new, only `W_a` is fitted; it starts from the mean weights of people instead
//! of a random draw, so that somebody who says nothing is that mean.
//!
//! Source: Bose and others 2025 (arXiv:2504.14439), `LoRe_regularized` in `utils.py` of
//! github.com/facebookresearch/LoRe.

use super::hierarchical::by_person;
use super::pooled::starts;
use crate::around::{check_coordinates, check_statements};
use crate::linear;
use crate::mlp::Adam;
use crate::softmax::softmax;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel};
use medley_random::{normal, stream};
use medley_toml_file::{Problem, above_zero, at_least};
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// A few rewards, and everybody's weights of them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lore {
    /// Number of rewards, `V`'s columns.
    pub bases: u64,
    /// What returns are divided by: 100 as published for embeddings of language models, 1 where features
    /// are of order 1.
    pub scale: f64,
    /// Steps of Adam, each one of `W` and one of `V`.
    pub steps: u64,
    /// Length of a step.
    pub learning_rate: f64,
}

impl Default for Lore {
    fn default() -> Self {
        Self { bases: 2, scale: 1.0, steps: 1000, learning_rate: 0.01 }
    }
}

const NAME: &str = "lore";
/// A basis that nobody weighs by so much is dropped.
const LEAST: f64 = 0.01;

/// Rewards.
#[derive(Clone, Debug)]
struct Bases {
    /// `V`, divided by `scale` where it is read. `[feature, basis]`
    features: DMatrix<f64>,
    columns: DVector<f64>,
    scale: f64,
}

#[derive(Clone, Debug)]
struct FittedLore {
    options: Lore,
    bases: Bases,
    /// Logits of everybody who said something. `[person]`
    people: Vec<Option<DVector<f64>>>,
    /// Logits of the mean weights.
    stranger: DVector<f64>,
    dropped: usize,
}

#[typetag::serde(name = "lore")]
impl PeopleModel for Lore {
    fn summary(&self) -> &'static str {
        "everybody weighs a few rewards by a softmax of their own, as LoRe has it"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("bases", self.bases, 1)?;
        above_zero("scale", self.scale)?;
        at_least("steps", self.steps, 1)?;
        above_zero("learning-rate", self.learning_rate)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let all = by_person(panel, statements);
        let people: Vec<usize> = (0..all.len()).filter(|&a| !all[a].is_empty()).collect();
        let said: Vec<&[usize]> = people.iter().map(|&a| all[a].as_slice()).collect();
        let (mut bases, mut logits) = self.start(panel, people.len(), seed);
        self.alternate(panel, &said, &mut bases, &mut logits)?;
        let kept = kept(&logits);
        let dropped = logits.nrows() - kept.len();
        let logits = logits.select_rows(&kept);
        bases.features = bases.features.select_columns(&kept);
        let mut known = vec![None; panel.people()];
        for (place, &person) in people.iter().enumerate() {
            known[person] = Some(logits.column(place).into_owned());
        }
        let stranger = mean_weights(&logits).map(f64::ln);
        Ok(Box::new(FittedLore { options: *self, bases, people: known, stranger, dropped }))
    }
}

impl Lore {
    /// Standard normal `V`, and `W` uniform between 0 and 1. `W` is `[basis, person]`.
    fn start(&self, panel: &Panel, people: usize, seed: u64) -> (Bases, DMatrix<f64>) {
        let mut rng = stream(seed, "people/lore");
        let (features, bases) = (panel.features().len(), self.bases as usize);
        let logits = DMatrix::from_fn(bases, people, |_, _| rng.random::<f64>());
        let start = starts(panel);
        let columns = start.rows(features, start.len() - features).into_owned();
        let features = DMatrix::from_fn(features, bases, |_, _| normal(&mut rng));
        (Bases { features, columns, scale: self.scale }, logits)
    }

    fn alternate(
        &self,
        panel: &Panel,
        said: &[&[usize]],
        bases: &mut Bases,
        logits: &mut DMatrix<f64>,
    ) -> Result<(), PeopleError> {
        let count = said.iter().map(|own| own.len()).sum::<usize>() as f64;
        let (p, b) = bases.features.shape();
        let rate = self.learning_rate;
        let mut adam_w = Adam::new(logits.len());
        let mut adam_v = Adam::new(p * b);
        let mut adam_columns = Adam::new(bases.columns.len());
        let mut slope = vec![0.0; panel.width()];
        for _ in 0..self.steps {
            let mut steps = DMatrix::zeros(b, said.len());
            for (place, own) in said.iter().enumerate() {
                let row =
                    bases.slope_of_logits(panel, own, &logits.column(place).into(), &mut slope);
                steps.set_column(place, &(row / count));
            }
            climb(&mut adam_w, logits.as_mut_slice(), steps.as_slice(), rate);
            let mut steps = vec![0.0; p * b + bases.columns.len()];
            for (place, own) in said.iter().enumerate() {
                let weights = shares(&logits.column(place).into());
                linear::slope(panel, own, &bases.view(&weights), &mut slope);
                for (k, weight) in weights.iter().enumerate() {
                    for j in 0..p {
                        steps[k * p + j] += weight * slope[j] / (count * self.scale);
                    }
                }
                steps[p * b..].iter_mut().zip(&slope[p..]).for_each(|(s, g)| *s += g / count);
            }
            climb(&mut adam_v, bases.features.as_mut_slice(), &steps[..p * b], rate);
            climb(&mut adam_columns, bases.columns.as_mut_slice(), &steps[p * b..], rate);
        }
        let all = || bases.features.iter().chain(bases.columns.iter()).chain(logits.iter());
        match all().all(|x| x.is_finite()) {
            true => Ok(()),
            false => Err(PeopleError::Fit {
                model: NAME,
                message: "expected finite rewards, found others; try a shorter step".to_owned(),
            }),
        }
    }
}

impl Bases {
    fn view(&self, weights: &DVector<f64>) -> Vec<f64> {
        let mut view = (&self.features * weights / self.scale).as_slice().to_vec();
        view.extend(self.columns.iter());
        view
    }

    /// Slope of a person's log-likelihood in their logits: `s * (V'g - s'V'g)`, s their weights.
    fn slope_of_logits(
        &self,
        panel: &Panel,
        said: &[usize],
        logits: &DVector<f64>,
        slope: &mut [f64],
    ) -> DVector<f64> {
        let weights = shares(logits);
        linear::slope(panel, said, &self.view(&weights), slope);
        let features = DVector::from_column_slice(&slope[..self.features.nrows()]);
        let gains = self.features.tr_mul(&features) / self.scale;
        let mean = weights.dot(&gains);
        weights.component_mul(&gains.add_scalar(-mean))
    }
}

fn shares(logits: &DVector<f64>) -> DVector<f64> {
    softmax(logits.as_slice()).into()
}

/// Bases that somebody weighs enough. `[basis, person]`
fn kept(logits: &DMatrix<f64>) -> Vec<usize> {
    let weights: Vec<DVector<f64>> =
        logits.column_iter().map(|own| shares(&own.into_owned())).collect();
    (0..logits.nrows()).filter(|&b| weights.iter().any(|own| own[b] >= LEAST)).collect()
}

fn mean_weights(logits: &DMatrix<f64>) -> DVector<f64> {
    let sum = |sum: DVector<f64>, own: nalgebra::DVectorView<'_, f64>| sum + shares(&own.into());
    logits.column_iter().fold(DVector::zeros(logits.nrows()), sum) / logits.ncols() as f64
}

/// One step up, without decay of values.
fn climb(adam: &mut Adam, values: &mut [f64], slopes: &[f64], rate: f64) {
    let down: Vec<f64> = slopes.iter().map(|slope| -slope).collect();
    adam.step(values, &down, rate, 0.0);
}

impl Fitted for FittedLore {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        let own = self.people.get(person).and_then(Option::as_ref).unwrap_or(&self.stranger);
        Belief::certain(self.bases.view(&shares(own)))
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let mut logits = self.stranger.clone();
        let mut adam = Adam::new(logits.len());
        let mut slope = vec![0.0; panel.width()];
        let steps = if known.is_empty() { 0 } else { self.options.steps };
        for _ in 0..steps {
            let row = self.bases.slope_of_logits(panel, known, &logits, &mut slope);
            let row = row / known.len() as f64;
            climb(&mut adam, logits.as_mut_slice(), row.as_slice(), self.options.learning_rate);
        }
        Ok(Belief::certain(self.bases.view(&shares(&logits))))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers = vec![
            Number::new("bases", self.bases.features.ncols() as f64),
            Number::new("bases dropped", self.dropped as f64),
        ];
        for (b, weight) in shares(&self.stranger).iter().enumerate() {
            numbers.push(Number::new(format!("mean weight of basis {b}"), *weight));
            for (i, value) in self.bases.features.column(b).iter().enumerate() {
                let name = format!("basis {b}: {}", panel.name(i));
                numbers.push(Number::new(name, value / self.bases.scale));
            }
        }
        let features = panel.features().len();
        for (i, &value) in self.bases.columns.iter().enumerate() {
            numbers.push(Number::new(panel.name(features + i), value));
        }
        numbers
    }
}
