//! `people.noise-and-values`: everybody wants something of their own, and says it more or less surely.
//!
//! ```text
//! p(y) at e^(t_a) beta_a'd        beta_a ~ N(mu, V)        t_a ~ N(0, tau^2)
//! V ~ IW(p + 3, (p + 3) scale^2 I)        tau^2 ~ IW(4, 4 noise^2)
//! ```
//!
//! Fitted by expectation and maximization. A person is believed to have `beta` and `t` independently (mean
//! field): `beta` normal around its mode given the distribution of `t` (Laplace), `t` at the nodes of Gauss and
//! Hermite, weighed by the log-likelihood that is expected over 2 p points of `beta`. Then, as in
//! `people.hierarchical`, `mu` is the mean, `V = ((p + 3) scale^2 I + sum_a (R R' + C)) / (A + 2 p + 4)`, and
//! `tau^2 = (4 noise^2 + sum_a E t^2) / (A + 6)`. (Weighing nodes by Laplace's evidence instead runs away:
//! where somebody's answers can be told without error, it takes the share of weights that do so for
//! nearly all, and `tau` grows without end.)
//!
//! A person's answers depend on `e^t beta` alone. What is noise and what is values is told apart by the
//! priors only: that `beta` is normal around one `mu`, so that somebody who is three times as far out in the
//! direction of `mu` *and* in all others at once is sure of themselves rather than extreme. Both variances are
//! reported; a `tau` near its prior `noise` says that the data do not tell. The guard against calling a
//! minority unreliable is the held-out likelihood of this beside `people.noise` and
//! `people.hierarchical`.

use super::hierarchical::by_person;
use super::latent_classes::posterior;
use super::pooled::pooled;
use crate::around::{
    Speaker, check_coordinates, check_statements, fit_shared, inverse, own_coordinates, pick, units,
};
use crate::linear::{self, Quadratic};
use crate::newton::{Mode, maximize, sigma_points};
use crate::quadrature::normal_nodes;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, Population, View};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A normal population of weights and of logarithms of rationality.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoiseAndValues {
    /// How far apart people are expected to be in what they want, in nats per unit of a feature.
    pub scale: f64,
    /// How far apart they are expected to be in the logarithm of rationality.
    pub noise: f64,
    /// Number of nodes of `t`.
    pub nodes: u64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no variance or covariance moves by more.
    pub tolerance: f64,
}

impl Default for NoiseAndValues {
    fn default() -> Self {
        Self { scale: 1.0, noise: 0.5, nodes: 7, steps: 100, tolerance: 1e-3 }
    }
}

const NAME: &str = "noise-and-values";

/// Distributions of values and noise.
#[derive(Clone, Debug)]
struct Both {
    own: Vec<usize>,
    /// Number of features, which are what rationality scales.
    features: usize,
    /// `mu`, and coordinates that everybody shares.
    common: Vec<f64>,
    /// `V`
    variance: DMatrix<f64>,
    tau: f64,
    nodes: Vec<(f64, f64)>,
}

/// What is believed of a person.
#[derive(Clone, Debug)]
struct Known {
    /// Of nodes of `t`.
    weights: Vec<f64>,
    /// Of `beta`.
    mode: DVector<f64>,
    covariance: DMatrix<f64>,
}

#[derive(Clone, Debug)]
struct FittedBoth {
    both: Both,
    population: Population,
    /// Of everybody who said something. `[person]`
    people: Vec<Option<Belief>>,
    steps: u64,
    is_end: bool,
}

#[typetag::serde(name = "noise-and-values")]
impl PeopleModel for NoiseAndValues {
    fn summary(&self) -> &'static str {
        "everybody has weights of their own and a rationality of their own, told apart by priors"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("scale", self.scale)?;
        above_zero("noise", self.noise)?;
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
        let people: Vec<usize> = (0..all.len()).filter(|&a| !all[a].is_empty()).collect();
        let said: Vec<&Vec<usize>> = people.iter().map(|&a| &all[a]).collect();
        let mut both = self.start(panel, statements)?;
        let (mut steps, mut is_end) = (0, false);
        let mut known = vec![both.stranger(); said.len()];
        both.expect(panel, &said, &mut known)?;
        while steps < self.steps {
            steps += 1;
            let moved = self.maximize(panel, &said, &known, &mut both)?;
            both.expect(panel, &said, &mut known)?;
            is_end = moved < self.tolerance;
            if is_end {
                break;
            }
        }
        let mut beliefs = vec![None; panel.people()];
        for (&person, known) in people.iter().zip(&known) {
            beliefs[person] = Some(both.belief(known));
        }
        let mean = pick(&both.common, &both.own).transpose();
        let population = Population {
            mean: DMatrix::from_row_slice(1, mean.len(), mean.as_slice()),
            covariance: both.variance.clone(),
        };
        Ok(Box::new(FittedBoth { both, population, people: beliefs, steps, is_end }))
    }
}

