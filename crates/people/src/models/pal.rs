//! `people.pal`: everybody has an ideal point among a few prototypes, and likes what is near it.
//!
//! ```text
//! u_a = f(sum_k softmax(W_a)_k P_k)      norm: score -|f(x) - u_a|      angle: score e^t cos(f(x), u_a)
//! ```
//!
//! PAL-A (Chen, Chen, Rege and Vinayak 2025, form "f(Pw)"), as published: prototypes `P` live among features
//! of items, `f` is a network that both pass through, `e^t` is at most 100. The hinge with margin 1,
//! smoothed over `smoothing`, or the logistic loss; `e^t` is 1 in a norm with hinge. All answers in each step
//! of Adam, with a rate for `f`, one for `P` and `W`, one for `t`. A new person is `W_a` alone.
//!
//! A hinge gives no probability, the logistic loss gives ones that are far too sure of people with few answers,
//! and the paper reports accuracy alone. Scores are therefore multiplied by one number for all, which changes
//! no order: the most likely one for every fifth answer of each person under a first fit to the others (for
//! all answers, where nobody has five).

use crate::answer::log_sigmoid;
use crate::around::check_coordinates;
use crate::mlp::{Adam, Mlp, Trace, dot};
use crate::pairs::{Pair, pairs};
use crate::softmax::{softmax, through_softmax};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Ideal points that are mixtures of prototypes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pal {
    /// Number of prototypes, K.
    pub prototypes: u64,
    /// Dimension of the space of ideal points.
    pub dimension: u64,
    /// Units of each hidden layer of `f`; none is linear.
    pub hidden: Vec<usize>,
    /// What nearness is.
    pub form: Nearness,
    /// What is made small.
    pub loss: PalLoss,
    /// Over how much of a score the hinge is rounded.
    pub smoothing: f64,
    /// Adam's rate for `f`.
    pub projector_rate: f64,
    /// Decay of the weights of `f`.
    pub decay: f64,
    /// Adam's rate for prototypes and people.
    pub rate: f64,
    /// Adam's rate for `t`.
    pub scale_rate: f64,
    /// Steps of Adam, and of the fit of somebody new.
    pub steps: u64,
}

/// What nearness to an ideal point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nearness {
    /// Minus the Euclidean distance.
    Norm,
    /// The cosine of the angle at the origin.
    Angle,
}

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PalLoss {
    /// `max(0, 1 - m)`, rounded by a square.
    Hinge,
    /// `-ln s(m)`.
    Logistic,
}

impl Default for Pal {
    /// K, rates, decay, hinge as published (their space has 512 dimensions, for embeddings of texts).
    fn default() -> Self {
        Self {
            prototypes: 2,
            dimension: 16,
            hidden: vec![32],
            form: Nearness::Norm,
            loss: PalLoss::Hinge,
            smoothing: 5.0,
            projector_rate: 1e-4,
            decay: 0.01,
            rate: 5e-3,
            scale_rate: 0.1,
            steps: 2000,
        }
    }
}

const NAME: &str = "pal";
/// The published bound of `e^t`, and its start.
const MOST: f64 = 100.0;
const START: f64 = 1.0 / 0.07;
/// Distances and lengths below it are read as it.
const SHORT: f64 = 1e-9;

#[typetag::serde(name = "pal")]
impl PeopleModel for Pal {
    fn summary(&self) -> &'static str {
        "everybody likes what is near an ideal point, a mixture of a few prototypes (PAL-A)"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("prototypes", self.prototypes, 1)?;
        at_least("dimension", self.dimension, 1)?;
        self.hidden.iter().try_for_each(|&size| at_least("hidden", size as u64, 1))?;
        above_zero("smoothing", self.smoothing)?;
        above_zero("projector-rate", self.projector_rate)?;
        not_negative("decay", self.decay)?;
        above_zero("rate", self.rate)?;
        above_zero("scale-rate", self.scale_rate)?;
        at_least("steps", self.steps, 1)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_ideals(panel, statements, seed)?))
    }
}

