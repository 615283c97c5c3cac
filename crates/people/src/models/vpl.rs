//! `people.vpl`: everybody is a few hidden numbers, read off their answers by a network.
//!
//! ```text
//! q(z | answers of a) = N(mu_a, sigma_a^2)      r(x, z) by a network on [x; z]      z ~ N(0, I)
//! loss of a person = -sum ln p(answers | r(., z)), z ~ q, + weight KL
//! ```
//!
//! Variational preference learning (Poddar, Wan, Ivison, Gupta and Jaques 2024). As in their code for control,
//! the answers that are encoded are those that are explained, and the KL lacks the factor 1/2
//! (`kl = "published"`): with `weight = 1` it counts double what the evidence bound has (`kl = "exact"`).
//! Their encoder takes sets of one size as one long input; here each answer passes a network `(first, second,
//! yes)`, outputs are averaged over answers, and a second network gives `mu` and `ln sigma^2`, so that
//! people may have said differently much, in any order.
//!
//! Somebody new is encoded, and nothing is fitted. The scale of `r` is free; utilities of two people can be
//! compared only after they are put on one scale (`aggregation`'s `scale = "range"`).

use crate::answer::log_sigmoid;
use crate::around::check_coordinates;
use crate::mlp::{Adam, Mlp, Trace};
use crate::models::hierarchical::by_person;
use crate::pairs::{returns_alone, shares};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An encoder of answers and a reward given hidden numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Vpl {
    /// Number of hidden numbers of a person.
    pub dimension: u64,
    /// Units of each hidden layer.
    pub hidden: u64,
    /// Layers of the encoder of an answer, and of the reward.
    pub layers: u64,
    /// Adam's rate.
    pub rate: f64,
    /// People a step.
    pub batch: u64,
    /// How often everybody is learned from.
    pub epochs: u64,
    /// What the divergence from the prior counts for.
    pub weight: f64,
    /// Which divergence.
    pub kl: Divergence,
    /// How often its weight rises from 0 by half a cosine; 0 keeps it.
    pub cycles: u64,
    /// Draws that stand for a person; 0 is the mean.
    pub draws: u64,
}

/// How the divergence from the prior is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Divergence {
    /// `sum (mu^2 + sigma^2 - 1 - ln sigma^2)`, as in the published code.
    Published,
    /// Half of it, which is the Kullback-Leibler divergence.
    Exact,
}

impl Default for Vpl {
    /// As published for control; a smaller network is enough for a few features.
    fn default() -> Self {
        Self {
            dimension: 32,
            hidden: 256,
            layers: 3,
            rate: 1e-3,
            batch: 256,
            epochs: 500,
            weight: 1.0,
            kl: Divergence::Published,
            cycles: 0,
            draws: 0,
        }
    }
}

const NAME: &str = "vpl";
/// Slope of the leaky ReLU below 0, as published.
const LEAK: f64 = 0.2;

#[typetag::serde(name = "vpl")]
impl PeopleModel for Vpl {
    fn summary(&self) -> &'static str {
        "a network reads hidden numbers of a person off their answers (VPL)"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("dimension", self.dimension, 1)?;
        at_least("hidden", self.hidden, 1)?;
        at_least("layers", self.layers, 2)?;
        above_zero("rate", self.rate)?;
        at_least("batch", self.batch, 1)?;
        at_least("epochs", self.epochs, 1)?;
        not_negative("weight", self.weight)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_encoder(panel, statements, seed)?))
    }
}

/// Three networks, whose weights lie one after the other.
#[derive(Clone, Debug)]
struct Nets {
    answer: Mlp,
    person: Mlp,
    reward: Mlp,
}

/// An answer: what the encoder takes in, and what it is about.
#[derive(Clone, Debug)]
struct Heard {
    input: Vec<f64>,
    /// Items and what their returns count for.
    items: Vec<(usize, f64)>,
    yes: f64,
}

/// The networks, and what is believed of those whom they were learned from.
#[derive(Clone, Debug)]
pub struct FittedVpl {
    options: Vpl,
    nets: Nets,
    weights: Vec<f64>,
    /// Mean and standard deviation of everybody who said something. `[person]`
    people: Vec<Option<Hidden>>,
    loss: f64,
    divergence: f64,
    seed: u64,
}

/// What is believed of the hidden numbers of a person: independent and normal.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Means.
    pub mean: Vec<f64>,
    /// Standard deviations.
    pub sd: Vec<f64>,
}

