//! How much of the disagreement between people does a model explain, and what is the rest?
//!
//! ```text
//! D(M) = (NLL_pooled - NLL_M) / (NLL_pooled - NLL_best)
//! ```
//!
//! on held-out statements of known people: 0 for one view of all, 1 for the best model of persons that was
//! fitted. D of a model that knows groups alone says how far groups stand for their people. It depends on
//! the best model that somebody thought of, and cannot tell what a better one would explain.

use super::error::{MeasureError, check, some};
use crate::interval::{Bootstrap, ClusterSets, Estimate};
use serde::{Deserialize, Serialize};

/// Variance of what is said by a logit model without any other noise, in squared nats: that of a logistic variable.
pub const LOGIT_NOISE: f64 = std::f64::consts::PI * std::f64::consts::PI / 3.0;

/// Losses on one statement, in nats: minus the log-probability of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// Number of the person.
    pub person: u32,
    /// Of one view for all.
    pub pooled: f64,
    /// Of the model in question.
    pub model: f64,
    /// Of the best model of persons.
    pub best: f64,
}

/// D of mean losses, in nats. `None` where the best model is no better than the pooled one.
pub fn disagreement_explained(pooled: f64, model: f64, best: f64) -> Option<f64> {
    (pooled - best > 0.0).then(|| (pooled - model) / (pooled - best))
}

/// D with its interval, people drawn with replacement. `None` where the best model is no better than the
/// pooled one.
///
/// # Errors
/// No statements, or a loss that is not finite.
pub fn disagreement_explained_of(
    statements: &[Losses],
    settings: &Bootstrap,
) -> Result<Option<Estimate>, MeasureError> {
    some("statements", statements)?;
    let losses = statements.iter().flat_map(|it| [it.pooled, it.model, it.best]);
    check("loss", "a finite number", losses, f64::is_finite)?;
    let sets = ClusterSets::new(statements.iter().map(|it| [it.person]));
    let mut sums = vec![[0.0; 3]; sets.len()];
    for (&set, it) in sets.of().iter().zip(statements) {
        let terms = [it.pooled, it.model, it.best];
        sums[set].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    Ok(settings.estimate(&sets, |weights| {
        let of = |k: usize| sums.iter().zip(weights).map(|(sum, weight)| weight * sum[k]).sum();
        disagreement_explained(of(0), of(1), of(2))
    }))
}

/// Where the variance of what people answer comes from, in squared nats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceParts {
    /// Between people, explained by what is known of them.
    pub known: f64,
    /// Between people who are alike in what is known.
    pub own: f64,
    /// Of one person who is asked again.
    pub noise: f64,
}

impl VarianceParts {
    /// Share of what people want that is explained by what is known of them:
    /// `known / (known + own)`. `None` where all want the same.
    pub fn explained(&self) -> Option<f64> {
        let between = self.known + self.own;
        (between > 0.0).then(|| self.known / between)
    }

    /// Share of all variance that is between people.
    pub fn between(&self) -> f64 {
        (self.known + self.own) / (self.known + self.own + self.noise)
    }
}

/// Variance of the log-odds `d' beta` of a statement, averaged over statements with feature differences `d`:
///
/// ```text
/// known = mean_d d' Cov_a(Delta' z_a) d      own = mean_d d' V d      noise = pi^2 / 3
/// ```
///
/// With the unit vectors for `d`, `known` and `own` are the traces over the number of features.
///
/// # Shapes
/// `expected` `[person][feature]`, `Delta' z_a`: what a person is expected to want by what is known of them;
/// `covariance` `[feature][feature]`, V; `differences` `[statement][feature]`
///
/// # Errors
/// Nobody, no statements, rows of unequal lengths, or numbers that are not finite.
pub fn variance_parts(
    expected: &[Vec<f64>],
    covariance: &[Vec<f64>],
    differences: &[Vec<f64>],
) -> Result<VarianceParts, MeasureError> {
    some("people", expected)?;
    some("statements", differences)?;
    let width = covariance.len();
    for (what, rows) in
        [("person", expected), ("row of the covariance", covariance), ("statement", differences)]
    {
        if let Some(index) = rows.iter().position(|row| row.len() != width) {
            let found = rows[index].len();
            return Err(MeasureError::Length { what, index, expected: width, found });
        }
        check(what, "finite numbers", rows.iter().map(|row| row.iter().sum()), f64::is_finite)?;
    }
    let (mut known, mut own) = (0.0, 0.0);
    for d in differences {
        known += variance(expected.iter().map(|person| dot(person, d)).collect());
        own += covariance.iter().zip(d).map(|(row, x)| x * dot(row, d)).sum::<f64>();
    }
    let count = differences.len() as f64;
    Ok(VarianceParts { known: known / count, own: own / count, noise: LOGIT_NOISE })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Mean square around the mean.
fn variance(values: Vec<f64>) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_credit_card_customers() {
        // Held-out nats of one view, by age, income and gender, and by person (`datasets/bank_conjoint`).
        let found = disagreement_explained(0.5384, 0.5351, 0.4684).unwrap();
        assert!((found - 0.0471).abs() < 5e-5, "{found}");
        assert_eq!(disagreement_explained(0.5, 0.4, 0.5), None);
    }

    #[test]
    fn intervals_are_over_people() {
        let of = |i: u32| Losses {
            person: i / 4,
            pooled: 0.7,
            model: 0.6 + 0.1 * f64::from(i / 4 % 2),
            best: 0.5,
        };
        let statements: Vec<Losses> = (0..80).map(of).collect();
        let settings = Bootstrap::default();
        let found = disagreement_explained_of(&statements, &settings).unwrap().unwrap();
        assert!((found.value - 0.25).abs() < 1e-12 && found.clusters == 20, "{found:?}");
        // Half of 20 people have 0.5: standard error 0.25 / sqrt 20 = 0.056.
        assert!((found.high - found.low - 2.0 * 1.96 * 0.0559).abs() < 0.04, "{found:?}");
        assert!(disagreement_explained_of(&[], &settings).is_err());
        let broken = [Losses { person: 0, pooled: f64::INFINITY, model: 0.0, best: 0.0 }];
        assert!(disagreement_explained_of(&broken, &settings).is_err());
    }

    #[test]
    fn parts_by_hand() {
        let expected = [vec![1.0, 0.0], vec![-1.0, 0.0]];
        let covariance = [vec![2.0, 0.5], vec![0.5, 1.0]];
        let found =
            variance_parts(&expected, &covariance, &[vec![1.0, -1.0], vec![0.0, 2.0]]).unwrap();
        // d = (1, -1): known 1, own 2 + 1 - 1 = 2; d = (0, 2): known 0, own 4.
        assert_eq!((found.known, found.own), (0.5, 3.0));
        assert!((found.noise - 3.289_868_133_696_453).abs() < 1e-12);
        assert!((found.explained().unwrap() - 1.0 / 7.0).abs() < 1e-12);
        assert!((found.between() - 3.5 / (3.5 + LOGIT_NOISE)).abs() < 1e-12);
        let nobody = VarianceParts { known: 0.0, own: 0.0, noise: 1.0 };
        assert_eq!((nobody.explained(), nobody.between()), (None, 0.0));
        let error = variance_parts(&expected, &covariance, &[vec![1.0]]).unwrap_err().to_string();
        assert_eq!(error, "statement 0: expected 2 numbers, found 1");
    }
}
