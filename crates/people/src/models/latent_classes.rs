//! `people.latent-classes`: there are a few kinds of people, and everybody is of one.
//!
//! ```text
//! log p = sum_a log sum_k pi_k prod_i p(y_ai | w_k)  -  ridge / 2 sum_k |w_k - w_0|^2
//! ```
//!
//! `w_0` is the pooled fit. Fitted by expectation and maximization, from several random starts of which the
//! best optimum is kept; a start is the best of five after ten steps. Responsibilities are a *person's*: the product over all that they said. (The
//! log-sum-exp of each statement by itself, which some code has, is another model: one whose people change
//! their mind between statements, and whose classes cannot be told from noise.) The likelihood does not
//! know which class is which; they are sorted by share.
//!
//! Sources: MaxMin-RLHF (Chakraborty and others 2024) and EM-DPO fit such mixtures to language models; short
//! runs to start from are those of Biernacki, Celeux and Govaert (2003).

use super::hierarchical::by_person;
use super::pooled::pooled;
use crate::around::{
    Around, Speaker, check_coordinates, check_statements, fit_shared, own_coordinates, pick, units,
};
use crate::choose::Count;
use crate::linear;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_random::{normal, stream};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A mixture of classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LatentClasses {
    /// Number of classes, or numbers of which the one is chosen that predicts held-out people best.
    pub classes: Count,
    /// Precision of weights of a class around the pooled fit.
    pub ridge: f64,
    /// Number of random starts.
    pub restarts: u64,
    /// Most steps of expectation and maximization from each.
    pub steps: u64,
    /// A start ends where a step gains less, in nats.
    pub tolerance: f64,
    /// Parts of people by which a number is chosen.
    pub folds: u64,
}

impl Default for LatentClasses {
    fn default() -> Self {
        Self {
            classes: Count::One(2),
            ridge: 1.0,
            restarts: 4,
            steps: 500,
            tolerance: 1e-4,
            folds: 5,
        }
    }
}

const NAME: &str = "latent-classes";
/// How far apart classes start, in nats per unit of a feature.
const APART: f64 = 1.0;
/// Random starts of which one is gone on with, and steps until it is known which.
const TRIES: u64 = 5;
const SHORT: u64 = 10;

/// Classes.
#[derive(Clone, Debug)]
struct Mixture {
    own: Vec<usize>,
    /// Coordinates that all classes share; of others, the pooled fit.
    shared: Vec<f64>,
    /// Share of each class.
    shares: Vec<f64>,
    /// Own coordinates of each class.
    views: Vec<DVector<f64>>,
    /// Penalized log-likelihood, in nats.
    objective: f64,
    steps: u64,
    is_end: bool,
}

/// A mixture, and who is of which class.
#[derive(Clone, Debug)]
struct FittedClasses {
    mixture: Mixture,
    /// Posterior over classes of everybody who said something. `[person]`
    people: Vec<Option<Vec<f64>>>,
    /// Objectives of all starts.
    starts: Vec<f64>,
    scores: Vec<(u64, f64)>,
}

#[typetag::serde(name = "latent-classes")]
impl PeopleModel for LatentClasses {
    fn summary(&self) -> &'static str {
        "everybody is of one of a few classes, each with weights of its own"
    }

    fn check(&self) -> Result<(), Problem> {
        self.classes.check("classes")?;
        above_zero("ridge", self.ridge)?;
        at_least("restarts", self.restarts, 1)?;
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)?;
        at_least("folds", self.folds, 2)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let score = |count, train: &[usize], held: &[Vec<usize>]| {
            let (mixture, _) = self.best(panel, train, count, seed)?;
            Ok(held.iter().map(|said| mixture.log_likelihood(panel, said)).sum())
        };
        let chosen = self.classes.choose(NAME, self.folds, (panel, statements), score)?;
        let (mixture, starts) = self.best(panel, statements, chosen.count, seed)?;
        let of = |said: &Vec<usize>| (!said.is_empty()).then(|| mixture.posterior(panel, said).0);
        let people = by_person(panel, statements).iter().map(of).collect();
        Ok(Box::new(FittedClasses { mixture, people, starts, scores: chosen.scores }))
    }
}

