//! `people.noise-and-values`: everybody wants something of their own, and says it more or less surely.
//!
//! ```text
//! p(y) at e^(t_a) beta_a'd        beta_a ~ N(mu, V)        t_a ~ N(0, tau^2)
//! V ~ IW(p + 3, (p + 3) scale^2 I)        tau^2 ~ IW(4, 4 noise^2)
//! ```
//!
//! Fitted by expectation and maximization: `t` at the nodes of Gauss and Hermite, at each of them `beta` as
//! normal around its mode (Laplace), whose evidence is the node's weight. Then, as in
//! `people.hierarchical`, `mu` is the mean, `V = ((p + 3) scale^2 I + sum_a E (R R' + C)) / (A + 2 p + 4)`,
//! and `tau^2 = (4 noise^2 + sum_a E t^2) / (A + 6)`.
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
use crate::around::{Around, Speaker, fit_shared, inverse, own_coordinates, pick, units};
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

/// What is believed of a person at a node.
#[derive(Clone, Debug)]
struct Possibility {
    /// Posterior weight of the node.
    weight: f64,
    /// `t`
    log_rationality: f64,
    /// `beta`
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
        let all = by_person(panel, statements);
        let people: Vec<usize> = (0..all.len()).filter(|&a| !all[a].is_empty()).collect();
        let said: Vec<&Vec<usize>> = people.iter().map(|&a| &all[a]).collect();
        let mut both = self.start(panel, statements)?;
        let mut steps = 0;
        let mut known = both.everybody(panel, &said)?;
        while steps < self.steps {
            steps += 1;
            let moved = self.maximize(panel, &said, &known, &mut both)?;
            known = both.everybody(panel, &said)?;
            if moved < self.tolerance {
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
        Ok(Box::new(FittedBoth { both, population, people: beliefs, steps }))
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
        known: &[Vec<Possibility>],
        both: &mut Both,
    ) -> Result<f64, PeopleError> {
        let (count, p) = (known.len() as f64, both.own.len());
        let all = || known.iter().flatten();
        let mean = all().fold(DVector::zeros(p), |sum, one| sum + &one.mode * one.weight) / count;
        let unit = units(panel, &both.own, self.scale);
        let mut sum = DMatrix::from_diagonal(&unit.map(|unit| (p as f64 + 3.0) * unit * unit));
        for one in all() {
            let away = &one.mode - &mean;
            sum.ger(one.weight, &away, &away, 1.0);
            sum += &one.covariance * one.weight;
        }
        let variance = sum / (count + 2.0 * p as f64 + 4.0);
        let squares: f64 = all().map(|one| one.weight * one.log_rationality.powi(2)).sum();
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
    /// What rationality `e^t` multiplies each own coordinate by.
    fn scales(&self, log_rationality: f64) -> DVector<f64> {
        let of = |&i: &usize| if i < self.features { log_rationality.exp() } else { 1.0 };
        DVector::from_iterator(self.own.len(), self.own.iter().map(of))
    }

    fn everybody(
        &self,
        panel: &Panel,
        said: &[&Vec<usize>],
    ) -> Result<Vec<Vec<Possibility>>, PeopleError> {
        let precision = inverse(NAME, &self.variance)?;
        said.iter().map(|said| self.possibilities(panel, said, &precision)).collect()
    }

    /// All nodes for whoever said this, the evidence of each by Laplace's approximation.
    fn possibilities(
        &self,
        panel: &Panel,
        said: &[usize],
        precision: &DMatrix<f64>,
    ) -> Result<Vec<Possibility>, PeopleError> {
        let around = Around { model: NAME, panel, own: &self.own, shared: &self.common };
        let mean = pick(&self.common, &self.own);
        let mut found = Vec::with_capacity(self.nodes.len());
        let mut logs = Vec::with_capacity(self.nodes.len());
        for &(node, _) in &self.nodes {
            // In gamma = e^t beta, whose prior is N(S mu, S V S), S = e^t: answers depend on it alone.
            let log_rationality = self.tau * node;
            let scales = self.scales(log_rationality);
            let less = DMatrix::from_diagonal(&scales.map(f64::recip));
            let center = mean.component_mul(&scales);
            let mode = around.mode(said, &center, &(&less * precision * &less), &center)?;
            // Constant in t, log det V is left out.
            let log_det: f64 = mode.precision.l_dirty().diagonal().map(f64::ln).sum();
            logs.push(mode.value - log_det - scales.map(f64::ln).sum());
            found.push(Possibility {
                weight: 0.0,
                log_rationality,
                mode: mode.at.component_div(&scales),
                covariance: &less * mode.precision.inverse() * &less,
            });
        }
        let prior: Vec<f64> = self.nodes.iter().map(|&(_, weight)| weight).collect();
        let weights = posterior(&prior, &logs).0;
        found.iter_mut().zip(weights).for_each(|(one, weight)| one.weight = weight);
        Ok(found)
    }

    fn scaled(&self, one: &Possibility) -> DVector<f64> {
        one.mode.component_mul(&self.scales(one.log_rationality))
    }

    fn belief(&self, known: &[Possibility]) -> Belief {
        let of = |one: &Possibility| {
            let mut view = self.common.clone();
            let own = self.scaled(one);
            self.own.iter().zip(own.iter()).for_each(|(&i, &value)| view[i] = value);
            (one.weight, View::Linear(view))
        };
        Belief { atoms: known.iter().map(of).collect() }
    }

    fn fit_shared(
        &mut self,
        panel: &Panel,
        said: &[&Vec<usize>],
        known: &[Vec<Possibility>],
    ) -> Result<(), PeopleError> {
        if self.own.len() == panel.width() {
            return Ok(());
        }
        let scaled: Vec<(usize, f64, DVector<f64>)> = known
            .iter()
            .enumerate()
            .flat_map(|(a, all)| all.iter().map(move |one| (a, one.weight, one)))
            .map(|(a, weight, one)| (a, weight, self.scaled(one)))
            .collect();
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

impl Fitted for FittedBoth {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        let known = self.people.get(person).and_then(Option::as_ref).cloned();
        known.unwrap_or_else(|| {
            let mean = pick(&self.both.common, &self.both.own);
            let of = |&(node, weight): &(f64, f64)| Possibility {
                weight,
                log_rationality: self.both.tau * node,
                mode: mean.clone(),
                covariance: DMatrix::zeros(0, 0),
            };
            debug_assert_eq!(panel.width(), self.both.common.len());
            self.both.belief(&self.both.nodes.iter().map(of).collect::<Vec<_>>())
        })
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let precision = inverse(NAME, &self.both.variance)?;
        Ok(self.both.belief(&self.both.possibilities(panel, known, &precision)?))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let both = &self.both;
        let mut numbers = vec![
            Number::new("steps", self.steps as f64),
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
