//! `people.low-rank`: people differ in a few directions.
//!
//! ```text
//! beta_a = w + L f_a        f_a ~ N(0, I_B)        L_jb ~ N(0, unit_j^2 / ridge)
//! ```
//!
//! Fitted by expectation and maximization: the posterior of a person's `f_a` is taken as normal, with the mean
//! and the covariance of importance sampling around its mode; `w` and `L` are the maximum, by Newton, of the
//! log-likelihood expected under it, taken over 2 B points of the same mean and covariance (unscented, as in
//! Kalman filters). Point estimates of `f_a` in their place would let `L` grow without end, and modes for
//! means (Laplace) make the variance of people too large by half and more, since modes of steep answers lie
//! closer to 0. It starts from the widest directions of a hierarchical fit.
//!
//! The data do not tell `L` from its rotations: `L L'`, the covariance of people, is what is reported.
//! That makes it `people.hierarchical` with a covariance of rank B.

use super::hierarchical::{Hierarchical, by_person};
use super::latent_classes::posterior;
use super::pooled::starts;
use crate::around::{check_coordinates, check_statements, own_coordinates, pick, units};
use crate::choose::Count;
use crate::gaps::Gaps;
use crate::linear::{self, Quadratic};
use crate::newton::{Mode, maximize, sigma_points};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, Population};
use medley_random::{normal, stream};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A normal population of low rank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LowRank {
    /// Number of directions (by default 2, or 1 where people differ in one coordinate only), or numbers of which the one is chosen that predicts held-out people best.
    pub rank: Count,
    /// Precision of loadings around 0, in units of a feature.
    pub ridge: f64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no variance or covariance of people moves by more.
    pub tolerance: f64,
    /// Parts of people by which a number is chosen.
    pub folds: u64,
}

impl Default for LowRank {
    fn default() -> Self {
        Self { rank: Count::One(2), ridge: 1.0, steps: 100, tolerance: 1e-3, folds: 5 }
    }
}

const NAME: &str = "low-rank";
/// Pairs of draws by which the posterior of a person's factors is corrected, and how much wider than
/// Laplace's approximation they are.
const DRAWS: usize = 32;
const WIDER: f64 = 1.2;
/// As in `people.pooled`.
const PRIOR_SD: f64 = 100.0;

/// Directions in which people differ.
#[derive(Clone, Debug)]
struct Directions {
    own: Vec<usize>,
    /// `w`, and coordinates that everybody shares.
    common: Vec<f64>,
    /// `L`. `[own coordinate, direction]`
    loadings: DMatrix<f64>,
    steps: u64,
    is_end: bool,
}

#[derive(Clone, Debug)]
struct FittedLowRank {
    directions: Directions,
    population: Population,
    /// Mode of `f_a` of everybody who said something. `[person]`
    people: Vec<Option<DVector<f64>>>,
    scores: Vec<(u64, f64)>,
}

#[typetag::serde(name = "low-rank")]
impl PeopleModel for LowRank {
    fn summary(&self) -> &'static str {
        "people differ from a common view in a few directions that are learned"
    }

    fn check(&self) -> Result<(), Problem> {
        self.rank.check("rank")?;
        above_zero("ridge", self.ridge)?;
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
        let score = |rank, train: &[usize], held: &[Vec<usize>]| {
            let directions = self.directions(panel, train, rank, seed)?;
            held.iter().map(|said| directions.log_evidence(panel, said)).sum()
        };
        let rank = self.rank(panel)?;
        let chosen = rank.choose(NAME, self.folds, (panel, statements), score)?;
        let directions = self.directions(panel, statements, chosen.count, seed)?;
        let none = DVector::zeros(directions.loadings.ncols());
        let mut people = vec![None; panel.people()];
        for (person, said) in by_person(panel, statements).iter().enumerate() {
            if !said.is_empty() {
                people[person] = Some(directions.mode(panel, said, &none)?.at);
            }
        }
        let mean = pick(&directions.common, &directions.own).transpose();
        let population = Population {
            mean: DMatrix::from_row_slice(1, mean.len(), mean.as_slice()),
            covariance: directions.covariance(),
        };
        Ok(Box::new(FittedLowRank { directions, population, people, scores: chosen.scores }))
    }
}