impl Vpl {
    /// The fit itself.
    ///
    /// # Errors
    /// Answers that are not one of two; nothing to fit.
    pub fn fit_encoder(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedVpl, PeopleError> {
        check_coordinates(NAME, panel)?;
        shares(NAME, panel, statements)?;
        returns_alone(NAME, panel)?;
        let said = by_person(panel, statements);
        let heard: Vec<Vec<Heard>> = said.iter().map(|own| hear(panel, own)).collect();
        let mut order: Vec<usize> = (0..heard.len()).filter(|&a| !heard[a].is_empty()).collect();
        let nets = self.nets(panel);
        let rng = &mut medley_random::stream(seed, "people/vpl");
        let mut weights = nets.start(rng);
        let mut adam = Adam::new(weights.len());
        let mut slopes = vec![0.0; weights.len()];
        let mut noise = vec![0.0; self.dimension as usize];
        let (mut loss, mut divergence) = (f64::NAN, f64::NAN);
        for epoch in 0..self.epochs {
            shuffle(&mut order, rng);
            (loss, divergence) = (0.0, 0.0);
            for batch in order.chunks(self.batch as usize) {
                slopes.fill(0.0);
                for &person in batch {
                    medley_random::normals(rng, &mut noise);
                    let own = Objective { nets: &nets, panel, noise: &noise, kl: self.kl(epoch) };
                    let (nll, kl) = own.evaluate(&weights, &heard[person], &mut slopes);
                    loss += nll;
                    divergence += kl;
                }
                let each = 1.0 / batch.len() as f64;
                slopes.iter_mut().for_each(|slope| *slope *= each);
                adam.step(&mut weights, &slopes, self.rate, 0.0);
            }
            if !(loss + divergence).is_finite() {
                let message = format!("expected a finite loss in epoch {epoch}, found {loss}");
                return Err(PeopleError::Fit { model: NAME, message });
            }
        }
        let read =
            |own: &Vec<Heard>| (!own.is_empty()).then(|| nets.encode(&weights, own).hidden());
        let people = heard.iter().map(read).collect();
        let (loss, divergence) = (loss / statements.len() as f64, divergence / order.len() as f64);
        Ok(FittedVpl { options: *self, nets, weights, people, loss, divergence, seed })
    }

    fn nets(&self, panel: &Panel) -> Nets {
        let (features, z) = (panel.features().len(), self.dimension as usize);
        let units = self.hidden as usize;
        let hidden = vec![units; self.layers as usize - 1];
        Nets {
            answer: Mlp::new(2 * features + 1, &hidden, units, LEAK),
            person: Mlp::new(units, &[units], 2 * z, LEAK),
            reward: Mlp::new(features + z, &hidden, 1, LEAK),
        }
    }

    /// What the divergence (without factor 1/2) counts for in this epoch.
    fn kl(&self, epoch: u64) -> f64 {
        let half = if self.kl == Divergence::Exact { 0.5 } else { 1.0 };
        let rise = match self.cycles {
            0 => 1.0,
            cycles => {
                let long = self.epochs.div_ceil(cycles).max(1);
                let part = (epoch % long) as f64 / long as f64;
                0.5 * (1.0 - (std::f64::consts::PI * part).cos())
            }
        };
        half * rise * self.weight
    }
}

/// By Fisher and Yates.
fn shuffle(order: &mut [usize], rng: &mut impl rand::Rng) {
    for i in (1..order.len()).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
}

/// Answers of a person as the encoder takes them: features of what counts for yes, of what counts against it,
/// and the answer.
fn hear(panel: &Panel, statements: &[usize]) -> Vec<Heard> {
    let features = panel.features().len();
    let of = |&statement: &usize| {
        let said = &panel.statements()[statement];
        let items = said.predictors[0].items.clone();
        let yes = said.answer.observed()[0];
        let mut input = vec![0.0; 2 * features + 1];
        for &(item, weight) in &items {
            let from = if weight > 0.0 { 0 } else { features };
            let side = &mut input[from..from + features];
            side.iter_mut().zip(&panel.items()[item]).for_each(|(sum, x)| *sum += weight.abs() * x);
        }
        input[2 * features] = yes;
        Heard { input, items, yes }
    };
    statements.iter().map(of).collect()
}

/// What the encoder came to.
struct Encoded {
    answers: Vec<Trace>,
    person: Trace,
}

impl Encoded {
    /// `mu`, then `ln sigma^2`.
    fn outputs(&self) -> &[f64] {
        &self.person[self.person.len() - 1]
    }

    fn hidden(&self) -> Hidden {
        let (mean, logs) = self.outputs().split_at(self.outputs().len() / 2);
        Hidden { mean: mean.to_vec(), sd: logs.iter().map(|log| (0.5 * log).exp()).collect() }
    }
}

impl Nets {
    fn start(&self, rng: &mut impl rand::Rng) -> Vec<f64> {
        let parts = [&self.answer, &self.person, &self.reward];
        parts.iter().flat_map(|net| net.start(rng)).collect()
    }

    /// Where the second and the third network begin.
    fn places(&self) -> (usize, usize) {
        (self.answer.count(), self.answer.count() + self.person.count())
    }