impl LatentClasses {
    /// The best of all starts, and how good each is.
    fn best(
        &self,
        panel: &Panel,
        statements: &[usize],
        classes: u64,
        seed: u64,
    ) -> Result<(Mixture, Vec<f64>), PeopleError> {
        let center = pooled(panel, statements, 100.0)?;
        let mut said = by_person(panel, statements);
        said.retain(|own| !own.is_empty());
        let mut best: Option<Mixture> = None;
        let mut objectives = Vec::new();
        // From one class there is one way.
        let restarts = if classes == 1 { 1 } else { self.restarts };
        for restart in 0..restarts {
            let mut rng = stream(seed, &format!("people/latent-classes/{classes}/{restart}"));
            let start = self.start(panel, &said, &center, classes as usize, &mut rng)?;
            let found = self.climb(panel, &said, &center, start, self.steps)?;
            objectives.push(found.objective);
            if best.as_ref().is_none_or(|best| found.objective > best.objective) {
                best = Some(found);
            }
        }
        let none = || PeopleError::Fit { model: NAME, message: "expected a start".to_owned() };
        Ok((best.ok_or_else(none)?.sorted(), objectives))
    }

    /// The best of a few random starts after a few steps (Biernacki, Celeux and Govaert 2003).
    fn start(
        &self,
        panel: &Panel,
        said: &[Vec<usize>],
        center: &[f64],
        classes: usize,
        rng: &mut impl rand::Rng,
    ) -> Result<Mixture, PeopleError> {
        let mut best =
            self.climb(panel, said, center, random(panel, center, classes, rng), SHORT)?;
        for _ in 1..if classes == 1 { 1 } else { TRIES } {
            let other =
                self.climb(panel, said, center, random(panel, center, classes, rng), SHORT)?;
            if other.objective > best.objective {
                best = other;
            }
        }
        Ok(best)
    }

    /// So many steps on, at most.
    fn climb(
        &self,
        panel: &Panel,
        said: &[Vec<usize>],
        center: &[f64],
        mut mixture: Mixture,
        steps: u64,
    ) -> Result<Mixture, PeopleError> {
        let unit = units(panel, &mixture.own, 1.0);
        let middle = pick(center, &mixture.own);
        let precision = DMatrix::from_diagonal(&unit.map(|unit| self.ridge / (unit * unit)));
        mixture.objective = f64::NEG_INFINITY;
        for step in 0..=steps {
            let people: Vec<(Vec<f64>, f64)> =
                said.iter().map(|own| mixture.posterior(panel, own)).collect();
            let before = mixture.objective;
            let away = mixture.views.iter().map(|view| view - &middle);
            let penalty: f64 = away.map(|away| 0.5 * away.dot(&(&precision * &away))).sum();
            mixture.objective = people.iter().map(|(_, log)| log).sum::<f64>() - penalty;
            mixture.is_end = mixture.objective - before < self.tolerance;
            if step == steps || mixture.is_end {
                break;
            }
            mixture.steps += 1;
            mixture.maximize(panel, said, &people, &middle, &precision)?;
        }
        Ok(mixture)
    }
}

/// Classes around the pooled fit, of equal shares.
fn random(panel: &Panel, center: &[f64], classes: usize, rng: &mut impl rand::Rng) -> Mixture {
    let own = own_coordinates(panel);
    let unit = units(panel, &own, 1.0);
    let middle = pick(center, &own);
    let apart = if classes == 1 { 0.0 } else { APART };
    let mut view = |_| &middle + unit.map(|unit| apart * unit * normal(rng));
    Mixture {
        shared: center.to_vec(),
        shares: vec![1.0 / classes as f64; classes],
        views: (0..classes).map(&mut view).collect(),
        own,
        objective: f64::NEG_INFINITY,
        steps: 0,
        is_end: false,
    }
}

impl Mixture {
    fn view(&self, class: usize) -> Vec<f64> {
        let mut view = self.shared.clone();
        self.own.iter().zip(self.views[class].iter()).for_each(|(&i, &value)| view[i] = value);
        view
    }

    /// Posterior over classes of whoever said this, and the log-likelihood of it as a whole, in nats.
    fn posterior(&self, panel: &Panel, said: &[usize]) -> (Vec<f64>, f64) {
        let log = |class| linear::log_likelihood(panel, said, &self.view(class));
        posterior(&self.shares, &(0..self.views.len()).map(log).collect::<Vec<_>>())
    }

