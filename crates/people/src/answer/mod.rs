//! What was said, as a function of predictors.

pub mod binary;
pub mod chosen;
pub mod ordered;
pub mod ordered_shares;

use std::fmt::Debug;
use std::ops::Range;

/// One of finitely many responses, whose log-probabilities follow from a few predictors `eta`, in nats.
///
/// All that models of people need of a kind of feedback. Predictors are linear in what a person wants and
/// in how they answer, so that a person's log-likelihood has exact derivatives.
pub trait Answer: Debug + Send + Sync {
    /// Number of predictors.
    fn predictors(&self) -> usize;

    /// Log-probability of each response; they sum to 1. `eta` has [`Answer::predictors`] numbers.
    fn log_probabilities(&self, eta: &[f64]) -> Vec<f64>;

    /// How much of what was said is each response: one of them as a rule, shares where votes are pooled.
    fn observed(&self) -> Vec<f64>;

    /// The log-likelihood of what was said, its slope `[predictor]`, and what it curves downwards by,
    /// minus the second derivatives `[predictor, predictor]`, both overwritten. Minus infinity where
    /// `eta` is impossible.
    fn evaluate(&self, eta: &[f64], into: &mut Evaluated) -> f64;

    /// The share of yes, where all of the answer is `log p(yes) = log sigmoid(eta)` of one predictor: what
    /// evaluates it many times does so by a formula of its own.
    fn logit(&self) -> Option<f64> {
        None
    }

    /// Which predictors are cutpoints of an ordered scale, that people may place in ways of their own.
    fn cutpoints(&self) -> Range<usize> {
        0..0
    }
}

/// Derivatives of a statement's log-likelihood in its predictors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluated {
    /// `[predictor]`
    pub slope: Vec<f64>,
    /// Minus the second derivatives. `[predictor, predictor]`
    pub curvature: Vec<f64>,
}

impl Evaluated {
    /// As many zeros as so many predictors need.
    pub fn clear(&mut self, predictors: usize) {
        self.slope.clear();
        self.slope.resize(predictors, 0.0);
        self.curvature.clear();
        self.curvature.resize(predictors * predictors, 0.0);
    }
}

/// `log sigmoid(x)`, and `sigmoid(-x)`, its slope.
pub fn log_sigmoid(x: f64) -> (f64, f64) {
    let small = (-x.abs()).exp();
    let value = x.min(0.0) - small.ln_1p();
    let slope = if x > 0.0 { small / (1.0 + small) } else { (1.0 + small).recip() };
    (value, slope)
}

/// What every answer must keep: probabilities sum to 1, the log-likelihood is theirs, derivatives are
/// those of finite differences.
#[cfg(test)]
pub fn check(answer: &dyn Answer, eta: &[f64]) {
    assert_eq!(eta.len(), answer.predictors());
    let logs = answer.log_probabilities(eta);
    let sum: f64 = logs.iter().map(|log| log.exp()).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{answer:?}: {sum}");
    let observed = answer.observed();
    let expect: f64 =
        logs.iter().zip(&observed).filter(|(_, o)| **o > 0.0).map(|(l, o)| l * o).sum();
    let mut into = Evaluated::default();
    let found = answer.evaluate(eta, &mut into);
    assert!((found - expect).abs() < 1e-9, "{answer:?}: {found} {expect}");
    let mut ignored = Evaluated::default();
    let step = 1e-5;
    for i in 0..eta.len() {
        let mut at = |away: f64| {
            let mut moved = eta.to_vec();
            moved[i] += away;
            let value = answer.evaluate(&moved, &mut ignored);
            (value, ignored.slope.clone())
        };
        let ((above, slope_above), (below, slope_below)) = (at(step), at(-step));
        let slope = (above - below) / (2.0 * step);
        assert!(
            (into.slope[i] - slope).abs() < 1e-7,
            "{answer:?} slope {i}: {} {slope}",
            into.slope[i]
        );
        for j in 0..eta.len() {
            let curvature = -(slope_above[j] - slope_below[j]) / (2.0 * step);
            let own = into.curvature[i * eta.len() + j];
            assert!((own - curvature).abs() < 1e-6, "{answer:?} [{i}, {j}]: {own} {curvature}");
        }
    }
}
