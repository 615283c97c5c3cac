//! What is common to people, or to groups of them, who differ from it by a normal distribution of known
//! width: the mode of both, and how uncertain the differences are.
//!
//! ```text
//! beta_u = m + delta_u        delta_u ~ N(0, D)        m flat
//! ```
//!
//! `beta_u` are the own coordinates of unit u; `m` and the coordinates that everybody shares are one vector
//! `theta`. For each `theta` the units' modes follow by Newton, and the maximum over `theta` is climbed with
//! the exact derivatives of what is left (the Schur complement), so that neither a wide nor a narrow `D`
//! makes it slow, as it would be by turns. The uncertainty of `theta` is part of that of `delta_u`: two
//! groups that differ by a lot have a variance of their difference and not half of it (as in restricted
//! maximum likelihood).

use crate::around::{Around, pick};
use crate::gaps::Gaps;
use crate::linear::{self, Quadratic};
use crate::models::pooled::starts;
use crate::newton::{Mode, maximize_to};
use crate::{Panel, PeopleError};
use nalgebra::{DMatrix, DVector};

/// Units and what they said.
pub struct Units<'a> {
    /// Name of the model, for errors.
    pub model: &'static str,
    pub panel: &'a Panel,
    /// Coordinates in which units differ.
    pub own: &'a [usize],
    /// Statements of each unit.
    pub said: &'a [Vec<usize>],
}

/// The mode.
#[derive(Clone, Debug)]
pub struct Common {
    /// `theta`: all coordinates.
    pub view: Vec<f64>,
    /// `beta_u`: own coordinates of each unit.
    pub modes: Vec<DVector<f64>>,
    /// Covariance of each `delta_u`.
    pub covariances: Vec<DMatrix<f64>>,
}

/// So that there is an optimum where all answers are alike; as in `people.pooled`.
const PRIOR_SD: f64 = 100.0;
/// Nats that are worth no further step.
const ENOUGH: f64 = 1e-10;

impl Units<'_> {
    /// A mode to start from: nobody differs.
    pub fn alike(&self, view: Vec<f64>) -> Common {
        let modes = vec![pick(&view, self.own); self.said.len()];
        Common { view, modes, covariances: Vec::new() }
    }

    /// The mode where differences have these variances. `[own coordinate]`
    pub fn fit(&self, variances: &DVector<f64>, start: &Common) -> Result<Common, PeopleError> {
        let precision = DMatrix::from_diagonal(&variances.map(f64::recip));
        let mut modes = start.modes.clone();
        let mut failure = None;
        let center = starts(self.panel);
        let at = DVector::from_column_slice(&start.view);
        let mut all = Quadratic::zeros(at.len());
        let gaps = Gaps::of(self.panel, self.said.iter().flatten());
        let mode = maximize_to(ENOUGH, &at, |theta, into| {
            add_prior(theta, &center, into);
            gaps.add(theta.as_slice(), 0, into);
            for (said, mode) in self.said.iter().zip(&mut modes) {
                match self.unit(said, theta, &precision, mode, &mut all) {
                    Ok(found) => self.add(&found, theta, &precision, &all, into),
                    Err(error) => {
                        failure = Some(error);
                        into.value = f64::NEG_INFINITY;
                        return;
                    }
                }
            }
        });
        let none = || self.around(&[]).failed("expected a finite log-likelihood, found none");
        let mode = mode.ok_or_else(|| failure.unwrap_or_else(none))?;
        self.told(&mode, &precision, modes)
    }

    fn around<'a>(&'a self, shared: &'a [f64]) -> Around<'a> {
        Around { model: self.model, panel: self.panel, own: self.own, shared }
    }

    /// The mode of a unit, put into `start`, and in `all` its log-likelihood in all coordinates.
    fn unit(
        &self,
        said: &[usize],
        theta: &DVector<f64>,
        precision: &DMatrix<f64>,
        start: &mut DVector<f64>,
        all: &mut Quadratic,
    ) -> Result<Mode, PeopleError> {
        let around = self.around(theta.as_slice());
        let mean = pick(theta.as_slice(), self.own);
        let found = around.mode(said, &mean, precision, start)?;
        start.copy_from(&found.at);
        linear::evaluate(self.panel, said, &around.view(&found.at), 1.0, all);
        Ok(found)
    }

    /// Adds what a unit says of `theta`, its own coordinates at their mode.
    fn add(
        &self,
        found: &Mode,
        theta: &DVector<f64>,
        precision: &DMatrix<f64>,
        all: &Quadratic,
        into: &mut Quadratic,
    ) {
        let pulled = precision * (&found.at - pick(theta.as_slice(), self.own));
        into.value += found.value;
        into.slope += &all.slope;
        for (j, &i) in self.own.iter().enumerate() {
            into.slope[i] += pulled[j] - all.slope[i];
        }
        // With P = K + H, K the precision: K - K P^-1 K = K P^-1 H, which loses nothing where K is large.
        let mut left = all.curvature.select_rows(self.own);
        let solved = found.precision.solve(&left);
        let mut curvature = &all.curvature - left.tr_mul(&solved);
        left = precision * solved;
        for (j, &i) in self.own.iter().enumerate() {
            for l in 0..theta.len() {
                curvature[(i, l)] = left[(j, l)];
                curvature[(l, i)] = left[(j, l)];
            }
        }
        into.curvature += (&curvature + curvature.transpose()) * 0.5;
    }

    fn told(
        &self,
        mode: &Mode,
        precision: &DMatrix<f64>,
        mut modes: Vec<DVector<f64>>,
    ) -> Result<Common, PeopleError> {
        let uncertain = mode.precision.inverse();
        let mut all = Quadratic::zeros(mode.at.len());
        let mut covariances = Vec::with_capacity(modes.len());
        for (said, own) in self.said.iter().zip(&mut modes) {
            let found = self.unit(said, &mode.at, precision, own, &mut all)?;
            // d delta / d theta = - P^-1 H
            let moved = found.precision.solve(&all.curvature.select_rows(self.own));
            covariances.push(found.precision.inverse() + &moved * &uncertain * moved.transpose());
        }
        Ok(Common { view: mode.at.as_slice().to_vec(), modes, covariances })
    }
}

