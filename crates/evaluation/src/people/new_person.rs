//! How many answers does it take to know somebody new?
//!
//! People whom no model was fitted to are met by their first k answers and judged on later ones, the same for
//! each k. Beside them stands what one view for all makes of the same statements.
//!
//! *Area* is the mean gain over the pooled model as k goes from the first to the last number of answers, by the
//! trapezoidal rule, in nats a statement. *Labels for half* is the smallest k, interpolated between those that
//! were tried, at which half of the gain at the last k is reached. Both depend on which answers come first and on
//! the last k that was tried: a person may still be learned about beyond it.

use super::error::{MeasureError, check, some};
use crate::interval::{Bootstrap, ClusterSets, Estimate};
use serde::{Deserialize, Serialize};

/// Numbers of answers that are usually tried.
pub const LABELS: [usize; 6] = [0, 1, 2, 4, 8, 16];

/// How a prediction of one statement went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Log-probability of what was said, in nats.
    pub log_likelihood: f64,
    /// 1 if what was said was the likeliest answer, 0.5 if it was one of two, else 0.
    pub correct: f64,
}

/// A held-out statement of somebody new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Met {
    /// Number of the person.
    pub person: u32,
    /// By one view for all.
    pub pooled: Told,
    /// After each number of known answers.
    pub after: Vec<Told>,
}

/// What is known of new people after so many answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPersonCurve {
    /// By number of known answers, rising.
    pub points: Vec<NewPersonPoint>,
    /// Of one view for all, nats a statement.
    pub pooled_nll: Estimate,
    /// Of one view for all.
    pub pooled_accuracy: Estimate,
    /// Mean gain over the curve, nats a statement. `None` of a single point.
    pub area: Option<Estimate>,
    /// Answers for half of the gain at the last point. `None` where there is none to halve.
    pub labels_for_half: Option<f64>,
}

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPersonPoint {
    /// Known answers.
    pub labels: usize,
    /// Nats a statement.
    pub nll: Estimate,
    /// Share of statements.
    pub accuracy: Estimate,
    /// Nats a statement less than those of one view for all; negative where it is worse.
    pub gain: Estimate,
}

/// The curve, with intervals over people.
///
/// # Errors
/// No statements, no numbers of answers or such that do not rise, a statement with another number of
/// predictions, or a log-likelihood that is not finite.
pub fn new_person_curve(
    labels: &[usize],
    statements: &[Met],
    settings: &Bootstrap,
) -> Result<NewPersonCurve, MeasureError> {
    check_curve(labels, statements)?;
    let sets = ClusterSets::new(statements.iter().map(|met| [met.person]));
    let mean = |of: &dyn Fn(&Met) -> f64| -> Result<Estimate, MeasureError> {
        let mut sums = vec![(0.0, 0.0); sets.len()];
        for (&set, met) in sets.of().iter().zip(statements) {
            sums[set].0 += of(met);
            sums[set].1 += 1.0;
        }
        let ratio = |weights: &[f64]| {
            let total = |part: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
                sums.iter().zip(weights).map(|(sum, weight)| weight * part(sum)).sum()
            };
            let count = total(&|sum| sum.1);
            (count > 0.0).then(|| total(&|sum| sum.0) / count)
        };
        settings.estimate(&sets, ratio).ok_or(MeasureError::Empty { what: "statements" })
    };
    let gain = |met: &Met, k: usize| met.after[k].log_likelihood - met.pooled.log_likelihood;
    let mut points = Vec::new();
    for (k, &labels) in labels.iter().enumerate() {
        points.push(NewPersonPoint {
            labels,
            nll: mean(&|met| -met.after[k].log_likelihood)?,
            accuracy: mean(&|met| met.after[k].correct)?,
            gain: mean(&|met| gain(met, k))?,
        });
    }
    let area = |met: &Met| {
        let gains: Vec<f64> = (0..labels.len()).map(|k| gain(met, k)).collect();
        mean_height(labels, &gains)
    };
    let gains: Vec<f64> = points.iter().map(|point| point.gain.value).collect();
    Ok(NewPersonCurve {
        pooled_nll: mean(&|met| -met.pooled.log_likelihood)?,
        pooled_accuracy: mean(&|met| met.pooled.correct)?,
        area: if labels.len() > 1 { Some(mean(&area)?) } else { None },
        labels_for_half: labels_for_half(labels, &gains),
        points,
    })
}

fn check_curve(labels: &[usize], statements: &[Met]) -> Result<(), MeasureError> {
    some("numbers of known answers", labels)?;
    some("statements", statements)?;
    if let Some(at) = labels.windows(2).position(|two| two[0] >= two[1]) {
        let (index, found) = (at + 1, labels[at + 1] as f64);
        let (what, expected) = ("number of known answers", "more than the one before");
        return Err(MeasureError::Value { what, index, expected, found });
    }
    let expected = labels.len();
    if let Some(index) = statements.iter().position(|met| met.after.len() != expected) {
        let found = statements[index].after.len();
        return Err(MeasureError::Length { what: "statement", index, expected, found });
    }
    let told = statements.iter().flat_map(|met| met.after.iter().chain([&met.pooled]));
    check("log-likelihood", "a finite number", told.map(|it| it.log_likelihood), f64::is_finite)
}

