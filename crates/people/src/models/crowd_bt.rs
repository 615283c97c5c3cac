//! `people.crowd-bt`: everybody wants the same, and some answer at random or the other way round.
//!
//! ```text
//! p(first) = eta_a s(w'd) + (1 - eta_a) s(-w'd)        eta_a ~ Beta(a, b)        w ~ N(w_0, prior-sd^2 I)
//! ```
//!
//! Crowd-BT (Chen, Bennett, Collins-Thompson and Horvitz 2013), fitted offline by expectation and
//! maximization over whether an answer was meant: `q = eta s(y w'd) / p(y)`,
//! `eta_a = (sum q + a - 1) / (n_a + a + b - 2)`, `w` by Newton on shares `q`; `w_0` is 0 for features and where
//! they start for columns. The likelihood does not see `(eta, w)` from `(1 - eta, -w)`, but priors do: where the
//! mean of `eta` comes out below 1/2, both are turned round and it goes on from there.
//!
//! A person is two possibilities, the common weights with `eta_a` and their opposite with `1 - eta_a`, which
//! is the model's own probability. It reads every difference between people as noise: where people want
//! different things it calls the minority unreliable.

use crate::answer::log_sigmoid;
use crate::around::check_coordinates;
use crate::linear::predictors;
use crate::models::hierarchical::by_person;
use crate::pairs::shares;
use crate::soft_logistic::{self, Soft};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// Common weights, and how reliable each person is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CrowdBt {
    /// `a` of the prior on reliability, at least 1.
    pub reliable: f64,
    /// `b` of the prior on reliability, at least 1.
    pub unreliable: f64,
    /// Standard deviation, in nats, of the prior on weights.
    pub prior_sd: f64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no reliability moves by more.
    pub tolerance: f64,
}

impl Default for CrowdBt {
    /// A prior that is worth four answers, three of them meant.
    fn default() -> Self {
        Self { reliable: 4.0, unreliable: 2.0, prior_sd: 10.0, steps: 2000, tolerance: 1e-8 }
    }
}

const NAME: &str = "crowd-bt";

#[typetag::serde(name = "crowd-bt")]
impl PeopleModel for CrowdBt {
    fn summary(&self) -> &'static str {
        "everybody wants the same, and each answer is meant with the person's reliability (Crowd-BT)"
    }

    fn check(&self) -> Result<(), Problem> {
        for (key, value) in [("reliable", self.reliable), ("unreliable", self.unreliable)] {
            if !(value >= 1.0 && value.is_finite()) {
                return Err(Problem::new(
                    key,
                    format!("a number of at least 1 is needed, found {value}"),
                ));
            }
        }
        above_zero("prior-sd", self.prior_sd)?;
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_crowd(panel, statements)?))
    }
}

/// The weights, and everybody's reliability.
#[derive(Clone, Debug)]
pub struct FittedCrowdBt {
    options: CrowdBt,
    view: Vec<f64>,
    /// None of who said nothing. `[person]`
    reliability: Vec<Option<f64>>,
    steps: u64,
    is_end: bool,
}

/// Where expectation and maximization is.
struct At {
    view: Vec<f64>,
    eta: Vec<f64>,
    steps: u64,
    is_end: bool,
}

impl CrowdBt {
    /// The fit itself.
    ///
    /// # Errors
    /// Answers that are not one of two; nothing to fit.
    pub fn fit_crowd(
        &self,
        panel: &Panel,
        statements: &[usize],
    ) -> Result<FittedCrowdBt, PeopleError> {
        check_coordinates(NAME, panel)?;
        let yes = shares(NAME, panel, statements)?;
        let said = by_person(panel, statements);
        let view = crate::models::pooled::pooled(panel, statements, self.prior_sd)?;
        let eta = vec![self.expected(); panel.people()];
        let mut at = At { view, eta, steps: 0, is_end: false };
        self.climb(panel, (statements, &yes), &said, &mut at)?;
        if at.turn(&said) {
            self.climb(panel, (statements, &yes), &said, &mut at)?;
        }
        let known = |(said, eta): (&Vec<usize>, f64)| (!said.is_empty()).then_some(eta);
        let reliability = said.iter().zip(at.eta).map(known).collect();
        let (view, steps, is_end) = (at.view, at.steps, at.is_end);
        Ok(FittedCrowdBt { options: *self, view, reliability, steps, is_end })
    }