/// All that is learned, or slopes in it.
#[derive(Clone, Debug)]
struct Learned {
    projector: Vec<f64>,
    /// `[prototype][feature]`
    prototypes: Vec<f64>,
    /// `[person][prototype]`
    people: Vec<f64>,
    /// `t`, one number.
    scale: Vec<f64>,
}

/// Ideal points, and the space they lie in.
#[derive(Clone, Debug)]
pub struct FittedPal {
    options: Pal,
    net: Mlp,
    learned: Learned,
    /// Items in the space of ideal points. `[item][dimension]`
    items: Vec<Vec<f64>>,
    /// Who said something. `[person]`
    heard: Vec<bool>,
    /// What scores are multiplied by to be log-odds.
    per_score: f64,
    loss: f64,
}

impl Pal {
    /// The fit itself.
    ///
    /// # Errors
    /// Anything but comparisons of two items in the panel; nothing to fit.
    pub fn fit_ideals(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedPal, PeopleError> {
        check_coordinates(NAME, panel)?;
        let pairs = pairs(NAME, panel, statements)?;
        let mut fitted = self.learn(panel, &pairs, seed)?;
        let (kept, held) = fifths(&pairs);
        fitted.per_score = match held.is_empty() {
            true => fitted.most_likely_factor(&pairs),
            false => self.learn(panel, &kept, seed)?.most_likely_factor(&held),
        };
        Ok(fitted)
    }

    fn learn(&self, panel: &Panel, pairs: &[Pair], seed: u64) -> Result<FittedPal, PeopleError> {
        let net = self.net(panel);
        let mut learned = self.start(&net, panel, seed);
        let mut slopes = learned.clone();
        let mut adams: Vec<Adam> =
            learned.parts().iter().map(|part| Adam::new(part.len())).collect();
        let rates = [self.projector_rate, self.rate, self.rate, self.scale_rate];
        let mut loss = f64::NAN;
        for step in 0..self.steps {
            slopes.parts().into_iter().for_each(|part| part.fill(0.0));
            loss = self.evaluate(&net, panel, pairs, &learned, &mut slopes);
            if !loss.is_finite() {
                let message = format!("expected a finite loss at step {step}, found {loss}");
                return Err(PeopleError::Fit { model: NAME, message });
            }
            let parts = learned.parts().into_iter().zip(slopes.parts());
            for (part, ((own, slope), adam)) in parts.zip(&mut adams).enumerate() {
                adam.step(own, slope, rates[part], if part == 0 { self.decay } else { 0.0 });
            }
        }
        let place = |item: &Vec<f64>| output(&net.forward(&learned.projector, item));
        let items = panel.items().iter().map(place).collect();
        let mut heard = vec![false; panel.people()];
        pairs.iter().for_each(|pair| heard[pair.person] = true);
        let options = self.clone();
        Ok(FittedPal { options, net, learned, items, heard, per_score: 1.0, loss })
    }

    fn net(&self, panel: &Panel) -> Mlp {
        Mlp::new(panel.features().len(), &self.hidden, self.dimension as usize, 0.0)
    }

    /// Prototypes of length 1 in expectation and people at random, as published.
    fn start(&self, net: &Mlp, panel: &Panel, seed: u64) -> Learned {
        let (features, k) = (panel.features().len(), self.prototypes as usize);
        let rng = &mut medley_random::stream(seed, "people/pal");
        let projector = net.start(rng);
        let length = (features.max(1) as f64).sqrt().recip();
        let prototypes = (0..k * features).map(|_| length * medley_random::normal(rng)).collect();
        let people = (0..panel.people() * k).map(|_| medley_random::normal(rng)).collect();
        Learned { projector, prototypes, people, scale: vec![START.ln()] }
    }

    /// `e^t` and whether it moves with `t`.
    fn scale(&self, t: f64) -> (f64, bool) {
        match (self.form, self.loss) {
            (Nearness::Norm, PalLoss::Hinge) => (1.0, false),
            _ if t.exp() > MOST => (MOST, false),
            _ => (t.exp(), true),
        }
    }

    /// Mean loss over comparisons; its slopes are added.
    fn evaluate(
        &self,
        net: &Mlp,
        panel: &Panel,
        pairs: &[Pair],
        learned: &Learned,
        into: &mut Learned,
    ) -> f64 {
        let forward = |item: &Vec<f64>| net.forward(&learned.projector, item);
        let items: Vec<Trace> = panel.items().iter().map(forward).collect();
        let features = panel.features().len();
        let mut of_items = vec![vec![0.0; self.dimension as usize]; items.len()];
        let (e, moves) = self.scale(learned.scale[0]);
        let each = 1.0 / pairs.len() as f64;
        let mut value = 0.0;
        for said in of_people(pairs) {
            let person = said[0].person;
            let own = self.own(&learned.people, person);
            let (mix, place) = mixture(own, &learned.prototypes, features);
            let trace = net.forward(&learned.projector, &place);
            let ideal = output(&trace);
            let mut of_ideal = vec![0.0; ideal.len()];
            for pair in said {
                let sides = [(pair.first, 1.0), (pair.second, -1.0)];
                let near = sides.map(|(item, _)| self.near(&output(&items[item]), &ideal));
                let (loss, slope) = self.loss_of(e * (near[0] - near[1]), pair.yes);
                value += each * loss;
                if moves {
                    into.scale[0] += each * slope * e * (near[0] - near[1]);
                }
                for (item, sign) in sides {
                    let weight = sign * each * slope * e;
                    let at = output(&items[item]);
                    self.add_slopes(&at, &ideal, weight, &mut of_items[item], &mut of_ideal);
                }
            }
            let below = net.backward(&learned.projector, &trace, &of_ideal, &mut into.projector);
            add_mixture(&mix, &below, &learned.prototypes, person, into);
        }
        for (trace, slope) in items.iter().zip(&of_items) {
            net.backward(&learned.projector, trace, slope, &mut into.projector);
        }
        value
    }

    fn own<'a>(&self, people: &'a [f64], person: usize) -> &'a [f64] {
        let k = self.prototypes as usize;
        &people[person * k..(person + 1) * k]
    }

    fn near(&self, item: &[f64], ideal: &[f64]) -> f64 {
        match self.form {
            Nearness::Norm => -distance(item, ideal),
            Nearness::Angle => dot(item, ideal) / (length(item) * length(ideal)),
        }
    }

    /// Adds `weight` times the slopes of nearness in both places.
    fn add_slopes(
        &self,
        item: &[f64],
        ideal: &[f64],
        weight: f64,
        of_item: &mut [f64],
        of_ideal: &mut [f64],
    ) {
        match self.form {
            Nearness::Norm => {
                let scale = weight / distance(item, ideal).max(SHORT);
                for i in 0..item.len() {
                    of_item[i] -= scale * (item[i] - ideal[i]);
                    of_ideal[i] += scale * (item[i] - ideal[i]);
                }
            }
            Nearness::Angle => {
                let (a, b) = (length(item), length(ideal));
                let cosine = dot(item, ideal) / (a * b);
                for i in 0..item.len() {
                    let (x, u) = (item[i] / a, ideal[i] / b);
                    of_item[i] += weight * (u - cosine * x) / a;
                    of_ideal[i] += weight * (x - cosine * u) / b;
                }
            }
        }
    }

    /// Loss of a margin, of which `yes` is right and the rest wrong, and its slope.
    fn loss_of(&self, margin: f64, yes: f64) -> (f64, f64) {
        let of = |m: f64| match self.loss {
            PalLoss::Logistic => {
                let (log, chance) = log_sigmoid(m);
                (-log, -chance)
            }
            PalLoss::Hinge => {
                let (g, short) = (self.smoothing, 1.0 - m);
                if short <= 0.0 {
                    (0.0, 0.0)
                } else if short <= g {
                    (0.5 * short * short / g, -short / g)
                } else {
                    (short - 0.5 * g, -1.0)
                }
            }
        };
        let (right, wrong) = (of(margin), of(-margin));
        (yes * right.0 + (1.0 - yes) * wrong.0, yes * right.1 - (1.0 - yes) * wrong.1)
    }
}

