//! Do models of people see the same answers as training does?

use super::agree::near;
use crate::conformance::Verdict;
use crate::conformance::linear::Numbers;
use crate::conformance::subject::Subject;
use crate::{LinearPredictor, LinearSource};

pub(super) fn linear(subject: &Subject<'_>) -> Verdict {
    let checked = || {
        let probe = subject.bind()?;
        let Some(source) = probe.objective.linear(&probe.all()) else {
            return Ok(Some("its answers do not follow from sums of returns"));
        };
        let numbers = Numbers { shift: 0.0, ..probe.numbers_at_start(1, 41) };
        let judged = probe.judge(&numbers);
        if source.statements.len() != judged.len() {
            let (found, expected) = (source.statements.len(), judged.len());
            return Err(format!("{found} statements for people, {expected} in training"));
        }
        for (i, (statement, judged)) in source.statements.iter().zip(&judged).enumerate() {
            let eta = |p: &LinearPredictor| predictor(subject, &source, &numbers, p);
            let eta: Vec<f64> = statement.predictors.iter().map(eta).collect();
            let mut found = statement.answer.log_probabilities(&eta);
            let said = statement.answer.observed();
            let likelihood: f64 =
                found.iter().zip(&said).filter(|(_, s)| **s > 0.0).map(|(log, s)| log * s).sum();
            if !near(likelihood, judged.log_likelihood, 1e-4) {
                return Err(format!(
                    "statement {i}: {likelihood} nats for people, {} in training",
                    judged.log_likelihood
                ));
            }
            let mut expected = judged.log_probabilities.clone();
            found.sort_by(f64::total_cmp);
            expected.sort_by(f64::total_cmp);
            let agree = found.iter().zip(&expected).all(|(a, b)| near(a.exp(), b.exp(), 1e-5));
            if !agree || found.len() != expected.len() {
                return Err(format!(
                    "statement {i}: {found:?} for people, {expected:?} in training"
                ));
            }
        }
        Ok(None)
    };
    super::agree::judged(checked())
}

fn predictor(
    subject: &Subject<'_>,
    source: &LinearSource,
    numbers: &Numbers,
    predictor: &LinearPredictor,
) -> f64 {
    let fixture = subject.fixture;
    let returns = predictor.returns.iter().map(|(span, weight)| {
        let features = span.features(&fixture.features, fixture.returns);
        // `[feature, head]` of the one member, with one head.
        weight * features.iter().zip(&numbers.weights).map(|(x, w)| x * w).sum::<f64>()
    });
    let columns = predictor.columns.iter().map(|&(at, weight)| weight * source.columns[at].start);
    returns.sum::<f64>() + columns.sum::<f64>()
}