impl LowRank {
    /// The ranks to choose from: the default is no more than there are coordinates in which people differ.
    fn rank(&self, panel: &Panel) -> Result<Count, PeopleError> {
        let own = own_coordinates(panel).len() as u64;
        let needs = |expected: String| {
            let found = format!("{own} in which people may differ");
            Err(PeopleError::Needs { model: NAME, expected, found })
        };
        if own == 0 {
            return needs("a feature, or a column with a spread".to_owned());
        }
        match self.rank.all().iter().max() {
            Some(&most) if most > own && self.rank == Self::default().rank => Ok(Count::One(own)),
            Some(&most) if most > own => needs(format!(
                "at least {most} coordinates for as many directions (set `rank` to {own} or less)"
            )),
            _ => Ok(self.rank.clone()),
        }
    }

    fn directions(
        &self,
        panel: &Panel,
        statements: &[usize],
        rank: u64,
        seed: u64,
    ) -> Result<Directions, PeopleError> {
        let mut directions = start(panel, statements, rank, seed)?;
        let mut said = by_person(panel, statements);
        said.retain(|own| !own.is_empty());
        let mut modes = vec![DVector::zeros(directions.loadings.ncols()); said.len()];
        let draws = draws(directions.loadings.ncols(), seed);
        for _ in 0..self.steps {
            let mut points = Vec::with_capacity(said.len());
            for (own, mode) in said.iter().zip(&mut modes) {
                let found = directions.mode(panel, own, mode)?;
                mode.copy_from(&found.at);
                points.push(sigma_points(&directions.corrected(panel, own, found, &draws)));
            }
            let before = directions.covariance();
            directions.maximize(panel, &said, &points, self.ridge)?;
            directions.steps += 1;
            directions.is_end = (directions.covariance() - before).amax() < self.tolerance;
            if directions.is_end {
                break;
            }
        }
        Ok(directions)
    }
}

/// The widest directions of a hierarchical population.
fn start(
    panel: &Panel,
    statements: &[usize],
    rank: u64,
    seed: u64,
) -> Result<Directions, PeopleError> {
    let own = own_coordinates(panel);
    let wide = Hierarchical { steps: 10, ..Hierarchical::default() };
    let (common, covariance) = wide.fit_normal(panel, statements, seed)?.normal();
    let eigen = covariance.symmetric_eigen();
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let loadings = DMatrix::from_fn(own.len(), rank as usize, |j, b| {
        eigen.eigenvectors[(j, order[b])] * eigen.eigenvalues[order[b]].max(0.0).sqrt()
    });
    Ok(Directions { own, common, loadings, steps: 0, is_end: false })
}

/// Standard normal, in pairs around 0.
fn draws(rank: usize, seed: u64) -> Vec<DVector<f64>> {
    let mut rng = stream(seed, "people/low-rank");
    (0..DRAWS)
        .flat_map(|_| {
            let draw = DVector::from_fn(rank, |_, _| normal(&mut rng));
            [-draw.clone(), draw]
        })
        .collect()
}

impl Directions {
    fn view(&self, factors: &DVector<f64>) -> Vec<f64> {
        let mut view = self.common.clone();
        let away = &self.loadings * factors;
        self.own.iter().zip(away.iter()).for_each(|(&i, away)| view[i] += away);
        view
    }

    /// `L L'`.
    fn covariance(&self) -> DMatrix<f64> {
        &self.loadings * self.loadings.transpose()
    }

    /// The likeliest `f` of whoever said this.
    fn mode(
        &self,
        panel: &Panel,
        said: &[usize],
        start: &DVector<f64>,
    ) -> Result<Mode, PeopleError> {
        let mut all = Quadratic::zeros(panel.width());
        let mut wide = DMatrix::zeros(panel.width(), start.len());
        for (j, &i) in self.own.iter().enumerate() {
            wide.row_mut(i).copy_from(&self.loadings.row(j));
        }
        let mode = maximize(start, |factors, into| {
            linear::evaluate(panel, said, &self.view(factors), 1.0, &mut all);
            into.value = all.value - 0.5 * factors.norm_squared();
            into.slope = wide.tr_mul(&all.slope) - factors;
            into.curvature = wide.tr_mul(&(&all.curvature * &wide));
            (0..factors.len()).for_each(|b| into.curvature[(b, b)] += 1.0);
        });
        mode.ok_or_else(|| failed("expected a finite log-likelihood of a person, found none"))
    }

