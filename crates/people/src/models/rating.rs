//! `people.rating`: who rates severely, and who uses the ends of a scale?
//!
//! ```text
//! p(level <= k) = sigmoid(c_ak - r(x))     c_ak = m_a + exp(l_a) c_k     (m_a, l_a) ~ N(0, S)
//! S ~ IW(d + 3, (d + 3) diag(shift^2, stretch^2))
//! ```
//!
//! with `r(x)` the same for everybody (`values = "shared"`), or each with weights of their own as in
//! `people.hierarchical` (`"own"`), independent of the cutpoints. A person's cutpoints are the panel's,
//! moved by `m_a` and stretched by `exp(l_a)`; which predictors are cutpoints is what
//! [`Answer::cutpoints`](crate::Answer::cutpoints) says. Statements of other kinds count for `r` alone.
//!
//! The likelihood is the same for `c_k + delta` with `m_a - exp(l_a) delta`, and for `exp(e) c_k` with
//! `l_a - e`: of all of these it is those with mean 0 of `m` and of `l` over people.
//!
//! Fitted by expectation and maximization, people taken as normal around their modes (Laplace), what
//! everybody shares by Newton.

use super::hierarchical::{Predicted, by_person};
use super::pooled::{pooled, starts};
use crate::around::check_statements;
use crate::gaps::Gaps;
use crate::linear::{Quadratic, predictors};
use crate::newton::{Mode, maximize};
use crate::{Belief, Evaluated, Fitted, Number, Panel, PeopleError, PeopleModel};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::{Cholesky, DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Ratings by cutpoints of everybody's own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rating {
    /// Whether people differ in what items are worth to them.
    pub values: Values,
    /// How people differ in where levels begin.
    pub cutpoints: Cutpoints,
    /// How far cutpoints of people are expected to be moved, in nats.
    pub shift: f64,
    /// How far their logarithmic widths are expected to differ.
    pub stretch: f64,
    /// With values of their own, how far apart people are expected to be, in nats per unit of a feature.
    pub scale: f64,
    /// Standard deviation, in nats, of a normal prior on what everybody shares, around 0 (weights) or the
    /// start (columns).
    pub prior_sd: f64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no variance and no shared number moves by more.
    pub tolerance: f64,
    /// Whether a person is their mode, or draws around it.
    pub predict: Predicted,
}

/// What items are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Values {
    /// The same to everybody.
    Shared,
    /// Weights of everybody's own, from a normal population.
    Own,
}

/// Where levels begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cutpoints {
    /// At the same places for everybody.
    Shared,
    /// Moved.
    Shifted,
    /// Moved and stretched.
    Own,
}

impl Cutpoints {
    /// How many numbers a person has.
    fn width(self) -> usize {
        match self {
            Self::Shared => 0,
            Self::Shifted => 1,
            Self::Own => 2,
        }
    }
}

impl Default for Rating {
    fn default() -> Self {
        Self {
            values: Values::Shared,
            cutpoints: Cutpoints::Own,
            shift: 1.0,
            stretch: 0.5,
            scale: 1.0,
            prior_sd: 100.0,
            steps: 200,
            tolerance: 1e-4,
            predict: Predicted::Mode,
        }
    }
}

const NAME: &str = "rating";
const DRAWS: usize = 200;

#[typetag::serde(name = "rating")]
impl PeopleModel for Rating {
    fn summary(&self) -> &'static str {
        "ratings by cutpoints of everybody's own: how severe they are, how far they use the scale"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("shift", self.shift)?;
        above_zero("stretch", self.stretch)?;
        above_zero("scale", self.scale)?;
        above_zero("prior-sd", self.prior_sd)?;
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_rating(panel, statements, seed)?))
    }
}

/// People's own numbers: how far cutpoints are moved, the logarithm of their stretch, then weights.
#[derive(Clone, Debug)]
struct Known {
    mode: DVector<f64>,
    covariance: DMatrix<f64>,
}

