//! `people.hierarchical-posterior`: what may people want, and their population be, given all they said?
//!
//! The model of `people.hierarchical`, sampled instead of approximated:
//!
//! ```text
//! beta_a ~ N(Delta' z_a, V)     V ~ IW(p + f, (p + f) scale^2 I)     rows of Delta | V ~ N(0, k V)
//! ```
//!
//! by the no-U-turn sampler over `Delta`, `L` (`V = L L'`) and `x_a` (`beta_a = Delta' z_a + L x_a`), with
//! priors that are those of R's `bayesm` by default. A person is a mixture of draws, so that what is not
//! known of them widens what is predicted; the population is not shrunk, as it is by Laplace's method.
//! Columns without a spread are sampled along, under a normal prior around their start with a standard
//! deviation of 10 nats. Any [`Answer`](crate::Answer) will do.
//!
//! Chains that have not mixed are refused. Each runs in a thread of its own and is a function of the seed
//! and its number, so that results do not depend on how many threads there are.

mod chains;
mod density;

use super::hierarchical::by_person;
use super::pooled::starts;
use crate::around::{Around, check_coordinates, check_statements, own_coordinates, units};
use crate::linear;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, Population, View};
use chains::{Amount, Kept};
use density::{Coordinates, Data, Drawn, Layout, Prior};
use medley_sampler::{Limits, NutsOptions, Report, SamplerError};
use medley_toml_file::{Problem, above_zero, at_least};
use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A normal population of weights, with everybody's own, sampled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HierarchicalPosterior {
    /// Whether what is known of people (the study's covariates) moves the mean of their weights.
    pub covariates: bool,
    /// How far apart people are expected to be, in nats per unit of a feature. Columns say so themselves.
    pub scale: f64,
    /// Degrees of freedom of the inverse Wishart prior beyond the number of weights, `f`.
    pub freedom: f64,
    /// Variance of the mean in units of that of people, `k`.
    pub mean_variance: f64,
    /// Chains.
    pub chains: u64,
    /// Transitions that adapt a chain.
    pub warmup: u64,
    /// Draws of each chain behind them.
    pub draws: u64,
    /// Largest R-hat of a mean, a standard deviation of people, and the log-density; more is refused.
    pub r_hat: f64,
    /// Smallest effective sample size of one, all chains together; less is refused.
    pub ess: f64,
}

impl Default for HierarchicalPosterior {
    fn default() -> Self {
        Self {
            covariates: false,
            scale: 1.0,
            freedom: 3.0,
            mean_variance: 100.0,
            chains: 4,
            warmup: 700,
            draws: 3000,
            r_hat: 1.05,
            ess: 50.0,
        }
    }
}

/// Draws that stand for a person.
const ATOMS: usize = 200;
const NAME: &str = "hierarchical-posterior";

fn between(key: &str, value: f64, least: f64, most: f64) -> Result<(), Problem> {
    match (least..=most).contains(&value) {
        true => Ok(()),
        false => Err(Problem::new(
            key,
            format!("expected a number from {least} to {most}, found {value}"),
        )),
    }
}

#[typetag::serde(name = "hierarchical-posterior")]
impl PeopleModel for HierarchicalPosterior {
    fn summary(&self) -> &'static str {
        "everybody has weights of their own, from a normal population; all of it sampled by NUTS"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("scale", self.scale)?;
        above_zero("freedom", self.freedom)?;
        above_zero("mean-variance", self.mean_variance)?;
        between("chains", self.chains as f64, 1.0, 64.0)?;
        between("warmup", self.warmup as f64, 20.0, 1e6)?;
        at_least("draws", self.draws, 8)?;
        between("r-hat", self.r_hat, 1.0, 100.0)?;
        between("ess", self.ess, 0.0, 1e9)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_posterior(panel, statements, seed)?))
    }
}

/// Draws of a population and its people.
#[derive(Clone, Debug)]
pub struct FittedPosterior {
    options: HierarchicalPosterior,
    own: Vec<usize>,
    shared: Vec<usize>,
    units: Vec<f64>,
    starts: Vec<f64>,
    /// Place among people who said something. `[person]`
    places: Vec<Option<usize>>,
    kept: Vec<Kept>,
    report: Report,
    /// Posterior mean of `Delta`, and of `V`.
    population: Population,
    seed: u64,
}