    /// A normal distribution with the mean and the covariance of the posterior whose mode this is, by
    /// importance sampling from a wider one around the mode.
    fn corrected(&self, panel: &Panel, said: &[usize], mode: Mode, draws: &[DVector<f64>]) -> Mode {
        let wide = DMatrix::from_diagonal_element(mode.at.len(), mode.at.len(), WIDER);
        let Some(steps) = mode.precision.l().transpose().solve_upper_triangular(&wide) else {
            return mode;
        };
        let points: Vec<DVector<f64>> = draws.iter().map(|z| &mode.at + &steps * z).collect();
        let logs: Vec<f64> = points
            .iter()
            .zip(draws)
            .map(|(f, z)| {
                let log = linear::log_likelihood(panel, said, &self.view(f));
                log - 0.5 * f.norm_squared() + 0.5 * z.norm_squared()
            })
            .collect();
        let weights = posterior(&vec![1.0; logs.len()], &logs).0;
        let weighed = || points.iter().zip(&weights);
        let rank = mode.at.len();
        let mean = weighed().fold(DVector::zeros(rank), |sum, (f, w)| sum + f * *w);
        let covariance = weighed().fold(DMatrix::identity(rank, rank) * 1e-9, |sum, (f, w)| {
            let away = f - &mean;
            sum + &away * away.transpose() * *w
        });
        match covariance.cholesky().and_then(|factor| factor.inverse().cholesky()) {
            Some(precision) => Mode { at: mean, precision, value: mode.value },
            None => mode,
        }
    }

    /// Log-likelihood of a person as a whole, in nats, by Laplace's approximation.
    fn log_evidence(&self, panel: &Panel, said: &[usize]) -> Result<f64, PeopleError> {
        let mode = self.mode(panel, said, &DVector::zeros(self.loadings.ncols()))?;
        Ok(mode.value - mode.precision.l_dirty().diagonal().map(f64::ln).sum())
    }

    /// `w` and `L` for which what was said is likeliest, in expectation over points of each person.
    fn maximize(
        &mut self,
        panel: &Panel,
        said: &[Vec<usize>],
        points: &[Vec<DVector<f64>>],
        ridge: f64,
    ) -> Result<(), PeopleError> {
        let (width, rank) = (panel.width(), self.loadings.ncols());
        let center = starts(panel);
        let mut start = self.common.clone();
        start.extend(self.loadings.iter());
        let precision = self.precision(panel, ridge);
        let mut all = Quadratic::zeros(width);
        let mut trial = self.clone();
        let gaps = Gaps::of(panel, said.iter().flatten());
        let mode = maximize(&DVector::from_vec(start), |x, into| {
            trial.put(x, width);
            let mut away = x.clone();
            away.rows_mut(0, width).zip_apply(&center, |value, center| *value -= center);
            let pulled = precision.component_mul(&away);
            into.value = -0.5 * away.dot(&pulled);
            into.slope = -pulled;
            into.curvature = DMatrix::from_diagonal(&precision);
            gaps.add(&trial.common, 0, into);
            for (said, points) in said.iter().zip(points) {
                for point in points {
                    let weight = 1.0 / (2 * rank) as f64;
                    linear::evaluate(panel, said, &trial.view(point), weight, &mut all);
                    trial.add(&all, point, into);
                }
            }
        });
        let mode = mode.ok_or_else(|| failed("expected a finite log-likelihood, found none"))?;
        self.put(&mode.at, width);
        Ok(())
    }

    /// Of the normal prior of `w`, of shared coordinates and of `L`.
    fn precision(&self, panel: &Panel, ridge: f64) -> DVector<f64> {
        let width = panel.width();
        let unit = units(panel, &self.own, 1.0);
        DVector::from_fn(width + self.loadings.len(), |i, _| match i < width {
            true => PRIOR_SD.powi(-2),
            false => ridge / unit[(i - width) % unit.len()].powi(2),
        })
    }

    fn put(&mut self, x: &DVector<f64>, width: usize) {
        self.common.copy_from_slice(&x.as_slice()[..width]);
        self.loadings.copy_from_slice(&x.as_slice()[width..]);
    }