/// What ratings came to.
#[derive(Clone, Debug)]
pub struct FittedRating {
    options: Rating,
    /// Coordinates of cutpoints.
    columns: Vec<usize>,
    /// Weights and columns that everybody shares; with values of their own, means of the population.
    view: Vec<f64>,
    /// Covariance of people's own numbers.
    covariance: DMatrix<f64>,
    people: Vec<Option<Known>>,
    steps: u64,
    is_end: bool,
    seed: u64,
}

impl Rating {
    /// The fit itself.
    ///
    /// # Errors
    /// As [`PeopleModel::fit`]; a panel without cutpoints, or one whose cutpoints are no columns of their
    /// own.
    pub fn fit_rating(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedRating, PeopleError> {
        check_statements(NAME, statements)?;
        let columns = cutpoint_columns(panel, statements)?;
        let said = by_person(panel, statements);
        let people: Vec<usize> = (0..panel.people()).filter(|&a| !said[a].is_empty()).collect();
        let mut view = pooled(panel, statements, self.prior_sd)?;
        let mut covariance = DMatrix::from_diagonal(&self.units(panel).map(|unit| unit * unit));
        let mut thetas = vec![self.mean(panel, &view); people.len()];
        let mut known: Vec<Known>;
        let (mut steps, mut is_end) = (0, people.is_empty());
        loop {
            let mean = self.mean(panel, &view);
            let precision = self.precision(&covariance)?;
            known = Vec::with_capacity(people.len());
            for (&person, theta) in people.iter().zip(&thetas) {
                let own = Own { options: self, panel, view: &view };
                let mode = own.mode(&said[person], [&mean, theta], &precision)?;
                known.push(Known { covariance: mode.precision.inverse(), mode: mode.at });
            }
            if steps == self.steps || people.is_empty() {
                break;
            }
            steps += 1;
            let before = view.clone();
            thetas = known.iter().map(|known| known.mode.clone()).collect();
            self.gauge(&mut thetas, &columns, &mut view);
            self.fit_means(panel, &thetas, &mut view);
            let next = self.next_covariance(panel, &thetas, &known, &view);
            self.fit_shared(panel, &said, &people, &thetas, &mut view)?;
            let moved = (&next - &covariance).abs().sum().max(most_moved(&before, &view));
            covariance = next;
            is_end = moved < self.tolerance;
            if is_end {
                break;
            }
        }
        let mut all = vec![None; panel.people()];
        people.iter().zip(known).for_each(|(&person, known)| all[person] = Some(known));
        Ok(FittedRating {
            options: *self,
            columns,
            view,
            covariance,
            people: all,
            steps,
            is_end,
            seed,
        })
    }

    /// Own weights of a person.
    fn weights(&self, panel: &Panel) -> usize {
        if self.values == Values::Own { panel.features().len() } else { 0 }
    }

    /// What own numbers are expected to differ by.
    fn units(&self, panel: &Panel) -> DVector<f64> {
        let cut = [self.shift, self.stretch].into_iter().take(self.cutpoints.width());
        let weights = std::iter::repeat_n(self.scale, self.weights(panel));
        DVector::from_vec(cut.chain(weights).collect())
    }

    /// Mean of own numbers over people.
    fn mean(&self, panel: &Panel, view: &[f64]) -> DVector<f64> {
        let cut = std::iter::repeat_n(0.0, self.cutpoints.width());
        DVector::from_vec(cut.chain(view[..self.weights(panel)].iter().copied()).collect())
    }

    fn precision(&self, covariance: &DMatrix<f64>) -> Result<DMatrix<f64>, PeopleError> {
        let factor = Cholesky::new(covariance.clone());
        Ok(factor.ok_or_else(|| failed("expected a positive definite covariance"))?.inverse())
    }

    /// Moves the means of `m` and `l` into the cutpoints that everybody shares.
    fn gauge(&self, thetas: &mut [DVector<f64>], columns: &[usize], view: &mut [f64]) {
        let count = thetas.len() as f64;
        if self.cutpoints == Cutpoints::Own {
            let mean = thetas.iter().map(|theta| theta[1]).sum::<f64>() / count;
            thetas.iter_mut().for_each(|theta| theta[1] -= mean);
            columns.iter().for_each(|&i| view[i] *= mean.exp());
        }
        if self.cutpoints != Cutpoints::Shared {
            let sum: f64 = thetas.iter().map(|theta| theta[0]).sum();
            let delta = sum / thetas.iter().map(|theta| self.stretch_of(theta)).sum::<f64>();
            for theta in thetas.iter_mut() {
                theta[0] -= self.stretch_of(theta) * delta;
            }
            columns.iter().for_each(|&i| view[i] += delta);
        }
    }

    fn stretch_of(&self, theta: &DVector<f64>) -> f64 {
        if self.cutpoints == Cutpoints::Own { theta[1].exp() } else { 1.0 }
    }

    fn shift_of(&self, theta: &DVector<f64>) -> f64 {
        if self.cutpoints == Cutpoints::Shared { 0.0 } else { theta[0] }
    }

    /// Means of own weights over people.
    fn fit_means(&self, panel: &Panel, thetas: &[DVector<f64>], view: &mut [f64]) {
        let cut = self.cutpoints.width();
        for (i, weight) in view[..self.weights(panel)].iter_mut().enumerate() {
            *weight = thetas.iter().map(|theta| theta[cut + i]).sum::<f64>() / thetas.len() as f64;
        }
    }

    /// `(prior + sum (R R' + C)) / (A + 2 d + 4)`, for cutpoints and for weights apart.
    fn next_covariance(
        &self,
        panel: &Panel,
        thetas: &[DVector<f64>],
        known: &[Known],
        view: &[f64],
    ) -> DMatrix<f64> {
        let (units, mean) = (self.units(panel), self.mean(panel, view));
        let (cut, all) = (self.cutpoints.width(), units.len());
        let mut sum = DMatrix::zeros(all, all);
        for (theta, known) in thetas.iter().zip(known) {
            let away = theta - &mean;
            sum.ger(1.0, &away, &away, 1.0);
            sum += &known.covariance;
        }
        let mut next = DMatrix::zeros(all, all);
        for (from, to) in [(0, cut), (cut, all)] {
            let d = (to - from) as f64;
            let count = thetas.len() as f64 + 2.0 * d + 4.0;
            for i in from..to {
                (from..to).for_each(|j| next[(i, j)] = sum[(i, j)] / count);
                next[(i, i)] += (d + 3.0) * units[i] * units[i] / count;
            }
        }
        next
    }

    /// What everybody shares, given everybody's own numbers.
    fn fit_shared(
        &self,
        panel: &Panel,
        said: &[Vec<usize>],
        people: &[usize],
        thetas: &[DVector<f64>],
        view: &mut [f64],
    ) -> Result<(), PeopleError> {
        let first = self.weights(panel);
        let rest = panel.width() - first;
        let center = starts(panel).rows(first, rest).into_owned();
        let start = DVector::from_column_slice(&view[first..]);
        let precision = self.prior_sd.powi(-2);
        let mut at = view.to_vec();
        let gaps = Gaps::of(panel, people.iter().flat_map(|&person| &said[person]));
        let mode = maximize(&start, |shared, into| {
            let away = shared - &center;
            into.value = -0.5 * precision * away.norm_squared();
            into.slope = away * -precision;
            into.curvature = DMatrix::identity(rest, rest) * precision;
            at[first..].copy_from_slice(shared.as_slice());
            gaps.add(&at, first, into);
            for (&person, theta) in people.iter().zip(thetas) {
                let own = Own { options: self, panel, view: &at };
                own.add_shared(&said[person], theta, first, into);
            }
        });
        let mode = mode.ok_or_else(|| failed("what everybody shares has no likelihood"))?;
        view[first..].copy_from_slice(mode.at.as_slice());
        Ok(())
    }
}

fn failed(message: &str) -> PeopleError {
    PeopleError::Fit { model: NAME, message: message.to_owned() }
}

fn most_moved(before: &[f64], after: &[f64]) -> f64 {
    before.iter().zip(after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Coordinates of cutpoints, which have to be columns of which each predictor's weights sum to 1 and that
/// nothing else depends on: only so are they moved and stretched with the cutpoints.
fn cutpoint_columns(panel: &Panel, statements: &[usize]) -> Result<Vec<usize>, PeopleError> {
    let features = panel.features().len();
    let [mut is_cut, mut is_other] = [vec![false; panel.width()], vec![false; panel.width()]];
    let needs = |found: String| {
        let expected = "ratings whose cutpoints are columns of their own".to_owned();
        PeopleError::Needs { model: NAME, expected, found }
    };
    for &statement in statements {
        let cutpoints = panel.statements()[statement].answer.cutpoints();
        for (j, row) in panel.rows(statement).iter().enumerate() {
            let is_cutpoint = cutpoints.contains(&j);
            let kind = if is_cutpoint { &mut is_cut } else { &mut is_other };
            row.iter().for_each(|&(i, _)| kind[i] = true);
            let sum: f64 = row.iter().map(|(_, x)| x).sum();
            if is_cutpoint && (sum - 1.0).abs() > 1e-9 {
                return Err(needs(format!("weights that sum to {sum} in statement {statement}")));
            }
        }
    }
    if let Some(i) = (0..panel.width()).find(|&i| is_cut[i] && (is_other[i] || i < features)) {
        return Err(needs(format!("`{}` in a cutpoint and elsewhere", panel.name(i))));
    }
    let columns: Vec<usize> = (0..panel.width()).filter(|&i| is_cut[i]).collect();
    if columns.is_empty() {
        return Err(needs("none".to_owned()));
    }
    Ok(columns)
}

/// A person's numbers beside what everybody shares.
struct Own<'a> {
    options: &'a Rating,
    panel: &'a Panel,
    view: &'a [f64],
}

/// Pairs of coordinate and slope, for each predictor.
type Slopes = Vec<Vec<(usize, f64)>>;

impl Own<'_> {
    /// The likeliest own numbers under `N(mean, precision^-1)`, from a start.
    fn mode(
        &self,
        said: &[usize],
        [mean, start]: [&DVector<f64>; 2],
        precision: &DMatrix<f64>,
    ) -> Result<Mode, PeopleError> {
        let mode = maximize(start, |theta, into| {
            let away = theta - mean;
            let pulled = precision * &away;
            into.value = -0.5 * away.dot(&pulled);
            into.slope = -pulled;
            into.curvature.copy_from(precision);
            self.add_own(said, theta, into);
        });
        mode.ok_or_else(|| failed("expected a finite log-likelihood of a person, found none"))
    }

    /// Predictors of a statement before cutpoints are moved, and after.
    fn predictors(
        &self,
        statement: usize,
        theta: &DVector<f64>,
        view: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let plain = predictors(self.panel, statement, view);
        let mut eta = plain.clone();
        let (shift, stretch) = (self.options.shift_of(theta), self.options.stretch_of(theta));
        for j in self.panel.statements()[statement].answer.cutpoints() {
            eta[j] = shift + stretch * plain[j];
        }
        (plain, eta)
    }

    /// Adds the log-likelihood with its derivatives in own numbers.
    fn add_own(&self, said: &[usize], theta: &DVector<f64>, into: &mut Quadratic) {
        let (cut, weights) = (self.options.cutpoints.width(), self.options.weights(self.panel));
        let mut view = self.view.to_vec();
        view[..weights].copy_from_slice(&theta.as_slice()[cut..]);
        let stretch = self.options.stretch_of(theta);
        let mut found = Evaluated::default();
        let mut slopes = Slopes::new();
        for &statement in said {
            let answer = &self.panel.statements()[statement].answer;
            let (plain, eta) = self.predictors(statement, theta, &view);
            into.value += answer.evaluate(&eta, &mut found);
            let of = |row: &Vec<(usize, f64)>| {
                row.iter().filter(|(i, _)| *i < weights).map(|&(i, x)| (cut + i, x)).collect()
            };
            slopes.clear();
            slopes.extend(self.panel.rows(statement).iter().map(of));
            for j in answer.cutpoints() {
                let own = [(0, 1.0), (1, stretch * plain[j])];
                slopes[j].extend(own.into_iter().take(cut));
                if cut == 2 {
                    into.curvature[(1, 1)] -= found.slope[j] * stretch * plain[j];
                }
            }
            add(&found, &slopes, into);
        }
    }

    /// Adds the log-likelihood with its derivatives in shared coordinates, from `first` on.
    fn add_shared(&self, said: &[usize], theta: &DVector<f64>, first: usize, into: &mut Quadratic) {
        let cut = self.options.cutpoints.width();
        let mut view = self.view.to_vec();
        view[..first].copy_from_slice(&theta.as_slice()[cut..]);
        let stretch = self.options.stretch_of(theta);
        let mut found = Evaluated::default();
        let mut slopes = Slopes::new();
        for &statement in said {
            let answer = &self.panel.statements()[statement].answer;
            let (_, eta) = self.predictors(statement, theta, &view);
            into.value += answer.evaluate(&eta, &mut found);
            slopes.clear();
            for (j, row) in self.panel.rows(statement).iter().enumerate() {
                let by = if answer.cutpoints().contains(&j) { stretch } else { 1.0 };
                let shared = row.iter().filter(|(i, _)| *i >= first);
                slopes.push(shared.map(|&(i, x)| (i - first, by * x)).collect());
            }
            add(&found, &slopes, into);
        }
    }
}

/// Adds derivatives through predictors, save that predictors may curve.
fn add(found: &Evaluated, slopes: &Slopes, into: &mut Quadratic) {
    for (j, row) in slopes.iter().enumerate() {
        for &(i, x) in row {
            into.slope[i] += found.slope[j] * x;
        }
        for (k, other) in slopes.iter().enumerate() {
            let curve = found.curvature[j * slopes.len() + k];
            if curve == 0.0 {
                continue;
            }
            for &(i, x) in row {
                for &(l, y) in other {
                    into.curvature[(i, l)] += curve * x * y;
                }
            }
        }
    }
}

impl FittedRating {
    /// What a person of these own numbers is: weights, and columns that are moved and stretched.
    fn view(&self, theta: &DVector<f64>) -> Vec<f64> {
        let cut = self.options.cutpoints.width();
        let (shift, stretch) = (self.options.shift_of(theta), self.options.stretch_of(theta));
        let mut view = self.view.clone();
        view.iter_mut().zip(&theta.as_slice()[cut..]).for_each(|(w, &own)| *w = own);
        self.columns.iter().for_each(|&i| view[i] = shift + stretch * view[i]);
        view
    }