    fn encode(&self, weights: &[f64], heard: &[Heard]) -> Encoded {
        let (first, second) = self.places();
        let pass = |one: &Heard| self.answer.forward(&weights[..first], &one.input);
        let answers: Vec<Trace> = heard.iter().map(pass).collect();
        let each = 1.0 / answers.len() as f64;
        let mut mean: Vec<f64> = Vec::new();
        for trace in &answers {
            let own = &trace[trace.len() - 1];
            mean.resize(own.len(), 0.0);
            mean.iter_mut().zip(own).for_each(|(sum, x)| *sum += each * x);
        }
        let person = self.person.forward(&weights[first..second], &mean);
        Encoded { answers, person }
    }

    fn reward(&self, weights: &[f64], features: &[f64], z: &[f64]) -> Trace {
        let input: Vec<f64> = features.iter().chain(z).copied().collect();
        self.reward.forward(&weights[self.places().1..], &input)
    }
}

/// The loss of a person for one draw.
struct Objective<'a> {
    nets: &'a Nets,
    panel: &'a Panel,
    noise: &'a [f64],
    kl: f64,
}

impl Objective<'_> {
    /// Negative log-likelihood and divergence (as it counts); slopes in weights are added.
    fn evaluate(&self, weights: &[f64], heard: &[Heard], into: &mut [f64]) -> (f64, f64) {
        let encoded = self.nets.encode(weights, heard);
        let (mean, logs) = encoded.outputs().split_at(self.noise.len());
        let sd: Vec<f64> = logs.iter().map(|log| (0.5 * log).exp()).collect();
        let z: Vec<f64> =
            mean.iter().zip(&sd).zip(self.noise).map(|((m, s), e)| m + s * e).collect();
        let (nll, of_z) = self.explain(weights, heard, &z, into);
        let mut divergence = 0.0;
        let mut slope = vec![0.0; 2 * z.len()];
        for i in 0..z.len() {
            divergence += self.kl * (mean[i].powi(2) + sd[i].powi(2) - 1.0 - logs[i]);
            slope[i] = of_z[i] + 2.0 * self.kl * mean[i];
            let of_log = 0.5 * of_z[i] * sd[i] * self.noise[i];
            slope[z.len() + i] = of_log + self.kl * (sd[i].powi(2) - 1.0);
        }
        self.back(weights, &encoded, &slope, into);
        (nll, divergence)
    }

    /// Negative log-likelihood of answers given `z`, and its slope in `z`.
    fn explain(
        &self,
        weights: &[f64],
        heard: &[Heard],
        z: &[f64],
        into: &mut [f64],
    ) -> (f64, Vec<f64>) {
        let mut rewards: BTreeMap<usize, (Trace, f64)> = BTreeMap::new();
        for &(item, _) in heard.iter().flat_map(|one| &one.items) {
            let pass = || (self.nets.reward(weights, &self.panel.items()[item], z), 0.0);
            rewards.entry(item).or_insert_with(pass);
        }
        let mut nll = 0.0;
        for one in heard {
            let of = |(item, weight): &(usize, f64)| {
                rewards.get(item).map_or(0.0, |(trace, _)| weight * trace[trace.len() - 1][0])
            };
            let eta: f64 = one.items.iter().map(of).sum();
            let ((yes, no_chance), (no, yes_chance)) = (log_sigmoid(eta), log_sigmoid(-eta));
            nll -= one.yes * yes + (1.0 - one.yes) * no;
            let slope = (1.0 - one.yes) * yes_chance - one.yes * no_chance;
            for (item, weight) in &one.items {
                if let Some((_, sum)) = rewards.get_mut(item) {
                    *sum += weight * slope;
                }
            }
        }
        let from = self.nets.places().1;
        let mut of_z = vec![0.0; z.len()];
        for (trace, slope) in rewards.values() {
            let net = &self.nets.reward;
            let below = net.backward(&weights[from..], trace, &[*slope], &mut into[from..]);
            let own = &below[below.len() - z.len()..];
            of_z.iter_mut().zip(own).for_each(|(sum, s)| *sum += s);
        }
        (nll, of_z)
    }

    /// Back through the encoder.
    fn back(&self, weights: &[f64], encoded: &Encoded, slope: &[f64], into: &mut [f64]) {
        let (first, second) = self.nets.places();
        let (net, own) = (&self.nets.person, first..second);
        let mut below = net.backward(&weights[own.clone()], &encoded.person, slope, &mut into[own]);
        below.iter_mut().for_each(|s| *s /= encoded.answers.len() as f64);
        for trace in &encoded.answers {
            self.nets.answer.backward(&weights[..first], trace, &below, &mut into[..first]);
        }
    }
}

