//! `people.hierarchical`: everybody wants something of their own, and is like others as far as the data say.
//!
//! ```text
//! beta_a ~ N(Delta' z_a, V)        V ~ IW(p + 3, (p + 3) scale^2 I)        Delta flat
//! ```
//!
//! Fitted by expectation and maximization, with the posterior of each person taken as normal around its
//! mode (Laplace): `beta_a` and its covariance `C_a` by Newton, `Delta` by least squares, and
//! `V = ((p + 3) scale^2 I + sum_a (R_a R_a' + C_a)) / (A + 2 p + 4)` with `R_a = beta_a - Delta' z_a`. That
//! takes seconds and predicts well, but shrinks `Delta` and `V` by a third to a half: the posterior of the
//! population itself is what `people.hierarchical-posterior` samples.
//!
//! A person is predicted by the mode of what is believed of them. Averaging over the normal approximation
//! instead (`predict = "draws"`) is worse where there are many answers, and better where there are none.
//! Numbers of how people answer that are the same for everybody are fitted along with `Delta`.

use super::pooled::pooled;
use crate::around::{
    Around, Speaker, check_coordinates, check_statements, fit_shared, inverse, own_coordinates,
    units,
};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, Population};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use serde::{Deserialize, Serialize};

/// A normal population of weights, with everybody's own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hierarchical {
    /// Whether what is known of people (the study's covariates) moves the mean of their weights.
    pub covariates: bool,
    /// How far apart people are expected to be, in nats per unit of a feature.
    pub scale: f64,
    /// Where the variance of people starts, in units of `scale` squared.
    pub start: f64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no variance or covariance moves by more.
    pub tolerance: f64,
    /// Whether a person is their mode, or draws around it.
    pub predict: Predicted,
}

/// What stands for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Predicted {
    /// The likeliest weights.
    Mode,
    /// 200 draws from the normal approximation around it.
    Draws,
}

impl Default for Hierarchical {
    fn default() -> Self {
        Self {
            covariates: false,
            scale: 1.0,
            start: 1.0,
            steps: 200,
            tolerance: 1e-4,
            predict: Predicted::Mode,
        }
    }
}

const DRAWS: usize = 200;
const NAME: &str = "hierarchical";

#[typetag::serde(name = "hierarchical")]
impl PeopleModel for Hierarchical {
    fn summary(&self) -> &'static str {
        "everybody has weights of their own, from a normal population that is learned"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("scale", self.scale)?;
        above_zero("start", self.start)?;
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_normal(panel, statements, seed)?))
    }
}

/// A population, and the people that it was learned from.
#[derive(Clone, Debug)]
pub struct FittedHierarchical {
    options: Hierarchical,
    /// Coordinates that differ between people.
    own: Vec<usize>,
    population: Population,
    /// Coordinates that are the same for all; of others, the mean of the population.
    shared: Vec<f64>,
    /// Mode and covariance of each person who said something. `[person]`
    people: Vec<Option<Known>>,
    steps: u64,
    is_end: bool,
    seed: u64,
}

/// What is known of a person: normal, in the coordinates that differ.
#[derive(Clone, Debug)]
struct Known {
    mode: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Hierarchical {
    /// The fit itself.
    ///
    /// # Errors
    /// As [`PeopleModel::fit`].
    pub fn fit_normal(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedHierarchical, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let said = by_person(panel, statements);
        let people: Vec<usize> = (0..panel.people()).filter(|&a| !said[a].is_empty()).collect();
        let mut shared = pooled(panel, statements, 100.0)?;
        let own = own_coordinates(panel);
        let p = own.len();
        let units = units(panel, &own, self.scale);
        let z = self.design(panel, &people);
        let mut delta = DMatrix::zeros(z.ncols(), p);
        own.iter().enumerate().for_each(|(j, &i)| delta[(0, j)] = shared[i]);
        let mut variance = DMatrix::from_diagonal(&units.map(|unit| self.start * unit * unit));
        let prior = DMatrix::from_diagonal(&units.map(|unit| (p as f64 + 3.0) * unit * unit));
        let mut modes: Vec<DVector<f64>> = vec![row(&delta, 0); people.len()];
        let (mut steps, mut is_end) = (0, false);
        let mut known;
        loop {
            let means = &z * &delta;
            known = Vec::with_capacity(people.len());
            let precision = inverse(NAME, &variance)?;
            for (place, &person) in people.iter().enumerate() {
                let view = Around { model: NAME, panel, own: &own, shared: &shared };
                let mean = row(&means, place);
                let start = &modes[place];
                let mode = view.mode(&said[person], &mean, &precision, start)?;
                modes[place].copy_from(&mode.at);
                known.push(Known { covariance: mode.precision.inverse(), mode: mode.at });
            }
            if steps == self.steps {
                break;
            }
            steps += 1;
            delta = regress(&z, &modes)?;
            let next = next_variance(&prior, &known, &(&z * &delta));
            let moved = (&next - &variance).amax();
            variance = next;
            let speakers = || -> Box<dyn Iterator<Item = Speaker<'_>>> {
                Box::new(people.iter().zip(&modes).map(|(&person, own)| Speaker {
                    own,
                    said: &said[person],
                    weight: 1.0,
                }))
            };
            fit_shared((panel, &own), speakers, &mut shared)
                .ok_or_else(|| failed("what everybody shares has no likelihood"))?;
            own.iter().enumerate().for_each(|(j, &i)| shared[i] = delta[(0, j)]);
            is_end = moved < self.tolerance;
            if is_end {
                break;
            }
        }
        let mut all = vec![None; panel.people()];
        people.iter().zip(known).for_each(|(&person, known)| all[person] = Some(known));
        let population = Population { mean: delta, covariance: variance };
        Ok(FittedHierarchical {
            options: *self,
            own,
            population,
            shared,
            people: all,
            steps,
            is_end,
            seed,
        })
    }