impl Learned {
    fn parts(&mut self) -> [&mut Vec<f64>; 4] {
        [&mut self.projector, &mut self.prototypes, &mut self.people, &mut self.scale]
    }
}

fn output(trace: &Trace) -> Vec<f64> {
    trace.last().cloned().unwrap_or_default()
}

fn length(at: &[f64]) -> f64 {
    dot(at, at).sqrt().max(SHORT)
}

fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// Every fifth comparison of a person apart from the others.
fn fifths(pairs: &[Pair]) -> (Vec<Pair>, Vec<Pair>) {
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    for said in of_people(pairs) {
        for (order, pair) in said.into_iter().enumerate() {
            let part = if order % 5 == 4 { &mut held } else { &mut kept };
            part.push(pair);
        }
    }
    (kept, held)
}

/// Comparisons of each person who made any.
fn of_people(pairs: &[Pair]) -> Vec<Vec<Pair>> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by_key(|pair| pair.person);
    sorted.chunk_by(|a, b| a.person == b.person).map(<[Pair]>::to_vec).collect()
}

/// Shares of prototypes, and the point among features that they make.
fn mixture(own: &[f64], prototypes: &[f64], features: usize) -> (Vec<f64>, Vec<f64>) {
    let shares = softmax(own);
    let mut place = vec![0.0; features];
    for (k, share) in shares.iter().enumerate() {
        let prototype = &prototypes[k * features..(k + 1) * features];
        place.iter_mut().zip(prototype).for_each(|(sum, x)| *sum += share * x);
    }
    (shares, place)
}