    /// Steps until no reliability moves.
    fn climb(
        &self,
        panel: &Panel,
        (statements, yes): (&[usize], &[f64]),
        said: &[Vec<usize>],
        at: &mut At,
    ) -> Result<(), PeopleError> {
        at.is_end = false;
        for _ in 0..self.steps {
            at.steps += 1;
            let At { view, eta, .. } = &mut *at;
            let soft = |(&statement, &yes): (&usize, &f64)| {
                let person = panel.statements()[statement].person;
                let d = predictors(panel, statement, view)[0];
                Soft { statement, yes: meant(eta[person], d, yes), weight: 1.0 }
            };
            let soft: Vec<Soft> = statements.iter().zip(yes).map(soft).collect();
            let next: Vec<f64> =
                said.iter().map(|said| self.reliability(panel, said, view, 1, eta)).collect();
            *view = soft_logistic::fit(NAME, panel, &soft, self.prior_sd, Some(view))?;
            let moved = next.iter().zip(eta.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            *eta = next;
            if moved < self.tolerance {
                at.is_end = true;
                break;
            }
        }
        Ok(())
    }

    /// The mode of the prior, or its mean where the prior is flat.
    fn expected(&self) -> f64 {
        match self.reliable + self.unreliable > 2.0 {
            true => (self.reliable - 1.0) / (self.reliable + self.unreliable - 2.0),
            false => 0.5 + 0.25,
        }
    }

    /// Some steps for one person whose weights are known.
    fn reliability(
        &self,
        panel: &Panel,
        said: &[usize],
        view: &[f64],
        steps: usize,
        start: &[f64],
    ) -> f64 {
        let person = said.first().map(|&statement| panel.statements()[statement].person);
        let start = person.and_then(|person| start.get(person)).copied();
        let mut eta = start.unwrap_or_else(|| self.expected());
        let (a, b) = (self.reliable - 1.0, self.unreliable - 1.0);
        let weight = said.len() as f64 + a + b;
        for _ in 0..steps {
            let sum: f64 = said.iter().map(|&s| honest(panel, s, view, eta)).sum();
            if weight > 0.0 {
                eta = (sum + a) / weight;
            }
        }
        eta
    }
}

impl At {
    /// Turned round where the mean of reliabilities is below 1/2.
    fn turn(&mut self, said: &[Vec<usize>]) -> bool {
        let known = || said.iter().zip(&self.eta).filter(|(said, _)| !said.is_empty());
        let is_below = known().map(|(_, eta)| eta).sum::<f64>() < 0.5 * known().count() as f64;
        if is_below {
            self.view.iter_mut().for_each(|w| *w = -*w);
            self.eta.iter_mut().for_each(|eta| *eta = 1.0 - *eta);
        }
        is_below
    }
}

/// Of an answer `yes` (or a share), the share that says what is meant: yes as yes, or no as no turned round.
fn meant(eta: f64, d: f64, yes: f64) -> f64 {
    let [of_yes, of_no] = kept(eta, d);
    yes * of_yes + (1.0 - yes) * (1.0 - of_no)
}

/// How likely a yes, and a no, is meant.
fn kept(eta: f64, d: f64) -> [f64; 2] {
    let (yes, no) = (log_sigmoid(d).0.exp(), log_sigmoid(-d).0.exp());
    let of = |one: f64, other: f64| {
        let all = eta * one + (1.0 - eta) * other;
        if all > 0.0 { eta * one / all } else { eta }
    };
    [of(yes, no), of(no, yes)]
}

fn honest(panel: &Panel, statement: usize, view: &[f64], eta: f64) -> f64 {
    let observed = panel.statements()[statement].answer.observed();
    let [yes, no] = kept(eta, predictors(panel, statement, view)[0]);
    observed[0] * yes + (1.0 - observed[0]) * no
}

impl FittedCrowdBt {
    /// The common weights.
    pub fn weights(&self) -> &[f64] {
        &self.view
    }

    /// How likely an answer of a person is meant; none of who said nothing.
    pub fn reliability(&self, person: usize) -> Option<f64> {
        self.reliability.get(person).copied().flatten()
    }

    fn believe(&self, eta: f64) -> Belief {
        let opposite = self.view.iter().map(|w| -w).collect();
        let atoms =
            vec![(eta, View::Linear(self.view.clone())), (1.0 - eta, View::Linear(opposite))];
        Belief { atoms }
    }

    fn mean(&self) -> f64 {
        let known: Vec<f64> = self.reliability.iter().flatten().copied().collect();
        known.iter().sum::<f64>() / known.len().max(1) as f64
    }
}

impl Fitted for FittedCrowdBt {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        self.believe(self.reliability(person).unwrap_or_else(|| self.mean()))
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        if known.is_empty() {
            return Ok(self.believe(self.mean()));
        }
        shares(NAME, panel, known)?;
        Ok(self.believe(self.options.reliability(panel, known, &self.view, 200, &[])))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let named = |(i, &w): (usize, &f64)| Number::new(panel.name(i), w);
        let mut numbers: Vec<Number> = self.view.iter().enumerate().map(named).collect();
        let known: Vec<f64> = self.reliability.iter().flatten().copied().collect();
        let below = known.iter().filter(|eta| **eta < 0.6).count() as f64;
        numbers.push(Number::new("mean reliability", self.mean()));
        numbers.push(Number::new("share of people below .6", below / known.len().max(1) as f64));
        numbers.push(Number::new("steps", self.steps as f64));
        numbers.push(Number::converged(self.is_end));
        numbers
    }
}

