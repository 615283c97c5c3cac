//! `people.noise`: everybody wants the same, and some say it more surely than others.
//!
//! ```text
//! p(y) at e^(t_a) w'd        t_a ~ N(0, tau^2)        tau^2 ~ IW(4, 4 noise^2)
//! ```
//!
//! `e^t_a` is how rational a person is. It scales what items are worth; numbers of how people answer
//! (cutpoints, thresholds) stay as they are and are the same for all. The mean of `t` is 0: `w` has the scale.
//! Fitted by expectation and maximization, `t` integrated by Gauss and Hermite: responsibilities of nodes
//! for each person, then `w` by Newton and `tau^2 = (4 noise^2 + sum_a E t^2) / (A + 6)`. A person is all nodes with
//! their posterior weights. (Without the prior `tau` runs away where some never err and others answer at
//! random.)
//!
//! It is the yardstick for calling somebody unreliable: noise cannot turn a preference round. Where
//! `people.hierarchical` predicts better, people do not err more but want something else.

use super::hierarchical::by_person;
use super::latent_classes::posterior;
use super::pooled::{pooled, starts};
use crate::around::{check_coordinates, check_statements};
use crate::gaps::Gaps;
use crate::linear::{self, Quadratic};
use crate::newton::maximize;
use crate::quadrature::normal_nodes;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Shared weights, and a rationality of one's own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Noise {
    /// How far apart people are expected to be in `t`, the logarithm of rationality: its standard deviation, a
    /// prior worth a few people.
    pub noise: f64,
    /// Standard deviation of `t` where it starts.
    pub start: f64,
    /// Number of nodes. They are `tau` times a half or less apart at 31; where people have hundreds of
    /// answers, their posterior is narrower than that, and more are needed.
    pub nodes: u64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where `tau` moves by less.
    pub tolerance: f64,
}

impl Default for Noise {
    fn default() -> Self {
        Self { noise: 0.5, start: 0.5, nodes: 31, steps: 200, tolerance: 1e-4 }
    }
}

const NAME: &str = "noise";
/// As in `people.pooled`.
const PRIOR_SD: f64 = 100.0;

/// Weights, and rationalities that people may have.
#[derive(Clone, Debug)]
struct Rationalities {
    /// View of whoever is neither more nor less rational.
    view: Vec<f64>,
    /// Standard deviation of `t`.
    tau: f64,
    /// Standard normal nodes and weights.
    nodes: Vec<(f64, f64)>,
}

#[derive(Clone, Debug)]
struct FittedNoise {
    fit: Rationalities,
    /// Weights of nodes for everybody who said something. `[person]`
    people: Vec<Option<Vec<f64>>>,
    steps: u64,
    is_end: bool,
}

#[typetag::serde(name = "noise")]
impl PeopleModel for Noise {
    fn summary(&self) -> &'static str {
        "everybody wants the same, and some answer more reliably than others"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("noise", self.noise)?;
        above_zero("start", self.start)?;
        at_least("nodes", self.nodes, 3)?;
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let all = by_person(panel, statements);
        let said: Vec<&Vec<usize>> = all.iter().filter(|own| !own.is_empty()).collect();
        let mut fit = Rationalities {
            view: pooled(panel, statements, PRIOR_SD)?,
            tau: self.start,
            nodes: normal_nodes(self.nodes as usize),
        };
        let (mut steps, mut is_end) = (0, false);
        while steps < self.steps {
            steps += 1;
            let weights: Vec<Vec<f64>> = said.iter().map(|own| fit.weights(panel, own)).collect();
            fit.maximize(panel, &said, &weights)?;
            let next = self.next(&fit, &weights);
            let moved = (next - fit.tau).abs();
            fit.tau = next;
            is_end = moved < self.tolerance;
            if is_end {
                break;
            }
        }
        let known = |own: &Vec<usize>| (!own.is_empty()).then(|| fit.weights(panel, own));
        let people = all.iter().map(known).collect();
        Ok(Box::new(FittedNoise { fit, people, steps, is_end }))
    }
}

impl Noise {
    /// `tau`, as its prior and the expected squares of `t` have it.
    fn next(&self, fit: &Rationalities, weights: &[Vec<f64>]) -> f64 {
        let prior = 4.0 * self.noise * self.noise;
        let squares = fit.tau * fit.tau * fit.squares(weights);
        ((prior + squares) / (weights.len() as f64 + 6.0)).sqrt()
    }
}