impl HierarchicalPosterior {
    /// The fit itself.
    ///
    /// # Errors
    /// As [`PeopleModel::fit`]; chains that have not mixed.
    pub fn fit_posterior(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedPosterior, PeopleError> {
        let said = by_person(panel, statements);
        let people: Vec<usize> = (0..panel.people()).filter(|&a| !said[a].is_empty()).collect();
        let own = own_coordinates(panel);
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        if own.is_empty() {
            let expected = "a feature, or a column with a spread".to_owned();
            let found = "none".to_owned();
            return Err(PeopleError::Needs { model: NAME, expected, found });
        }
        let shared: Vec<usize> = (0..panel.width()).filter(|i| !own.contains(i)).collect();
        let units = self.units(panel, &own);
        let starts = starts(panel).as_slice().to_vec();
        let coordinates =
            Coordinates { own: &own, shared: &shared, units: &units, starts: &starts };
        let said: Vec<&[usize]> = people.iter().map(|&a| said[a].as_slice()).collect();
        let known = people.iter().map(|&a| self.known(panel, a).to_vec()).collect();
        let data = Data::new(panel, &coordinates, &said, known, self.prior(own.len()));
        let amount = self.amount();
        let nuts = NutsOptions { warmup: self.warmup, ..NutsOptions::default() };
        let (samples, kept) = chains::run(&data, &nuts, amount, seed, &|drawn, log_density| {
            numbers(drawn, log_density, &units, &starts, &own, &shared)
        })
        .map_err(|error| refused(&error))?;
        let names = names(panel, &data.layout, &own, &shared);
        let report = samples.report(&names).map_err(|error| refused(&error))?;
        let limits = Limits { r_hat: self.r_hat, ess: self.ess };
        report
            .check(&limits)
            .map_err(|message| PeopleError::Fit { model: NAME, message: message.to_string() })?;
        let mut places = vec![None; panel.people()];
        people.iter().enumerate().for_each(|(place, &person)| places[person] = Some(place));
        let population = population(&kept, &data.layout, &units, &starts, &own);
        let options = *self;
        Ok(FittedPosterior {
            options,
            own,
            shared,
            units,
            starts,
            places,
            kept,
            report,
            population,
            seed,
        })
    }

    fn prior(&self, own: usize) -> Prior {
        let freedom = own as f64 + self.freedom;
        Prior { freedom, scale: freedom, mean_variance: self.mean_variance }
    }

    fn amount(&self) -> Amount {
        let (chains, draws) = (self.chains as usize, self.draws as usize);
        Amount { chains, draws, kept: (ATOMS / chains).clamp(1, draws) }
    }

    /// What coordinates are expected to differ by between people.
    fn units(&self, panel: &Panel, own: &[usize]) -> Vec<f64> {
        // A column that is said to differ by nothing differs by next to nothing.
        units(panel, own, self.scale).iter().map(|unit| unit.abs().max(1e-6)).collect()
    }

    fn known<'a>(&self, panel: &'a Panel, person: usize) -> &'a [f64] {
        let known = panel.known(person);
        if self.covariates { known } else { &known[..1] }
    }
}

fn refused(error: &SamplerError) -> PeopleError {
    PeopleError::Fit { model: NAME, message: error.to_string() }
}

/// Of a draw: `Delta`, standard deviations of people, shared columns, and the log-density.
fn numbers(
    drawn: &Drawn,
    log_density: f64,
    units: &[f64],
    starts: &[f64],
    own: &[usize],
    shared: &[usize],
) -> Vec<f64> {
    let mut numbers = Vec::with_capacity(drawn.delta.len() + own.len() + shared.len() + 1);
    for (row, delta) in drawn.delta.chunks(own.len()).enumerate() {
        let start = |i: usize| if row == 0 { starts[i] } else { 0.0 };
        let entries = delta.iter().zip(units).zip(own);
        numbers.extend(entries.map(|((delta, unit), &i)| start(i) + unit * delta));
    }
    numbers.extend(drawn.sds().zip(units).map(|(sd, unit)| sd * unit));
    numbers.extend(drawn.shared.iter().zip(shared).map(|(away, &i)| starts[i] + away));
    numbers.push(log_density);
    numbers
}