fn add_prior(theta: &DVector<f64>, center: &DVector<f64>, into: &mut Quadratic) {
    let precision = PRIOR_SD.powi(-2);
    let away = theta - center;
    into.value = -0.5 * precision * away.norm_squared();
    into.slope = away * -precision;
    into.curvature = DMatrix::identity(theta.len(), theta.len()) * precision;
}

impl Common {
    /// Expected squares of what units differ by, summed over units. `[own coordinate]`
    pub fn squares(&self, own: &[usize]) -> DVector<f64> {
        let mean = pick(&self.view, own);
        let mut sum = DVector::zeros(own.len());
        for (mode, covariance) in self.modes.iter().zip(&self.covariances) {
            sum += (mode - &mean).map(|x| x * x) + covariance.diagonal();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, Chosen, Column, PanelParts, Predictor, Statement};
    use std::sync::Arc;

    /// Three items, a column, three units that answer in two ways.
    fn panel() -> Panel {
        let mut statements = Vec::new();
        for (person, first, second, yes) in [
            (0, 0, 1, 1.0),
            (0, 1, 2, 0.0),
            (0, 2, 0, 1.0),
            (1, 0, 1, 0.0),
            (1, 2, 1, 1.0),
            (2, 1, 0, 1.0),
            (2, 0, 2, 0.0),
        ] {
            let predictors = vec![Predictor::difference(first, second).and(0, 1.0)];
            statements.push(Statement { person, predictors, answer: Arc::new(Binary { yes }) });
            let predictors = vec![Predictor::of(first), Predictor::of(second)];
            let answer = Arc::new(Chosen::one(usize::from(yes < 0.5), 2));
            statements.push(Statement { person, predictors, answer });
        }
        Panel::new(PanelParts {
            features: vec!["a".to_owned(), "b".to_owned()],
            items: vec![vec![0.0, 0.0], vec![1.0, 0.5], vec![0.2, -1.0]],
            people: 3,
            columns: vec![Column { name: "first".to_owned(), start: 0.0, spread: None }],
            statements,
            ..PanelParts::default()
        })
        .unwrap()
    }

    /// The joint log-posterior of common and own coordinates, written anew.
    fn joint(panel: &Panel, common: &[f64], own: &[DVector<f64>], variance: f64) -> f64 {
        let mut sum = -0.5e-4 * common.iter().map(|x| x * x).sum::<f64>();
        for (person, beta) in own.iter().enumerate() {
            let view = [beta[0], beta[1], common[2]];
            sum += linear::log_likelihood(panel, panel.said_by(person), &view);
            let away = beta - DVector::from_column_slice(&common[..2]);
            sum -= 0.5 * away.norm_squared() / variance;
        }
        sum
    }

    #[test]
    fn a_mode_of_common_and_own_coordinates_at_once() {
        let panel = panel();
        let said: Vec<Vec<usize>> = (0..3).map(|a| panel.said_by(a).to_vec()).collect();
        let units = Units { model: "test", panel: &panel, own: &[0, 1], said: &said };
        for variance in [1e-6, 0.3, 10.0] {
            let variances = DVector::from_element(2, variance);
            let fit = units.fit(&variances, &units.alike(vec![0.0; 3])).unwrap();
            let best = joint(&panel, &fit.view, &fit.modes, variance);
            for step in [1e-3, -1e-3] {
                for i in 0..3 {
                    let mut moved = fit.view.clone();
                    moved[i] += step;
                    assert!(joint(&panel, &moved, &fit.modes, variance) < best, "{variance} {i}");
                }
                for (person, i) in [(0, 0), (1, 1), (2, 0)] {
                    let mut moved = fit.modes.clone();
                    moved[person][i] += step;
                    assert!(joint(&panel, &fit.view, &moved, variance) < best, "{person} {i}");
                }
            }
        }
    }

    #[test]
    fn derivatives_of_what_is_common() {
        let panel = panel();
        let said: Vec<Vec<usize>> = (0..3).map(|a| panel.said_by(a).to_vec()).collect();
        let units = Units { model: "test", panel: &panel, own: &[0, 1], said: &said };
        let precision = DMatrix::identity(2, 2) * 0.7;
        let at = |theta: &DVector<f64>| {
            let mut into = Quadratic::zeros(3);
            let mut all = Quadratic::zeros(3);
            add_prior(theta, &DVector::zeros(3), &mut into);
            for said in &said {
                let mut start = DVector::zeros(2);
                let mode = units.unit(said, theta, &precision, &mut start, &mut all).unwrap();
                units.add(&mode, theta, &precision, &all, &mut into);
            }
            into
        };
        let theta = DVector::from_column_slice(&[0.3, -0.4, 0.2]);
        let here = at(&theta);
        for i in 0..3 {
            let step = DVector::from_fn(3, |j, _| if i == j { 1e-3 } else { 0.0 });
            let (above, below) = (at(&(&theta + &step)), at(&(&theta - &step)));
            let slope = (above.value - below.value) / 2e-3;
            assert!((slope - here.slope[i]).abs() < 1e-6, "{i}: {slope} {}", here.slope[i]);
            let curvature = (below.slope - above.slope) / 2e-3;
            let off = (curvature - here.curvature.column(i)).amax();
            assert!(off < 1e-5, "{i}: {off}");
        }
    }

    #[test]
    fn the_variance_of_two_exact_groups_is_that_of_their_difference() {
        // Groups whose weights are known: 400 answers each. Expected squares sum to G D where D is the
        // variance between them, (a - m)^2 + (b - m)^2 over G - 1.
        let mut statements = Vec::new();
        for (person, yes) in [(0, 0.8), (1, 0.4)] {
            for _ in 0..400 {
                let predictors = vec![Predictor::of(0)];
                statements.push(Statement { person, predictors, answer: Arc::new(Binary { yes }) });
            }
        }
        let panel = Panel::new(PanelParts {
            features: vec!["a".to_owned()],
            items: vec![vec![1.0]],
            people: 2,
            statements,
            ..PanelParts::default()
        })
        .unwrap();
        let said: Vec<Vec<usize>> = (0..2).map(|a| panel.said_by(a).to_vec()).collect();
        let units = Units { model: "test", panel: &panel, own: &[0], said: &said };
        let mut common = units.alike(vec![0.0]);
        let mut variance = 1.0;
        for _ in 0..30 {
            common = units.fit(&DVector::from_element(1, variance), &common).unwrap();
            variance = common.squares(&[0])[0] / 2.0;
        }
        let apart: f64 = 4_f64.ln() - (2.0_f64 / 3.0).ln();
        // The difference has a variance of 2 D; the error of either is 1 / (400 p (1 - p)).
        let expect = 0.5 * apart * apart;
        assert!((variance / expect - 1.0).abs() < 0.05, "{variance} {expect}");
    }
}