impl NoiseAndValues {
    fn start(&self, panel: &Panel, statements: &[usize]) -> Result<Both, PeopleError> {
        let own = own_coordinates(panel);
        let unit = units(panel, &own, self.scale);
        Ok(Both {
            variance: DMatrix::from_diagonal(&unit.map(|unit| unit * unit)),
            own,
            features: panel.features().len(),
            common: pooled(panel, statements, 100.0)?,
            tau: self.noise,
            nodes: normal_nodes(self.nodes as usize),
        })
    }

    /// By how much a variance or a covariance moved.
    fn maximize(
        &self,
        panel: &Panel,
        said: &[&Vec<usize>],
        known: &[Known],
        both: &mut Both,
    ) -> Result<f64, PeopleError> {
        let (count, p) = (known.len() as f64, both.own.len());
        let mean = known.iter().fold(DVector::zeros(p), |sum, one| sum + &one.mode) / count;
        let unit = units(panel, &both.own, self.scale);
        let mut sum = DMatrix::from_diagonal(&unit.map(|unit| (p as f64 + 3.0) * unit * unit));
        for one in known {
            let away = &one.mode - &mean;
            sum.ger(1.0, &away, &away, 1.0);
            sum += &one.covariance;
        }
        let variance = sum / (count + 2.0 * p as f64 + 4.0);
        let squares: f64 = known.iter().map(|one| both.square(&one.weights)).sum();
        let tau = ((4.0 * self.noise * self.noise + squares) / (count + 6.0)).sqrt();
        let moved =
            (&variance - &both.variance).amax().max((tau * tau - both.tau * both.tau).abs());
        both.fit_shared(panel, said, known)?;
        (both.variance, both.tau) = (variance, tau);
        both.own.iter().zip(mean.iter()).for_each(|(&i, &value)| both.common[i] = value);
        Ok(moved)
    }
}

impl Both {
    /// What rationality multiplies each own coordinate by at a node.
    fn scales(&self, node: f64) -> DVector<f64> {
        let rationality = (self.tau * node).exp();
        let of = |&i: &usize| if i < self.features { rationality } else { 1.0 };
        DVector::from_iterator(self.own.len(), self.own.iter().map(of))
    }

    /// All coordinates of somebody with these values at a node.
    fn view(&self, values: &DVector<f64>, node: f64) -> Vec<f64> {
        let mut view = self.common.clone();
        let scaled = values.component_mul(&self.scales(node));
        self.own.iter().zip(scaled.iter()).for_each(|(&i, &value)| view[i] = value);
        view
    }

    /// Expected square of `t`.
    fn square(&self, weights: &[f64]) -> f64 {
        let of = |(weight, (node, _)): (&f64, &(f64, f64))| weight * (self.tau * node).powi(2);
        weights.iter().zip(&self.nodes).map(of).sum()
    }

    /// Somebody who said nothing.
    fn stranger(&self) -> Known {
        Known {
            weights: self.nodes.iter().map(|&(_, weight)| weight).collect(),
            mode: pick(&self.common, &self.own),
            covariance: self.variance.clone(),
        }
    }

    /// One round for everybody: values given noise, and noise given values.
    fn expect(
        &self,
        panel: &Panel,
        said: &[&Vec<usize>],
        known: &mut [Known],
    ) -> Result<(), PeopleError> {
        let precision = inverse(NAME, &self.variance)?;
        said.iter().zip(known).try_for_each(|(said, one)| self.round(panel, said, &precision, one))
    }

    fn round(
        &self,
        panel: &Panel,
        said: &[usize],
        precision: &DMatrix<f64>,
        one: &mut Known,
    ) -> Result<(), PeopleError> {
        let mode = self.values(panel, said, precision, one)?;
        let points = sigma_points(&mode);
        let expected = |&(node, _): &(f64, f64)| {
            let of = |point| linear::log_likelihood(panel, said, &self.view(point, node));
            points.iter().map(of).sum::<f64>() / points.len() as f64
        };
        let logs: Vec<f64> = self.nodes.iter().map(expected).collect();
        let prior: Vec<f64> = self.nodes.iter().map(|&(_, weight)| weight).collect();
        one.weights = posterior(&prior, &logs).0;
        one.covariance = mode.precision.inverse();
        one.mode = mode.at;
        Ok(())
    }