    fn known<'a>(&self, panel: &'a Panel, person: usize) -> &'a [f64] {
        let known = panel.known(person);
        if self.covariates { known } else { &known[..1] }
    }

    fn design(&self, panel: &Panel, people: &[usize]) -> DMatrix<f64> {
        let width = people.first().map_or(1, |&person| self.known(panel, person).len());
        DMatrix::from_fn(people.len(), width, |a, i| self.known(panel, people[a])[i])
    }
}

fn failed(message: &str) -> PeopleError {
    PeopleError::Fit { model: NAME, message: message.to_owned() }
}

/// Of these statements, those of each person.
pub fn by_person(panel: &Panel, statements: &[usize]) -> Vec<Vec<usize>> {
    let mut said = vec![Vec::new(); panel.people()];
    for &statement in statements {
        said[panel.statements()[statement].person].push(statement);
    }
    said
}

fn row(matrix: &DMatrix<f64>, place: usize) -> DVector<f64> {
    matrix.row(place).transpose()
}

/// Least squares of people's weights on what is known of them.
fn regress(z: &DMatrix<f64>, modes: &[DVector<f64>]) -> Result<DMatrix<f64>, PeopleError> {
    let width = modes.first().map_or(0, DVector::len);
    let beta = DMatrix::from_fn(modes.len(), width, |a, i| modes[a][i]);
    let mut square = z.transpose() * z;
    // Two covariates that say the same have no weights of their own; the least that tells them apart.
    (1..square.nrows()).for_each(|i| square[(i, i)] += 1e-9 * modes.len() as f64);
    let factor: Option<Cholesky<f64, Dyn>> = Cholesky::new(square);
    let factor = factor.ok_or_else(|| failed("expected covariates that can be told apart"))?;
    Ok(factor.solve(&(z.transpose() * beta)))
}

fn next_variance(prior: &DMatrix<f64>, known: &[Known], means: &DMatrix<f64>) -> DMatrix<f64> {
    let mut sum = prior.clone();
    for (place, known) in known.iter().enumerate() {
        let away = &known.mode - row(means, place);
        sum.ger(1.0, &away, &away, 1.0);
        sum += &known.covariance;
    }
    sum / (known.len() as f64 + 2.0 * prior.nrows() as f64 + 4.0)
}

impl FittedHierarchical {
    /// Mean of people's coordinates, shared ones among them, and the covariance of their own.
    pub(crate) fn normal(self) -> (Vec<f64>, DMatrix<f64>) {
        (self.shared, self.population.covariance)
    }

    /// What is believed given a mean and a covariance in own coordinates.
    fn believe(&self, mean: &DVector<f64>, covariance: &DMatrix<f64>, person: usize) -> Belief {
        let spread = |own: &[f64]| {
            let mut view = self.shared.clone();
            self.own.iter().zip(own).for_each(|(&i, &value)| view[i] = value);
            view
        };
        if self.options.predict == Predicted::Mode {
            return Belief::certain(spread(mean.as_slice()));
        }
        let mut rng = medley_random::stream(self.seed, &format!("people/hierarchical/{person}"));
        Belief::normal(mean, covariance, DRAWS, &mut rng).map_linear(spread)
    }

    fn mean_of(&self, panel: &Panel, person: usize) -> DVector<f64> {
        self.population.mean_of(self.options.known(panel, person))
    }
}

impl Fitted for FittedHierarchical {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        match self.people.get(person).and_then(Option::as_ref) {
            Some(known) => self.believe(&known.mode, &known.covariance, person),
            None => {
                let mean = self.mean_of(panel, person);
                self.believe(&mean, &self.population.covariance, person)
            }
        }
    }

    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let mean = self.mean_of(panel, person);
        let precision = inverse(NAME, &self.population.covariance)?;
        let around = Around { model: NAME, panel, own: &self.own, shared: &self.shared };
        let mode = around.mode(known, &mean, &precision, &mean)?;
        Ok(self.believe(&mode.at, &mode.precision.inverse(), person))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers =
            vec![Number::new("steps", self.steps as f64), Number::converged(self.is_end)];
        for (i, &value) in self.shared.iter().enumerate() {
            numbers.push(Number::new(format!("mean of {}", panel.name(i)), value));
        }
        for (j, &i) in self.own.iter().enumerate() {
            let sd = self.population.covariance[(j, j)].sqrt();
            numbers.push(Number::new(format!("sd of {}", panel.name(i)), sd));
        }
        numbers
    }

    fn population(&self) -> Option<&Population> {
        Some(&self.population)
    }
}