impl FittedVpl {
    /// What is believed of the hidden numbers of a person; the prior of who said nothing.
    pub fn hidden(&self, person: usize) -> Hidden {
        let known = self.people.get(person).and_then(Option::as_ref).cloned();
        known.unwrap_or_else(|| {
            let z = self.options.dimension as usize;
            Hidden { mean: vec![0.0; z], sd: vec![1.0; z] }
        })
    }

    fn believe(&self, panel: &Panel, hidden: &Hidden, person: usize) -> Belief {
        let view = |z: &[f64]| {
            let of = |item: &Vec<f64>| {
                let trace = self.nets.reward(&self.weights, item, z);
                trace[trace.len() - 1][0]
            };
            let items = Arc::new(panel.items().iter().map(of).collect());
            let columns = panel.columns().iter().map(|column| column.start).collect();
            View::Returns { items, columns }
        };
        if self.options.draws == 0 {
            return Belief { atoms: vec![(1.0, view(&hidden.mean))] };
        }
        let rng = &mut medley_random::stream(self.seed, &format!("people/vpl/{person}"));
        let each = 1.0 / self.options.draws as f64;
        let draw = |_| {
            let mut z = vec![0.0; hidden.mean.len()];
            medley_random::normals(rng, &mut z);
            z.iter_mut().zip(&hidden.sd).zip(&hidden.mean).for_each(|((z, s), m)| *z = m + s * *z);
            (each, view(&z))
        };
        Belief { atoms: (0..self.options.draws).map(draw).collect() }
    }
}

impl Fitted for FittedVpl {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        self.believe(panel, &self.hidden(person), person)
    }

    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        if known.is_empty() {
            return Ok(self.believe(panel, &self.hidden(usize::MAX), person));
        }
        shares(NAME, panel, known)?;
        let hidden = self.nets.encode(&self.weights, &hear(panel, known)).hidden();
        Ok(self.believe(panel, &hidden, person))
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let known: Vec<&Hidden> = self.people.iter().flatten().collect();
        let used = |i: usize| {
            let mean = known.iter().map(|h| h.mean[i]).sum::<f64>() / known.len() as f64;
            known.iter().map(|h| (h.mean[i] - mean).powi(2)).sum::<f64>() / known.len() as f64
                > 0.01
        };
        let used = (0..self.options.dimension as usize).filter(|&i| used(i)).count();
        vec![
            Number::new("training nll", self.loss),
            Number::new("divergence a person", self.divergence),
            Number::new("hidden numbers that differ between people", used as f64),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlp::check_slope;
    use crate::testing::{cloud, comparisons};

    #[test]
    fn slopes_in_weights_of_all_networks() {
        let panel = comparisons(cloud(4), 2, 5, 3, |_, _, _| 0.5);
        let vpl = Vpl { dimension: 2, hidden: 4, layers: 2, ..Vpl::default() };
        let nets = vpl.nets(&panel);
        let weights = nets.start(&mut medley_random::stream(4, "test"));
        let heard = hear(&panel, panel.said_by(1));
        let own = Objective { nets: &nets, panel: &panel, noise: &[0.6, -1.1], kl: 0.8 };
        let mut slopes = vec![0.0; weights.len()];
        own.evaluate(&weights, &heard, &mut slopes);
        check_slope(&weights, &slopes, |weights| {
            let (nll, kl) = own.evaluate(weights, &heard, &mut vec![0.0; weights.len()]);
            nll + kl
        });
    }

    #[test]
    fn the_weight_of_the_divergence() {
        let vpl = Vpl { epochs: 8, cycles: 2, weight: 3.0, ..Vpl::default() };
        let close = |found: f64, expect: f64| assert!((found - expect).abs() < 1e-12, "{found}");
        for (epoch, weight) in [(0, 0.0), (2, 1.5), (4, 0.0), (6, 1.5)] {
            close(vpl.kl(epoch), weight);
        }
        close(Vpl { kl: Divergence::Exact, ..Vpl::default() }.kl(3), 0.5);
    }

    #[test]
    fn answers_count_in_any_order() {
        let panel = comparisons(cloud(4), 2, 6, 3, |_, _, _| 0.5);
        let vpl = Vpl { dimension: 2, hidden: 4, layers: 2, epochs: 2, ..Vpl::default() };
        let all: Vec<usize> = (0..12).collect();
        let fitted = vpl.fit_encoder(&panel, &all, 0).unwrap();
        let reversed: Vec<usize> = panel.said_by(0).iter().rev().copied().collect();
        let (one, other) = (fitted.belief(&panel, 0), fitted.meet(&panel, 0, &reversed).unwrap());
        let (one, other) = (one.utilities(&panel, &[0, 1]), other.utilities(&panel, &[0, 1]));
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-12), "{one:?} {other:?}");
    }
}