    /// Adds derivatives in `w` and `L` where those in the view are `all`: `d view_j / d L_jb = f_b`.
    fn add(&self, all: &Quadratic, factors: &DVector<f64>, into: &mut Quadratic) {
        let (width, p) = (all.slope.len(), self.own.len());
        into.value += all.value;
        let mut slope = into.slope.rows_mut(0, width);
        slope += &all.slope;
        let mut curvature = into.curvature.view_mut((0, 0), (width, width));
        curvature += &all.curvature;
        for (b, &f) in factors.iter().enumerate() {
            for (j, &i) in self.own.iter().enumerate() {
                let at = width + b * p + j;
                into.slope[at] += f * all.slope[i];
                for l in 0..width {
                    let curve = f * all.curvature[(i, l)];
                    into.curvature[(at, l)] += curve;
                    into.curvature[(l, at)] += curve;
                }
                for (c, &g) in factors.iter().enumerate() {
                    for (k, &l) in self.own.iter().enumerate() {
                        into.curvature[(at, width + c * p + k)] += f * g * all.curvature[(i, l)];
                    }
                }
            }
        }
    }
}

fn failed(message: &str) -> PeopleError {
    PeopleError::Fit { model: NAME, message: message.to_owned() }
}

impl Fitted for FittedLowRank {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        match self.people.get(person).and_then(Option::as_ref) {
            Some(factors) => Belief::certain(self.directions.view(factors)),
            None => Belief::certain(self.directions.common.clone()),
        }
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let none = DVector::zeros(self.directions.loadings.ncols());
        let mode = self.directions.mode(panel, known, &none)?;
        Ok(Belief::certain(self.directions.view(&mode.at)))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let Directions { own, common, loadings, steps, is_end } = &self.directions;
        let mut numbers = vec![
            Number::new("rank", loadings.ncols() as f64),
            Number::new("steps", *steps as f64),
            Number::converged(*is_end),
        ];
        for &(rank, score) in &self.scores {
            let name = format!("held-out log-likelihood a statement of rank {rank}");
            numbers.push(Number::new(name, score));
        }
        for (i, &value) in common.iter().enumerate() {
            numbers.push(Number::new(format!("mean of {}", panel.name(i)), value));
        }
        for (j, &i) in own.iter().enumerate() {
            let sd = self.population.covariance[(j, j)].sqrt();
            numbers.push(Number::new(format!("sd of {}", panel.name(i)), sd));
        }
        numbers
    }

    fn population(&self) -> Option<&Population> {
        Some(&self.population)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chosen, Column, PanelParts, Predictor, Statement};
    use std::sync::Arc;

    #[test]
    fn derivatives_of_a_person_in_common_and_loadings() {
        let predictors = vec![Predictor::of(0), Predictor::of(1).and(0, 1.0), Predictor::of(2)];
        let statement = Statement { person: 0, predictors, answer: Arc::new(Chosen::one(1, 3)) };
        let panel = Panel::new(PanelParts {
            features: vec!["a".to_owned(), "b".to_owned()],
            items: vec![vec![0.0, 0.3], vec![1.0, 0.5], vec![0.2, -1.0]],
            people: 1,
            columns: vec![Column { name: "second".to_owned(), start: 0.0, spread: None }],
            statements: vec![statement],
            ..PanelParts::default()
        })
        .unwrap();
        let point = DVector::from_column_slice(&[0.7, -1.1]);
        let mut directions = Directions {
            own: vec![0, 1],
            common: vec![0.0; 3],
            loadings: DMatrix::zeros(2, 2),
            steps: 0,
            is_end: false,
        };
        let mut at = |x: &DVector<f64>| {
            let (mut all, mut into) = (Quadratic::zeros(3), Quadratic::zeros(7));
            directions.put(x, 3);
            linear::evaluate(&panel, &[0], &directions.view(&point), 1.0, &mut all);
            directions.add(&all, &point, &mut into);
            into
        };
        let x = DVector::from_column_slice(&[0.3, -0.2, 0.5, 1.0, 0.4, -0.6, 0.2]);
        let here = at(&x);
        for i in 0..7 {
            let step = DVector::from_fn(7, |j, _| if i == j { 1e-5 } else { 0.0 });
            let (above, below) = (at(&(&x + &step)), at(&(&x - &step)));
            let slope = (above.value - below.value) / 2e-5;
            assert!((slope - here.slope[i]).abs() < 1e-8, "{i}: {slope} {}", here.slope[i]);
            let off = ((below.slope - above.slope) / 2e-5 - here.curvature.column(i)).amax();
            assert!(off < 1e-7, "{i}: {off}");
        }
    }
}
