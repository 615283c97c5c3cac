//! Do rationality and value mean what they are said to?
//!
//! Returns enter a likelihood as `beta R`, and the value of a statement is `R` or a difference of
//! two: without beta, without offsets and without anything else that people's parameters hold.

use super::agree::{equal, judged};
use crate::conformance::Verdict;
use crate::conformance::linear::Numbers;
use crate::conformance::probe::Probe;
use crate::conformance::subject::Subject;
use crate::{ParameterRole, ParameterScale, RATIONALITY};
use medley_evaluation::{Judgement, ResponseSet, Side};

pub(super) fn rationality(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let parameters = probe.parameters();
    let Some(beta) = parameters.iter().find(|parameter| parameter.name == RATIONALITY) else {
        return Err(format!("there is no parameter `{RATIONALITY}`"));
    };
    let shape = (beta.initial.len(), beta.role, beta.scale);
    if shape != (1, ParameterRole::Rationality, ParameterScale::Log) {
        return Err(format!(
            "`{RATIONALITY}` should be one logarithm of a rationality, found {shape:?}"
        ));
    }
    if beta.prior.is_none() {
        return Err(format!(
            "`{RATIONALITY}` has no prior: rewards and rationality are known up to a factor only, \
             and nothing would settle it"
        ));
    }
    let numbers = probe.numbers(1, 13);
    let mut scaled = numbers.scaled(FACTOR);
    if let Some(values) = scaled.get_mut(RATIONALITY) {
        values.iter_mut().for_each(|value| *value -= FACTOR.ln());
    }
    let all = probe.all();
    equal(
        "twice the reward at half the rationality",
        &probe.losses(&scaled, &all),
        &probe.losses(&numbers, &all),
        1e-9,
    )?;
    let [once, twice] = [&numbers, &scaled].map(|numbers| predicted(&probe.judge(numbers)));
    let expected: Vec<f64> = once.iter().map(|value| FACTOR * value).collect();
    equal("predicted values at twice the reward", &twice, &expected, 1e-9)
}

const FACTOR: f64 = 2.0;

/// Predicted values, 0 where there is none.
fn predicted(judgements: &[Judgement]) -> Vec<f64> {
    judgements.iter().map(|judgement| judgement.predicted_value.unwrap_or(0.0)).collect()
}

pub(super) fn value(subject: &Subject<'_>) -> Verdict {
    judged(values(subject))
}

fn values(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let probe = subject.bind()?;
    let numbers = probe.numbers(1, 14);
    let judged = probe.judge(&numbers);
    if judged.iter().all(|judgement| judgement.predicted_value.is_none()) {
        return Ok(Some("no statement has a value"));
    }
    let weights = numbers.weights.clone();
    let other_people = Numbers { weights, ..probe.numbers(1, 15) };
    equal(
        "predicted values under other response parameters",
        &predicted(&probe.judge(&other_people)),
        &predicted(&judged),
        1e-9,
    )?;
    let response = numbers.response.clone();
    let other = probe.judge(&Numbers { response, ..probe.numbers(1, 15) });
    for (i, (one, other)) in judged.iter().zip(&other).enumerate() {
        if one.predicted_value.is_some() && one.predicted_value == other.predicted_value {
            return Err(format!("the predicted value of statement {i} depends on no reward"));
        }
    }
    if let ResponseSet::Sides(sides) = probe.objective.responses() {
        first_is_positive(&probe, &sides)?;
    }
    Ok(None)
}

/// In a comparison of two sides, values are larger for the first.
fn first_is_positive(probe: &Probe<'_>, sides: &[Side]) -> Result<(), String> {
    let [one, other] = [14, 15].map(|seed| probe.judge(&probe.numbers_at_start(1, seed)));
    for (i, (one, other)) in one.iter().zip(&other).enumerate() {
        if let Some(value) = one.answer.value {
            if !one.answer.antisymmetric {
                return Err(format!(
                    "the value of statement {i} is of two sides, and not said to be antisymmetric"
                ));
            }
            let said = lead(sides, &one.answer.observed);
            if said * value < 0.0 || (said == 0.0) != (value == 0.0) {
                return Err(format!(
                    "statement {i} has observed value {value} and shares {:?} of {sides:?}: it \
                     should be positive for the first side",
                    one.answer.observed
                ));
            }
        }
        let (Some(before), Some(after)) = (one.predicted_value, other.predicted_value) else {
            continue;
        };
        let gained = odds(sides, other) - odds(sides, one);
        if gained.abs() > 1e-9 && gained * (after - before) < 0.0 {
            return Err(format!(
                "the predicted value of statement {i} goes from {before} to {after} where the \
                 log-odds of the first side change by {gained}"
            ));
        }
    }
    Ok(())
}

/// What the first side has more than the second.
fn lead(sides: &[Side], shares: &[f64]) -> f64 {
    let [first, second] = of_sides(sides, shares);
    first - second
}

/// Log-odds of the first side against the second.
fn odds(sides: &[Side], judgement: &Judgement) -> f64 {
    let masses: Vec<f64> = judgement.log_probabilities.iter().map(|log| log.exp()).collect();
    let [first, second] = of_sides(sides, &masses);
    first.ln() - second.ln()
}

/// Masses of the first and the second side.
pub(super) fn of_sides(sides: &[Side], masses: &[f64]) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (side, mass) in sides.iter().zip(masses) {
        match side {
            Side::First { .. } => sums[0] += mass,
            Side::Second { .. } => sums[1] += mass,
            Side::Tie => {}
        }
    }
    sums
}