    /// How far a person's cutpoints are moved, in nats, and the logarithm of how far they are stretched;
    /// (0, 0) of somebody who said nothing.
    pub fn cutpoints_of(&self, person: usize) -> (f64, f64) {
        let known = self.people.get(person).and_then(Option::as_ref);
        known.map_or((0.0, 0.0), |known| {
            let theta = &known.mode;
            (self.options.shift_of(theta), self.options.stretch_of(theta).ln())
        })
    }

    fn believe(&self, mean: &DVector<f64>, covariance: &DMatrix<f64>, person: usize) -> Belief {
        if self.options.predict == Predicted::Mode || mean.is_empty() {
            return Belief::certain(self.view(mean));
        }
        let mut rng = medley_random::stream(self.seed, &format!("people/rating/{person}"));
        let draws = Belief::normal(mean, covariance, DRAWS, &mut rng);
        draws.map_linear(|theta| self.view(&DVector::from_column_slice(theta)))
    }
}

impl Fitted for FittedRating {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        match self.people.get(person).and_then(Option::as_ref) {
            Some(known) => self.believe(&known.mode, &known.covariance, person),
            None => self.believe(&self.options.mean(panel, &self.view), &self.covariance, person),
        }
    }

    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let mean = self.options.mean(panel, &self.view);
        let precision = self.options.precision(&self.covariance)?;
        let own = Own { options: &self.options, panel, view: &self.view };
        let mode = own.mode(known, [&mean, &mean], &precision)?;
        Ok(self.believe(&mode.at, &mode.precision.inverse(), person))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers =
            vec![Number::new("steps", self.steps as f64), Number::converged(self.is_end)];
        for (i, &value) in self.view.iter().enumerate() {
            numbers.push(Number::new(format!("mean of {}", panel.name(i)), value));
        }
        let sd = |i: usize| self.covariance[(i, i)].sqrt();
        let cut = self.options.cutpoints.width();
        for (i, name) in ["shift", "log-stretch"].into_iter().enumerate().take(cut) {
            numbers.push(Number::new(format!("sd of {name}"), sd(i)));
        }
        if cut == 2 {
            let correlation = self.covariance[(0, 1)] / (sd(0) * sd(1));
            numbers.push(Number::new("correlation of shift and log-stretch", correlation));
        }
        for i in 0..self.options.weights(panel) {
            numbers.push(Number::new(format!("sd of {}", panel.name(i)), sd(cut + i)));
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, Column, Ordered, PanelParts, Predictor, Statement, predict, score};
    use std::sync::Arc;