/// Area under straight lines over its width.
fn mean_height(at: &[usize], heights: &[f64]) -> f64 {
    let width = |two: &[usize]| (two[1] - two[0]) as f64;
    let pieces = at.windows(2).zip(heights.windows(2));
    let area: f64 = pieces.map(|(at, high)| width(at) * (high[0] + high[1]) / 2.0).sum();
    area / at.last().zip(at.first()).map_or(f64::NAN, |(last, first)| (last - first) as f64)
}

/// Where straight lines through gains first reach half of the last. `None` where the last is no gain.
pub fn labels_for_half(labels: &[usize], gains: &[f64]) -> Option<f64> {
    let half = gains.last().filter(|last| **last > 0.0)? / 2.0;
    let reached = gains.iter().position(|gain| *gain >= half)?;
    let at = *labels.get(reached)? as f64;
    let Some(before) = reached.checked_sub(1) else { return Some(at) };
    let from = labels[before] as f64;
    Some(from + (at - from) * (half - gains[before]) / (gains[reached] - gains[before]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(person: u32, pooled: f64, after: &[f64]) -> Met {
        let told = |log_likelihood: f64| Told {
            log_likelihood,
            correct: f64::from(u8::from(log_likelihood > -0.6)),
        };
        Met { person, pooled: told(pooled), after: after.iter().map(|&it| told(it)).collect() }
    }

    #[test]
    fn by_hand() {
        // Held-out nats on new customers of a credit card after 0, 1, 2, 4, 8 answers: half of .0435 is
        // reached at .50915.
        let labels = [0, 1, 2, 4, 8];
        let nats = [0.5364, 0.5327, 0.5202, 0.5121, 0.4874];
        let gains = nats.map(|nats| 0.5309 - nats);
        let half = labels_for_half(&labels, &gains).unwrap();
        assert!((half - (4.0 + 4.0 * 0.002_95 / 0.0247)).abs() < 1e-9, "{half}");
        let after: Vec<f64> = nats.iter().map(|nats| -nats).collect();
        let people: Vec<Met> = (0..6).map(|person| met(person, -0.5309, &after)).collect();
        let curve = new_person_curve(&labels, &people, &Bootstrap::default()).unwrap();
        assert!((curve.labels_for_half.unwrap() - half).abs() < 1e-9);
        let area = (0.5 * (-0.0055 - 0.0018)
            + 0.5 * (-0.0018 + 0.0107)
            + (0.0107 + 0.0188)
            + 2.0 * (0.0188 + 0.0435))
            / 8.0;
        assert!((curve.area.unwrap().value - area).abs() < 1e-12, "{curve:?}");
        assert!((curve.points[4].nll.value - 0.4874).abs() < 1e-12);
        assert_eq!(curve.points[4].accuracy.value, 1.0);
        // Everybody alike: no interval.
        assert!(!curve.points[4].gain.has_interval());
    }

    #[test]
    fn intervals_are_over_people_and_not_over_statements() {
        let people: Vec<Met> = (0..400)
            .map(|i| met(i / 40, -0.7, &[-0.7, if i / 40 % 2 == 0 { -0.3 } else { -0.7 }]))
            .collect();
        let curve = new_person_curve(&[0, 4], &people, &Bootstrap::default()).unwrap();
        let gain = curve.points[1].gain;
        assert!((gain.value - 0.2).abs() < 1e-12 && gain.clusters == 10 && gain.n == 400);
        // Ten people, half of whom gain 0.4: standard error 0.2 / sqrt 10.
        assert!(gain.high - gain.low > 0.15, "{gain:?}");
        assert_eq!(curve.labels_for_half, Some(2.0));
    }

    #[test]
    fn edges() {
        let settings = Bootstrap::default();
        let check = |labels: &[usize], people: &[Met], expect: &str| {
            let error = new_person_curve(labels, people, &settings).unwrap_err();
            assert_eq!(error.to_string(), expect);
        };
        check(&[0], &[], "expected at least one of statements, found none");
        let one = [met(0, -0.7, &[-0.7])];
        check(&[], &one, "expected at least one of numbers of known answers, found none");
        check(&[0, 1], &one, "statement 0: expected 2 numbers, found 1");
        let sure = [met(0, f64::NEG_INFINITY, &[-0.7])];
        check(&[0], &sure, "log-likelihood 1: expected a finite number, found -inf");
        let falling = [met(0, -0.7, &[-0.7, -0.7])];
        check(
            &[1, 1],
            &falling,
            "number of known answers 1: expected more than the one before, found 1",
        );
        let curve = new_person_curve(&[0], &one, &settings).unwrap();
        assert_eq!((curve.area, curve.labels_for_half), (None, None));
        assert_eq!(labels_for_half(&[0, 1], &[0.3, 0.2]), Some(0.0));
    }
}