fn names(panel: &Panel, layout: &Layout, own: &[usize], shared: &[usize]) -> Vec<String> {
    let mut names = Vec::new();
    for row in 0..layout.known {
        names.extend(own.iter().map(|&i| match row {
            0 => format!("mean of {}", panel.name(i)),
            _ => format!("{} by {}", panel.name(i), panel.covariates()[row - 1].name),
        }));
    }
    names.extend(own.iter().map(|&i| format!("sd of {}", panel.name(i))));
    names.extend(shared.iter().map(|&i| panel.name(i).to_owned()));
    names.push("log-density".to_owned());
    names
}

/// Posterior means over the draws that are kept.
fn population(
    kept: &[Kept],
    layout: &Layout,
    units: &[f64],
    starts: &[f64],
    own: &[usize],
) -> Population {
    let p = own.len();
    let mut mean = DMatrix::zeros(layout.known, p);
    let mut covariance = DMatrix::zeros(p, p);
    for Kept { drawn, .. } in kept {
        mean += DMatrix::from_row_slice(layout.known, p, &drawn.delta);
        covariance += covariance_of(drawn, units);
    }
    mean /= kept.len() as f64;
    for j in 0..p {
        mean.column_mut(j).scale_mut(units[j]);
        mean[(0, j)] += starts[own[j]];
    }
    Population { mean, covariance: covariance / kept.len() as f64 }
}

fn covariance_of(drawn: &Drawn, units: &[f64]) -> DMatrix<f64> {
    let p = units.len();
    let factor = DMatrix::from_fn(p, p, |i, j| units[i] * drawn.factor[i * p + j]);
    &factor * factor.transpose()
}

impl FittedPosterior {
    /// What is known of the draws: R-hat and effective sample sizes of means (nats per unit of a feature),
    /// standard deviations of people, shared columns, and the log-density.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// A view from what a person is apart from everybody's start, in units.
    fn view(&self, drawn: &Drawn, own: &[f64]) -> Vec<f64> {
        let mut view = self.starts.clone();
        let units = self.own.iter().zip(&self.units);
        units.zip(own).for_each(|((&i, unit), value)| view[i] += unit * value);
        self.shared.iter().zip(&drawn.shared).for_each(|(&i, away)| view[i] += away);
        view
    }

    /// Mean of a person of whom this is known, in units.
    fn mean(&self, drawn: &Drawn, panel: &Panel, person: usize) -> Vec<f64> {
        let mut mean = vec![0.0; self.own.len()];
        drawn.mean(self.options.known(panel, person), &mut mean);
        mean
    }

    fn of_views(views: Vec<Vec<f64>>) -> Belief {
        let weight = 1.0 / views.len() as f64;
        Belief { atoms: views.into_iter().map(|view| (weight, View::Linear(view))).collect() }
    }

    /// Somebody of whom nothing was said: one of the population of each draw.
    fn stranger(&self, panel: &Panel, person: usize) -> Belief {
        let mut rng = self.stream(person);
        let mut x = vec![0.0; self.own.len()];
        let view = |Kept { drawn, .. }: &Kept| {
            let mut own = self.mean(drawn, panel, person);
            medley_random::normals(&mut rng, &mut x);
            drawn.add(&x, &mut own);
            self.view(drawn, &own)
        };
        Self::of_views(self.kept.iter().map(view).collect())
    }

    fn stream(&self, person: usize) -> impl rand::Rng {
        medley_random::stream(self.seed, &format!("people/posterior/{person}"))
    }