    const CUTS: [f64; 3] = [-1.5, 0.0, 1.5];

    struct Drawn {
        panel: Panel,
        /// Shift, log-stretch and first weight of each person.
        people: Vec<[f64; 3]>,
    }

    /// People with cutpoints of their own, and a first weight that differs by `apart`.
    fn drawn(people: usize, ratings: usize, apart: f64) -> Drawn {
        let mut rng = medley_random::stream(1, "rating/test");
        let (mut statements, mut items, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for person in 0..people {
            let [m, l, w] = std::array::from_fn(|_| medley_random::normal(&mut rng));
            let (shift, log_stretch, weight) = (0.8 * m, 0.4 * l, 1.0 + apart * w);
            all.push([shift, log_stretch, weight]);
            for _ in 0..ratings {
                let item: Vec<f64> = (0..2).map(|_| medley_random::normal(&mut rng)).collect();
                let r = weight * item[0] - 0.5 * item[1];
                let cuts = CUTS.map(|c| shift + log_stretch.exp() * c);
                let eta = [r, cuts[0], cuts[1], cuts[2]];
                let logs = Ordered { level: 0, levels: 4 }.log_probabilities(&eta);
                let level = medley_random::pick(logs.iter().map(|log| log.exp()), &mut rng);
                statements.push(rating(person, items.len(), level));
                items.push(item);
            }
        }
        Drawn { panel: panel(people, items, statements), people: all }
    }

    use crate::Answer;

    fn rating(person: usize, item: usize, level: usize) -> Statement {
        let cut = |column| Predictor::default().and(column, 1.0);
        let predictors = vec![Predictor::of(item), cut(0), cut(1), cut(2)];
        Statement { person, predictors, answer: Arc::new(Ordered { level, levels: 4 }) }
    }

    fn panel(people: usize, items: Vec<Vec<f64>>, statements: Vec<Statement>) -> Panel {
        let column =
            |k: usize| Column { name: format!("cut {k}"), start: k as f64 - 1.0, spread: None };
        Panel::new(PanelParts {
            features: vec!["x".to_owned(), "y".to_owned()],
            items,
            people,
            columns: (0..3).map(column).collect(),
            statements,
            ..PanelParts::default()
        })
        .unwrap()
    }

    fn every(panel: &Panel) -> Vec<usize> {
        (0..panel.statements().len()).collect()
    }

    fn number(fitted: &FittedRating, panel: &Panel, name: &str) -> f64 {
        fitted.numbers(panel).iter().find(|number| number.name == name).unwrap().value
    }

    #[test]
    fn cutpoints_are_found_again() {
        let Drawn { panel, people } = drawn(120, 40, 0.0);
        let fitted = Rating::default().fit_rating(&panel, &every(&panel), 0).unwrap();
        assert!((fitted.view[0] - 1.0).abs() < 0.1 && (fitted.view[1] + 0.5).abs() < 0.1);
        for (name, expect, within) in [("sd of shift", 0.8, 0.12), ("sd of log-stretch", 0.4, 0.08)]
        {
            let found = number(&fitted, &panel, name);
            assert!((found - expect).abs() < within, "{name}: {found}");
        }
        let means: [f64; 2] =
            std::array::from_fn(|i| people.iter().map(|p| p[i]).sum::<f64>() / 120.0);
        for (k, c) in CUTS.iter().enumerate() {
            let expect = means[0] + means[1].exp() * c;
            let found = fitted.view[2 + k];
            assert!((found - expect).abs() < 0.2, "{k}: {found} {expect}");
        }
        // Means of what people add are 0.
        let all: Vec<(f64, f64)> = (0..120).map(|a| fitted.cutpoints_of(a)).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| all.iter().map(of).sum::<f64>() / 120.0;
        assert!(mean(|c| c.0).abs() < 0.01 && mean(|c| c.1).abs() < 0.01);
        let error = all.iter().zip(&people).map(|(c, p)| (c.0 - p[0] + means[0]).powi(2));
        assert!(error.sum::<f64>() / 120.0 < 0.25 * 0.64);
    }

    #[test]
    fn values_of_their_own_are_found_beside_cutpoints() {
        let Drawn { panel, people } = drawn(80, 40, 1.0);
        let own = Rating { values: Values::Own, ..Rating::default() };
        let fitted = own.fit_rating(&panel, &every(&panel), 0).unwrap();
        let sd = number(&fitted, &panel, "sd of x");
        assert!((sd - 1.0).abs() < 0.25, "{sd}");
        let of = |a: usize| fitted.people[a].as_ref().unwrap().mode[2];
        let error: f64 = (0..80).map(|a| (of(a) - people[a][2]).powi(2)).sum::<f64>() / 80.0;
        assert!(error < 0.2, "{error}");
    }

    #[test]
    fn held_out_ratings_gain_by_cutpoints_of_ones_own() {
        let Drawn { panel, .. } = drawn(60, 20, 0.0);
        let (train, test): (Vec<usize>, Vec<usize>) =
            every(&panel).into_iter().partition(|s| s % 5 != 0);
        let nll = |cutpoints| {
            let model = Rating { cutpoints, ..Rating::default() };
            let fitted = model.fit(&panel, &train, 0).unwrap();
            score(&predict(&*fitted, &panel, &test)).unwrap().nll
        };
        let [shared, shifted, own] =
            [Cutpoints::Shared, Cutpoints::Shifted, Cutpoints::Own].map(nll);
        assert!(own < shifted && shifted < shared, "{shared} {shifted} {own}");
    }

    #[test]
    fn shared_cutpoints_are_the_pooled_fit() {
        let Drawn { panel, .. } = drawn(10, 10, 0.0);
        let model = Rating { cutpoints: Cutpoints::Shared, ..Rating::default() };
        let fitted = model.fit_rating(&panel, &every(&panel), 0).unwrap();
        let pooled = pooled(&panel, &every(&panel), 100.0).unwrap();
        assert!(most_moved(&fitted.view, &pooled) < 1e-6);
    }

    #[test]
    fn derivatives() {
        let Drawn { panel, .. } = drawn(2, 6, 0.5);
        let options = Rating { values: Values::Own, ..Rating::default() };
        let view = [1.0, -0.5, -1.4, 0.1, 1.2];
        let theta = DVector::from_vec(vec![0.3, -0.2, 0.7, -0.1]);
        let said = panel.said_by(0);
        let own = |at: &DVector<f64>| {
            let mut into = Quadratic::zeros(4);
            Own { options: &options, panel: &panel, view: &view }.add_own(said, at, &mut into);
            into
        };
        let shared = |at: &DVector<f64>| {
            let mut view = view;
            view[2..].copy_from_slice(at.as_slice());
            let mut into = Quadratic::zeros(3);
            Own { options: &options, panel: &panel, view: &view }
                .add_shared(said, &theta, 2, &mut into);
            into
        };
        check(&own, &theta);
        check(&shared, &DVector::from_column_slice(&view[2..]));
    }

    fn check(of: &dyn Fn(&DVector<f64>) -> Quadratic, at: &DVector<f64>) {
        let here = of(at);
        for i in 0..at.len() {
            let moved = |away: f64| {
                let mut moved = at.clone();
                moved[i] += away;
                of(&moved)
            };
            let (above, below) = (moved(1e-5), moved(-1e-5));
            let slope = (above.value - below.value) / 2e-5;
            assert!((here.slope[i] - slope).abs() < 1e-6, "{i}: {} {slope}", here.slope[i]);
            for j in 0..at.len() {
                let curve = -(above.slope[j] - below.slope[j]) / 2e-5;
                let own = here.curvature[(i, j)];
                assert!((own - curve).abs() < 1e-5, "[{i}, {j}]: {own} {curve}");
            }
        }
    }

    #[test]
    fn edges() {
        let model = Rating::default();
        // One rating of one person; one who always says the same; somebody who said nothing.
        let Drawn { panel: some, .. } = drawn(3, 5, 0.0);
        let one = model.fit_rating(&some, &[0], 0).unwrap();
        assert!(one.view.iter().all(|w| w.is_finite()));
        let items = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let alike = (0..20).map(|n| rating(n % 2, n / 2 % 2, if n % 2 == 0 { 3 } else { n % 4 }));
        let alike = panel(3, items.clone(), alike.collect());
        let fitted = model.fit_rating(&alike, &every(&alike), 0).unwrap();
        for person in 0..3 {
            let logs = fitted.belief(&alike, person).log_probabilities(&alike, 0);
            assert!(logs.iter().all(|log| log.is_finite()), "{logs:?}");
        }
        assert_eq!(fitted.cutpoints_of(2), (0.0, 0.0));
        assert!(fitted.cutpoints_of(0).0 < fitted.cutpoints_of(1).0);
        let met = fitted.meet(&alike, 2, &[0]).unwrap();
        assert!(
            met.log_probabilities(&alike, 0)[3]
                > fitted.belief(&alike, 2).log_probabilities(&alike, 0)[3]
        );
        // Nothing is rated.
        assert!(matches!(model.fit_rating(&alike, &[], 0), Err(PeopleError::Needs { .. })));
        let votes = Statement {
            person: 0,
            predictors: vec![Predictor::of(0)],
            answer: Arc::new(Binary { yes: 1.0 }),
        };
        let votes = panel(1, items.clone(), vec![votes]);
        assert!(matches!(model.fit_rating(&votes, &[0], 0), Err(PeopleError::Needs { .. })));
        // A cutpoint that depends on an item.
        let mut broken = rating(0, 0, 1);
        broken.predictors[2].items.push((1, 0.5));
        let broken = panel(1, items, vec![broken]);
        assert!(matches!(model.fit_rating(&broken, &[0], 0), Err(PeopleError::Needs { .. })));
        assert!(Rating { shift: 0.0, ..model }.check().is_err());
        assert!(Rating { steps: 0, ..model }.check().is_err());
    }
}