/// Adds slopes in prototypes and in a person, of something whose slope in their point is known.
fn add_mixture(
    shares: &[f64],
    slope: &[f64],
    prototypes: &[f64],
    person: usize,
    into: &mut Learned,
) {
    let features = slope.len();
    let mut of_shares = Vec::with_capacity(shares.len());
    for (k, share) in shares.iter().enumerate() {
        let range = k * features..(k + 1) * features;
        of_shares.push(dot(&prototypes[range.clone()], slope));
        into.prototypes[range].iter_mut().zip(slope).for_each(|(sum, s)| *sum += share * s);
    }
    let of_person = through_softmax(shares, &of_shares);
    let own = &mut into.people[person * shares.len()..(person + 1) * shares.len()];
    own.iter_mut().zip(of_person).for_each(|(sum, s)| *sum += s);
}

impl FittedPal {
    /// Shares of prototypes of a person; the mean over people for who said nothing.
    pub fn shares(&self, person: usize) -> Vec<f64> {
        if self.heard.get(person).copied().unwrap_or(false) {
            return softmax(self.options.own(&self.learned.people, person));
        }
        let k = self.options.prototypes as usize;
        let mut mean = vec![0.0; k];
        let heard: Vec<usize> = (0..self.heard.len()).filter(|&a| self.heard[a]).collect();
        for &person in &heard {
            let own = softmax(self.options.own(&self.learned.people, person));
            mean.iter_mut().zip(own).for_each(|(sum, s)| *sum += s / heard.len() as f64);
        }
        mean
    }