    /// One draw of a person's own coordinates around the mode of their posterior under one draw of the
    /// population, and the logarithm of what it counts for,
    /// `log p(said | beta) N(beta; Delta' z, V) / N(beta; mode, C)`.
    fn propose(
        &self,
        panel: &Panel,
        [person, place]: [usize; 2],
        known: &[usize],
        rng: &mut impl rand::Rng,
    ) -> Result<(f64, Vec<f64>), PeopleError> {
        let drawn = &self.kept[place].drawn;
        let mean = self.view(drawn, &self.mean(drawn, panel, person));
        let own_of = |view: &[f64]| {
            DVector::from_iterator(self.own.len(), self.own.iter().map(|&i| view[i]))
        };
        let center = own_of(&mean);
        let prior = Cholesky::new(covariance_of(drawn, &self.units)).ok_or_else(singular)?;
        let around = Around { model: NAME, panel, own: &self.own, shared: &mean };
        let mode = around.mode(known, &center, &prior.inverse(), &center)?;
        let mut normal = DVector::zeros(self.own.len());
        medley_random::normals(rng, normal.as_mut_slice());
        // The precision is R R': R'^-1 n has its inverse as covariance.
        let lower = mode.precision.l();
        let away = lower.transpose().solve_upper_triangular(&normal).ok_or_else(singular)?;
        let own = &mode.at + away;
        let mut view = mean;
        self.own.iter().zip(own.iter()).for_each(|(&i, &value)| view[i] = value);
        let log_det = |factor: &DMatrix<f64>| factor.diagonal().map(f64::ln).sum();
        let apart = prior.l().solve_lower_triangular(&(own - center)).ok_or_else(singular)?;
        let weight = linear::log_likelihood(panel, known, &view)
            - 0.5 * apart.norm_squared()
            - log_det(&prior.l())
            + 0.5 * normal.norm_squared()
            - log_det(&lower);
        Ok((weight, view))
    }
}

fn singular() -> PeopleError {
    let message = "expected a positive definite covariance of people".to_owned();
    PeopleError::Fit { model: NAME, message }
}

impl Fitted for FittedPosterior {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        let Some(place) = self.places.get(person).copied().flatten() else {
            return self.stranger(panel, person);
        };
        let p = self.own.len();
        let view = |Kept { drawn, apart }: &Kept| {
            let mut own = self.mean(drawn, panel, person);
            own.iter_mut().zip(&apart[place * p..]).for_each(|(sum, apart)| *sum += apart);
            self.view(drawn, &own)
        };
        Self::of_views(self.kept.iter().map(view).collect())
    }

    /// Draws of the population, each with a draw of the person around the mode of what they said under it
    /// (Laplace), weighted by importance: what remains of the approximation is Monte Carlo error, and the
    /// population is reweighted by what the person said too.
    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        if known.is_empty() {
            return Ok(self.stranger(panel, person));
        }
        let mut rng = self.stream(person);
        let draw = |place| self.propose(panel, [person, place], known, &mut rng);
        let drawn: Vec<(f64, Vec<f64>)> =
            (0..self.kept.len()).map(draw).collect::<Result<_, _>>()?;
        let most = drawn.iter().map(|(log, _)| *log).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = drawn.iter().map(|(log, _)| (log - most).exp()).sum();
        if !(most.is_finite() && sum.is_finite()) {
            let message = format!("person {person} said what is impossible");
            return Err(PeopleError::Fit { model: NAME, message });
        }
        let atom = |(log, view): (f64, Vec<f64>)| ((log - most).exp() / sum, View::Linear(view));
        Ok(Belief { atoms: drawn.into_iter().map(atom).collect() })
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let quantities = &self.report.quantities;
        let mut numbers: Vec<Number> =
            quantities.iter().map(|of| Number::new(of.name.clone(), of.mean)).collect();
        for of in quantities {
            numbers.push(Number::new(format!("posterior sd of {}", of.name), of.sd));
        }
        for of in quantities {
            numbers.push(Number::new(format!("R-hat of {}", of.name), of.r_hat));
            let ess = of.bulk_ess.min(of.tail_ess);
            numbers.push(Number::new(format!("effective sample size of {}", of.name), ess));
        }
        numbers.push(Number::new("largest R-hat", self.report.worst_r_hat()));
        numbers.push(Number::new("smallest effective sample size", self.report.least_ess()));
        numbers.push(Number::new("divergences", self.report.divergences as f64));
        numbers.push(Number::new("gradients behind the warm-up", self.report.leapfrogs as f64));
        numbers
    }

    fn population(&self) -> Option<&Population> {
        Some(&self.population)
    }
}

#[cfg(test)]
mod tests;