impl Rationalities {
    /// The view at a node: features by `e^t`, columns as they are.
    fn at(&self, node: f64, features: usize) -> Vec<f64> {
        let scale = (self.tau * node).exp();
        let of = |(i, &value): (usize, &f64)| if i < features { scale * value } else { value };
        self.view.iter().enumerate().map(of).collect()
    }

    /// Views at all nodes, with these weights.
    fn belief(&self, panel: &Panel, weights: impl IntoIterator<Item = f64>) -> Belief {
        let view = |&(node, _): &(f64, f64)| View::Linear(self.at(node, panel.features().len()));
        Belief { atoms: weights.into_iter().zip(self.nodes.iter().map(view)).collect() }
    }

    fn stranger(&self, panel: &Panel) -> Belief {
        self.belief(panel, self.nodes.iter().map(|&(_, weight)| weight))
    }

    /// Posterior weights of nodes for whoever said this.
    fn weights(&self, panel: &Panel, said: &[usize]) -> Vec<f64> {
        let prior: Vec<f64> = self.nodes.iter().map(|&(_, weight)| weight).collect();
        let features = panel.features().len();
        let log =
            |&(node, _): &(f64, f64)| linear::log_likelihood(panel, said, &self.at(node, features));
        posterior(&prior, &self.nodes.iter().map(log).collect::<Vec<_>>()).0
    }

    /// Expected square of a node, summed over people.
    fn squares(&self, weights: &[Vec<f64>]) -> f64 {
        let of = |own: &Vec<f64>| -> f64 {
            own.iter().zip(&self.nodes).map(|(weight, (node, _))| weight * node * node).sum()
        };
        weights.iter().map(of).sum()
    }

    /// The likeliest view where people are at nodes with these weights.
    fn maximize(
        &mut self,
        panel: &Panel,
        said: &[&Vec<usize>],
        weights: &[Vec<f64>],
    ) -> Result<(), PeopleError> {
        let features = panel.features().len();
        let center = starts(panel);
        let width = center.len();
        let start = DVector::from_column_slice(&self.view);
        let mut all = Quadratic::zeros(width);
        let mut trial = self.clone();
        let gaps = Gaps::of(panel, said.iter().copied().flatten());
        let mode = maximize(&start, |view, into| {
            let precision = PRIOR_SD.powi(-2);
            let away = view - &center;
            into.value = -0.5 * precision * away.norm_squared();
            into.slope = away * -precision;
            into.curvature = DMatrix::identity(width, width) * precision;
            gaps.add(view.as_slice(), 0, into);
            trial.view.copy_from_slice(view.as_slice());
            for (q, &(node, _)) in trial.nodes.iter().enumerate() {
                let own = trial.at(node, features);
                linear::evaluate(panel, &[], &own, 1.0, &mut all);
                for (said, weights) in said.iter().zip(weights).filter(|(_, w)| w[q] > NONE) {
                    linear::add(panel, said, &own, weights[q], &mut all);
                }
                add_scaled(&all, (trial.tau * node).exp(), features, into);
            }
        });
        let none = || PeopleError::Fit {
            model: NAME,
            message: "expected a finite log-likelihood, found none".to_owned(),
        };
        self.view = mode.ok_or_else(none)?.at.as_slice().to_vec();
        Ok(())
    }
}

/// A weight that adds nothing to a sum in double precision.
const NONE: f64 = 1e-14;

/// Adds derivatives in a view of which features are scaled where `all` is evaluated.
fn add_scaled(all: &Quadratic, scale: f64, features: usize, into: &mut Quadratic) {
    let scale = |i: usize| if i < features { scale } else { 1.0 };
    into.value += all.value;
    for i in 0..all.slope.len() {
        into.slope[i] += scale(i) * all.slope[i];
        for j in 0..all.slope.len() {
            into.curvature[(i, j)] += scale(i) * scale(j) * all.curvature[(i, j)];
        }
    }
}

impl Fitted for FittedNoise {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        match self.people.get(person).and_then(Option::as_ref) {
            Some(weights) => self.fit.belief(panel, weights.iter().copied()),
            None => self.fit.stranger(panel),
        }
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.fit.belief(panel, self.fit.weights(panel, known)))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers = vec![
            Number::new("steps", self.steps as f64),
            Number::converged(self.is_end),
            Number::new("sd of log rationality", self.fit.tau),
        ];
        for (i, &value) in self.fit.view.iter().enumerate() {
            numbers.push(Number::new(panel.name(i), value));
        }
        numbers
    }
}