    /// Scores of all items, in units of the loss.
    fn scores(&self, shares: &[f64]) -> Vec<f64> {
        let logs: Vec<f64> = shares.iter().map(|share| share.max(1e-300).ln()).collect();
        let features = self.learned.prototypes.len() / shares.len();
        let (_, place) = mixture(&logs, &self.learned.prototypes, features);
        let ideal = output(&self.net.forward(&self.learned.projector, &place));
        let (e, _) = self.options.scale(self.learned.scale[0]);
        self.items.iter().map(|item| e * self.options.near(item, &ideal)).collect()
    }

    fn believe(&self, panel: &Panel, shares: &[f64]) -> Belief {
        let scores = self.scores(shares).into_iter().map(|s| self.per_score * s);
        let columns = panel.columns().iter().map(|column| column.start).collect();
        Belief { atoms: vec![(1.0, View::Returns { items: Arc::new(scores.collect()), columns })] }
    }

    /// By golden section, on a logarithmic scale from 1/100 to 100.
    fn most_likely_factor(&self, pairs: &[Pair]) -> f64 {
        let mut margins = Vec::with_capacity(pairs.len());
        for said in of_people(pairs) {
            let scores = self.scores(&self.shares(said[0].person));
            margins.extend(said.iter().map(|p| (scores[p.first] - scores[p.second], p.yes)));
        }
        let value = |log: f64| {
            let of = |&(m, yes): &(f64, f64)| {
                let m = log.exp() * m;
                yes * log_sigmoid(m).0 + (1.0 - yes) * log_sigmoid(-m).0
            };
            margins.iter().map(of).sum::<f64>()
        };
        golden(value, (0.01_f64.ln(), 100.0_f64.ln())).exp()
    }
}

/// Where a function with one hill is highest between two places.
pub fn golden(value: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let part = 0.5 * (5.0_f64.sqrt() - 1.0);
    let at = |low: f64, high: f64| (high - part * (high - low), low + part * (high - low));
    for _ in 0..60 {
        let (left, right) = at(low, high);
        if value(left) < value(right) { low = left } else { high = right }
    }
    0.5 * (low + high)
}

impl Fitted for FittedPal {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        self.believe(panel, &self.shares(person))
    }

    /// `W_a` alone, by as many steps of Adam, from all prototypes alike.
    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        if known.is_empty() {
            return Ok(self.believe(panel, &self.shares(usize::MAX)));
        }
        let pairs = pairs(NAME, panel, known)?;
        let k = self.options.prototypes as usize;
        let mut own = vec![0.0; k];
        let mut adam = Adam::new(k);
        for _ in 0..self.options.steps {
            let slope = self.slope_of_person(&pairs, &own);
            adam.step(&mut own, &slope, self.options.rate, 0.0);
        }
        Ok(self.believe(panel, &softmax(&own)))
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let heard: Vec<usize> = (0..self.heard.len()).filter(|&a| self.heard[a]).collect();
        let mut numbers = vec![Number::new("training loss", self.loss)];
        numbers.push(Number::new("log-odds a score", self.per_score));
        for (k, share) in self.shares(usize::MAX).into_iter().enumerate() {
            numbers.push(Number::new(format!("mean share of prototype {k}"), share));
        }
        let most = |&a: &usize| self.shares(a).into_iter().fold(0.0, f64::max);
        let mean = heard.iter().map(most).sum::<f64>() / heard.len().max(1) as f64;
        numbers.push(Number::new("mean of the largest share", mean));
        numbers
    }
}