    /// The likeliest `beta` where `t` is distributed so.
    fn values(
        &self,
        panel: &Panel,
        said: &[usize],
        precision: &DMatrix<f64>,
        known: &Known,
    ) -> Result<Mode, PeopleError> {
        let mean = pick(&self.common, &self.own);
        let mut all = Quadratic::zeros(panel.width());
        let mode = maximize(&known.mode, |values, into| {
            let away = values - &mean;
            let pulled = precision * &away;
            into.value = -0.5 * away.dot(&pulled);
            into.slope = -pulled;
            into.curvature.copy_from(precision);
            let nodes = self.nodes.iter().zip(&known.weights);
            for (&(node, _), &weight) in nodes.filter(|(_, weight)| **weight > NONE) {
                linear::evaluate(panel, said, &self.view(values, node), weight, &mut all);
                self.add(&all, &self.scales(node), into);
            }
        });
        let message = || "expected a finite log-likelihood of a person, found none".to_owned();
        mode.ok_or_else(|| PeopleError::Fit { model: NAME, message: message() })
    }

    /// Adds derivatives in own coordinates, which are scaled where `all` is evaluated.
    fn add(&self, all: &Quadratic, scales: &DVector<f64>, into: &mut Quadratic) {
        into.value += all.value;
        for (j, &i) in self.own.iter().enumerate() {
            into.slope[j] += scales[j] * all.slope[i];
            for (k, &l) in self.own.iter().enumerate() {
                into.curvature[(j, k)] += scales[j] * scales[k] * all.curvature[(i, l)];
            }
        }
    }

    fn belief(&self, known: &Known) -> Belief {
        let of = |(&weight, &(node, _)): (&f64, &(f64, f64))| {
            (weight, View::Linear(self.view(&known.mode, node)))
        };
        Belief { atoms: known.weights.iter().zip(&self.nodes).map(of).collect() }
    }

    fn fit_shared(
        &mut self,
        panel: &Panel,
        said: &[&Vec<usize>],
        known: &[Known],
    ) -> Result<(), PeopleError> {
        if self.own.len() == panel.width() {
            return Ok(());
        }
        let mut scaled = Vec::with_capacity(known.len() * self.nodes.len());
        for (a, one) in known.iter().enumerate() {
            for (&(node, _), &weight) in self.nodes.iter().zip(&one.weights) {
                scaled.push((a, weight, one.mode.component_mul(&self.scales(node))));
            }
        }
        let speakers = || -> Box<dyn Iterator<Item = Speaker<'_>>> {
            Box::new(scaled.iter().map(|(a, weight, own)| Speaker {
                own,
                said: said[*a],
                weight: *weight,
            }))
        };
        let message = "what everybody shares has no likelihood".to_owned();
        fit_shared((panel, &self.own), speakers, &mut self.common)
            .ok_or(PeopleError::Fit { model: NAME, message })
    }
}

/// A weight that adds nothing to a sum in double precision.
const NONE: f64 = 1e-14;
/// Most rounds, and by how much a weight still moves at the end, for somebody new.
const ROUNDS: usize = 100;
const SETTLED: f64 = 1e-6;

impl Fitted for FittedBoth {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        let known = self.people.get(person).and_then(Option::as_ref).cloned();
        known.unwrap_or_else(|| self.both.belief(&self.both.stranger()))
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let precision = inverse(NAME, &self.both.variance)?;
        let mut one = self.both.stranger();
        let rounds = if known.is_empty() { 0 } else { ROUNDS };
        for _ in 0..rounds {
            let before = one.weights.clone();
            self.both.round(panel, known, &precision, &mut one)?;
            let moved = before.iter().zip(&one.weights).map(|(a, b)| (a - b).abs());
            if moved.fold(0.0, f64::max) < SETTLED {
                break;
            }
        }
        Ok(self.both.belief(&one))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let both = &self.both;
        let mut numbers = vec![
            Number::new("steps", self.steps as f64),
            Number::converged(self.is_end),
            Number::new("sd of log rationality", both.tau),
        ];
        for (i, &value) in both.common.iter().enumerate() {
            numbers.push(Number::new(format!("mean of {}", panel.name(i)), value));
        }
        for (j, &i) in both.own.iter().enumerate() {
            let sd = both.variance[(j, j)].sqrt();
            numbers.push(Number::new(format!("sd of {}", panel.name(i)), sd));
        }
        numbers
    }

    fn population(&self) -> Option<&Population> {
        Some(&self.population)
    }
}