    fn log_likelihood(&self, panel: &Panel, said: &[usize]) -> f64 {
        self.posterior(panel, said).1
    }

    fn maximize(
        &mut self,
        panel: &Panel,
        said: &[Vec<usize>],
        people: &[(Vec<f64>, f64)],
        middle: &DVector<f64>,
        precision: &DMatrix<f64>,
    ) -> Result<(), PeopleError> {
        for class in 0..self.views.len() {
            let weight = |person: usize| people[person].0[class];
            let weighed: Vec<(&[usize], f64)> =
                said.iter().enumerate().map(|(a, own)| (own.as_slice(), weight(a))).collect();
            self.shares[class] =
                weighed.iter().map(|(_, weight)| weight).sum::<f64>() / people.len() as f64;
            let around = Around { model: NAME, panel, own: &self.own, shared: &self.shared };
            let mode = around.mode_weighed(&weighed, middle, precision, &self.views[class])?;
            self.views[class] = mode.at;
        }
        let views = &self.views;
        let speakers = || -> Box<dyn Iterator<Item = Speaker<'_>>> {
            Box::new(views.iter().enumerate().flat_map(move |(class, own)| {
                said.iter().zip(people).map(move |(said, (posterior, _))| Speaker {
                    own,
                    said,
                    weight: posterior[class],
                })
            }))
        };
        fit_shared((panel, &self.own), speakers, &mut self.shared).ok_or_else(|| {
            let message = "what everybody shares has no likelihood".to_owned();
            PeopleError::Fit { model: NAME, message }
        })
    }

    /// The largest class first.
    fn sorted(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.shares.len()).collect();
        order.sort_by(|&a, &b| self.shares[b].total_cmp(&self.shares[a]));
        self.views = order.iter().map(|&class| self.views[class].clone()).collect();
        self.shares = order.iter().map(|&class| self.shares[class]).collect();
        self
    }
}

/// Of log-likelihoods, under these shares; and the logarithm of their mean.
pub fn posterior(shares: &[f64], logs: &[f64]) -> (Vec<f64>, f64) {
    let joint: Vec<f64> = shares.iter().zip(logs).map(|(share, log)| share.ln() + log).collect();
    let most = joint.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return (shares.to_vec(), most);
    }
    let parts: Vec<f64> = joint.iter().map(|log| (log - most).exp()).collect();
    let sum: f64 = parts.iter().sum();
    (parts.into_iter().map(|part| part / sum).collect(), most + sum.ln())
}

impl FittedClasses {
    fn believe(&self, shares: &[f64]) -> Belief {
        let of = |(class, &share)| (share, View::Linear(self.mixture.view(class)));
        Belief { atoms: shares.iter().enumerate().map(of).collect() }
    }
}

impl Fitted for FittedClasses {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        let known = self.people.get(person).and_then(Option::as_ref);
        self.believe(known.unwrap_or(&self.mixture.shares))
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let (shares, log) = self.mixture.posterior(panel, known);
        match log.is_finite() {
            true => Ok(self.believe(&shares)),
            false => Err(PeopleError::Fit {
                model: NAME,
                message: "expected answers that some class can give, found none".to_owned(),
            }),
        }
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mixture = &self.mixture;
        let known = self.people.iter().flatten().count() as f64;
        let mut numbers = vec![
            Number::new("classes", mixture.shares.len() as f64),
            Number::new("objective", mixture.objective),
            Number::new("steps", mixture.steps as f64),
            Number::converged(mixture.is_end),
        ];
        for (start, &objective) in self.starts.iter().enumerate() {
            numbers.push(Number::new(format!("objective of start {start}"), objective));
        }
        for &(count, score) in &self.scores {
            let name = format!("held-out log-likelihood a statement of {count} classes");
            numbers.push(Number::new(name, score));
        }
        for (class, &share) in mixture.shares.iter().enumerate() {
            let people = (share * known).round() as usize;
            numbers.push(Number::of_people(format!("share of class {class}"), share, people));
            for (i, &value) in mixture.view(class).iter().enumerate() {
                let name = format!("class {class}: {}", panel.name(i));
                numbers.push(Number::of_people(name, value, people));
            }
        }
        numbers
    }
}