impl FittedPal {
    /// Slope of the mean loss of somebody's comparisons in their own numbers.
    fn slope_of_person(&self, pairs: &[Pair], own: &[f64]) -> Vec<f64> {
        let options = &self.options;
        let features = self.learned.prototypes.len() / own.len();
        let (shares, place) = mixture(own, &self.learned.prototypes, features);
        let trace = self.net.forward(&self.learned.projector, &place);
        let ideal = output(&trace);
        let (e, _) = options.scale(self.learned.scale[0]);
        let mut of_ideal = vec![0.0; ideal.len()];
        let mut ignored = vec![0.0; ideal.len()];
        for pair in pairs {
            let (first, second) = (&self.items[pair.first], &self.items[pair.second]);
            let margin = e * (options.near(first, &ideal) - options.near(second, &ideal));
            let slope = e * options.loss_of(margin, pair.yes).1 / pairs.len() as f64;
            options.add_slopes(first, &ideal, slope, &mut ignored, &mut of_ideal);
            options.add_slopes(second, &ideal, -slope, &mut ignored, &mut of_ideal);
        }
        let mut ignored = vec![0.0; self.net.count()];
        let below = self.net.backward(&self.learned.projector, &trace, &of_ideal, &mut ignored);
        let of = |k: usize| dot(&self.learned.prototypes[k * features..(k + 1) * features], &below);
        through_softmax(&shares, &(0..shares.len()).map(of).collect::<Vec<f64>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlp::check_slope;
    use crate::testing::{cloud, comparisons};

    #[test]
    fn slopes_in_all_that_is_learned() {
        let panel = comparisons(cloud(4), 3, 8, 2, |_, _, _| 0.5);
        let all: Vec<usize> = (0..24).collect();
        let pairs = pairs(NAME, &panel, &all).unwrap();
        for form in [Nearness::Norm, Nearness::Angle] {
            for loss in [PalLoss::Hinge, PalLoss::Logistic] {
                // A narrow rounding, so that all three parts of the hinge are there.
                let hidden = vec![5];
                let pal =
                    Pal { form, loss, dimension: 3, hidden, smoothing: 0.7, ..Pal::default() };
                let net = pal.net(&panel);
                let mut at = pal.start(&net, &panel, 7);
                at.scale[0] = 0.3;
                let mut slopes = at.clone();
                slopes.parts().into_iter().for_each(|part| part.fill(0.0));
                pal.evaluate(&net, &panel, &pairs, &at, &mut slopes);
                for part in 0..4 {
                    let own = at.clone().parts()[part].clone();
                    let slope = slopes.clone().parts()[part].clone();
                    check_slope(&own, &slope, |values| {
                        let mut moved = at.clone();
                        moved.parts()[part].copy_from_slice(values);
                        pal.evaluate(&net, &panel, &pairs, &moved, &mut slopes.clone())
                    });
                }
            }
        }
    }

    #[test]
    fn the_hinge_by_hand() {
        let pal = Pal::default();
        // Margin 1, smoothing 5: at 1 nothing, at -1 (2^2)/10, at -5 it is 6 - 2.5.
        assert_eq!(pal.loss_of(1.0, 1.0), (0.0, 0.0));
        assert_eq!(pal.loss_of(-1.0, 1.0), (0.4, -0.4));
        assert_eq!(pal.loss_of(-5.0, 1.0), (3.5, -1.0));
        assert_eq!(pal.loss_of(5.0, 0.0), (3.5, 1.0));
    }

    #[test]
    fn somebody_new_is_fitted_by_the_slope_of_the_loss() {
        let panel = comparisons(cloud(4), 3, 8, 2, |_, _, _| 0.5);
        let all: Vec<usize> = (0..24).collect();
        let pal = Pal { prototypes: 3, dimension: 3, hidden: vec![5], steps: 3, ..Pal::default() };
        let fitted = pal.fit_ideals(&panel, &all, 1).unwrap();
        let own = pairs(NAME, &panel, panel.said_by(0)).unwrap();
        let at = [0.2, -0.4, 0.7];
        let slope = fitted.slope_of_person(&own, &at);
        check_slope(&at, &slope, |at| {
            let scores = fitted.scores(&softmax(at));
            let of = |p: &Pair| pal.loss_of(scores[p.first] - scores[p.second], p.yes).0;
            own.iter().map(of).sum::<f64>() / own.len() as f64
        });
    }
}