/// The log-posterior that expectation and maximization climbs, up to a constant, and its slopes in weights
/// and in reliabilities.
#[cfg(test)]
fn log_posterior(
    options: &CrowdBt,
    panel: &Panel,
    view: &[f64],
    eta: &[f64],
) -> (f64, Vec<f64>, Vec<f64>) {
    let precision = options.prior_sd.powi(-2);
    let mut value: f64 = view.iter().map(|w| -0.5 * precision * w * w).sum();
    let mut slope: Vec<f64> = view.iter().map(|w| -precision * w).collect();
    let (a, b) = (options.reliable - 1.0, options.unreliable - 1.0);
    let mut of_eta = Vec::new();
    for eta in eta {
        value += a * eta.ln() + b * (1.0 - eta).ln();
        of_eta.push(a / eta - b / (1.0 - eta));
    }
    for (number, said) in panel.statements().iter().enumerate() {
        let d = predictors(panel, number, view)[0];
        let (s, eta) = (log_sigmoid(d).0.exp(), eta[said.person]);
        let yes = said.answer.observed()[0];
        let p = eta * s + (1.0 - eta) * (1.0 - s);
        value += yes * p.ln() + (1.0 - yes) * (1.0 - p).ln();
        let of_p = yes / p - (1.0 - yes) / (1.0 - p);
        of_eta[said.person] += of_p * (2.0 * s - 1.0);
        for &(i, x) in &panel.rows(number)[0] {
            slope[i] += of_p * (2.0 * eta - 1.0) * s * (1.0 - s) * x;
        }
    }
    (value, slope, of_eta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlp::check_slope;
    use crate::testing::{cloud, comparisons};

    fn panel() -> Panel {
        comparisons(cloud(4), 5, 12, 3, |person, x, y| {
            let p = log_sigmoid(2.0 * (x[0] - y[0] + x[1] - y[1])).0.exp();
            [0.5, 1.0 - p, p, p, p][person]
        })
    }

    #[test]
    fn slopes_and_where_they_vanish() {
        let panel = panel();
        let options = CrowdBt { tolerance: 1e-13, steps: 20_000, ..CrowdBt::default() };
        let (view, eta) = (vec![0.7; panel.width()], vec![0.6, 0.3, 0.7, 0.8, 0.9]);
        let (_, slope, of_eta) = log_posterior(&options, &panel, &view, &eta);
        check_slope(&view, &slope, |view| log_posterior(&options, &panel, view, &eta).0);
        check_slope(&eta, &of_eta, |eta| log_posterior(&options, &panel, &view, eta).0);
        let all: Vec<usize> = (0..panel.statements().len()).collect();
        let fitted = options.fit_crowd(&panel, &all).unwrap();
        let eta: Vec<f64> = (0..5).map(|a| fitted.reliability(a).unwrap()).collect();
        let (value, slope, of_eta) = log_posterior(&options, &panel, fitted.weights(), &eta);
        assert!(slope.iter().chain(&of_eta).all(|s| s.abs() < 1e-6), "{slope:?} {of_eta:?}");
        let start = crate::models::pooled::pooled(&panel, &all, options.prior_sd).unwrap();
        let before = log_posterior(&options, &panel, &start, &[options.expected(); 5]).0;
        assert!(value > before, "{value} {before}");
    }

    #[test]
    fn what_was_turned_round_is_gone_on_from() {
        // The pooled fit follows three who answer often; twenty who answer seldom say the opposite.
        let panel = comparisons(cloud(6), 23, 30, 5, |person, x, y| {
            let is_first = x[0] > y[0];
            f64::from(u8::from(is_first == (person < 3)))
        });
        let said: Vec<usize> = (0..panel.statements().len())
            .filter(|&s| panel.statements()[s].person < 3 || s % 30 < 4)
            .collect();
        let options = CrowdBt { tolerance: 1e-12, steps: 20_000, ..CrowdBt::default() };
        let fitted = options.fit_crowd(&panel, &said).unwrap();
        let eta: Vec<f64> = (0..23).map(|a| fitted.reliability(a).unwrap()).collect();
        assert!(fitted.mean() > 0.5 && fitted.weights()[0] < 0.0, "{fitted:?}");
        for (person, &eta) in eta.iter().enumerate() {
            let own: Vec<usize> =
                said.iter().copied().filter(|&s| panel.statements()[s].person == person).collect();
            let next = options.reliability(&panel, &own, fitted.weights(), 1, &[eta; 23]);
            assert!((next - eta).abs() < 1e-9, "{person}: {eta} {next}");
        }
    }

    #[test]
    fn a_responsibility_by_hand() {
        // Odds 3 : 1 for the first; reliability .8: .8 * .75 / (.8 * .75 + .2 * .25).
        let [yes, no] = kept(0.8, 3.0_f64.ln());
        assert!((yes - 0.6 / 0.65).abs() < 1e-12 && (no - 0.2 / 0.35).abs() < 1e-12);
    }
}
