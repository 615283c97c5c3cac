//! Which Bradley-Terry scores fit a population's preferences best?
//!
//! Implementations disagree because they stop early, on the change of the scores, or add
//! pseudo-counts. This one is Newton's method to a gradient norm, without a prior, and refuses
//! preferences whose optimum is infinite (Ford 1957) instead of returning where it stopped.

use medley_evaluation::strongly_connected;
use serde::Serialize;

use crate::linear_system::solve;
use crate::sigmoid::sigmoid;
use crate::social_choice::{Preferences, pairs};

/// The maximum-likelihood scores.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BradleyTerry {
    /// One per item, in log-odds, mean 0.
    pub scores: Vec<f64>,
    /// Euclidean norm of the gradient of the log-likelihood summed over pairs with their weights.
    pub gradient_norm: f64,
    /// Newton steps.
    pub iterations: usize,
}

/// Maximizes `sum over pairs of w_ij [P_ij ln s(r_i - r_j) + P_ji ln s(r_j - r_i)]`, s the
/// logistic function (Bradley and Terry 1952), until the gradient norm is at most `tolerance`.
///
/// # Errors
/// Some items never win, directly or over others, against the rest, so that no finite scores are
/// best; or Newton's method does not converge.
pub fn fit_bradley_terry(
    preferences: &Preferences,
    tolerance: f64,
) -> Result<BradleyTerry, BradleyTerryError> {
    check_connected(preferences)?;
    let mut scores = vec![0.0; preferences.items()];
    let mut norm = f64::INFINITY;
    for iterations in 0..MOST_STEPS {
        let (gradient, curvature) = derivatives(preferences, &scores);
        norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        if norm <= tolerance {
            return Ok(BradleyTerry { scores, gradient_norm: norm, iterations });
        }
        let Some(step) = solve(curvature, gradient) else {
            break;
        };
        scores = stepped(preferences, &scores, &step);
    }
    Err(BradleyTerryError::NotConverged { gradient_norm: norm, tolerance })
}

const MOST_STEPS: usize = 200;

/// Why there are no scores.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BradleyTerryError {
    /// The likelihood rises forever as two sets of items move apart.
    #[error(
        "item {loser} never beats item {winner}, directly or through others, so no finite scores are best"
    )]
    Unbounded {
        /// An item of the upper set, or of a set that was never compared.
        winner: usize,
        /// An item of the lower set.
        loser: usize,
    },
    /// The gradient stayed above the tolerance.
    #[error("the gradient norm stopped at {gradient_norm:e}, above {tolerance:e}")]
    NotConverged {
        /// Reached.
        gradient_norm: f64,
        /// Asked for.
        tolerance: f64,
    },
}

fn check_connected(preferences: &Preferences) -> Result<(), BradleyTerryError> {
    let items = preferences.items();
    let beaten_by = |i: usize| {
        let beats =
            |j: &usize| *j != i && preferences.weight(i, *j) * preferences.wins(i, *j) > 0.0;
        (0..items).filter(beats).collect()
    };
    let component = strongly_connected(&(0..items).map(beaten_by).collect::<Vec<_>>());
    // Arcs lead to higher components, so an item of component 0 is never beaten from another.
    let lower = component.iter().position(|number| *number > 0);
    match (component.iter().position(|number| *number == 0), lower) {
        (Some(winner), Some(loser)) => Err(BradleyTerryError::Unbounded { winner, loser }),
        _ => Ok(()),
    }
}

/// Gradient, and negative Hessian plus the all-ones matrix. The likelihood does not change when
/// all scores move together; the ones make the system definite and keep the mean of a step at 0.
fn derivatives(preferences: &Preferences, scores: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let items = scores.len();
    let mut gradient = vec![0.0; items];
    let mut curvature = vec![vec![1.0; items]; items];
    for (i, j) in pairs(items) {
        let (weight, d) = (preferences.weight(i, j), scores[i] - scores[j]);
        let (p, other) = (sigmoid(d), sigmoid(-d));
        // Both directions, as the two sum to 1 only up to rounding.
        let slope = weight * (preferences.wins(i, j) * other - preferences.wins(j, i) * p);
        let bend = weight * p * other;
        gradient[i] += slope;
        gradient[j] -= slope;
        curvature[i][i] += bend;
        curvature[j][j] += bend;
        curvature[i][j] -= bend;
        curvature[j][i] -= bend;
    }
    (gradient, curvature)
}

/// The second of [`derivatives`].
pub(crate) fn curvature(preferences: &Preferences, scores: &[f64]) -> Vec<Vec<f64>> {
    derivatives(preferences, scores).1
}

/// The full Newton step, halved while it lowers the likelihood: far from the optimum the
/// curvature vanishes and a full step overshoots.
fn stepped(preferences: &Preferences, scores: &[f64], step: &[f64]) -> Vec<f64> {
    let at = |scale: f64| -> Vec<f64> {
        scores.iter().zip(step).map(|(score, change)| score + scale * change).collect()
    };
    let now = preferences.cross_entropy(scores);
    // Near the optimum the likelihood is flat to rounding, and the full step is right.
    let allowed = now + 1e-12 * now.abs();
    let scales = (0..40).map(|halvings| 0.5_f64.powi(halvings));
    let mut candidates = scales.map(at);
    candidates
        .find(|candidate| preferences.cross_entropy(candidate) <= allowed)
        .unwrap_or_else(|| scores.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_scores(scores: &[f64]) -> Vec<Vec<f64>> {
        let row = |a: &f64| scores.iter().map(|b| sigmoid(a - b)).collect();
        scores.iter().map(row).collect()
    }

    #[test]
    fn recovers_scores_that_made_the_preferences() {
        let scores = [1.5, -0.5, 0.25, -1.25];
        let preferences = Preferences::uniform(from_scores(&scores)).unwrap();
        let fit = fit_bradley_terry(&preferences, 1e-12).unwrap();
        for (got, expect) in fit.scores.iter().zip(scores) {
            assert!((got - expect).abs() < 1e-10, "{fit:?}");
        }
    }

    #[test]
    fn two_items_have_a_closed_form_and_weights_matter() {
        let preferences = Preferences::uniform(vec![vec![0.5, 0.9], vec![0.1, 0.5]]).unwrap();
        let fit = fit_bradley_terry(&preferences, 1e-12).unwrap();
        assert!((fit.scores[0] - fit.scores[1] - 9.0_f64.ln()).abs() < 1e-10);
        // A cycle: the heavier a pair, the more of it is kept.
        let wins = vec![vec![0.5, 0.8, 0.2], vec![0.2, 0.5, 0.8], vec![0.8, 0.2, 0.5]];
        let fair = Preferences::uniform(wins.clone()).unwrap();
        let flat = fit_bradley_terry(&fair, 1e-12).unwrap();
        assert!(flat.scores.iter().all(|score| score.abs() < 1e-10));
        let heavy = vec![vec![0.0, 9.0, 1.0], vec![9.0, 0.0, 1.0], vec![1.0, 1.0, 0.0]];
        let fit = fit_bradley_terry(&Preferences::weighted(wins, heavy).unwrap(), 1e-12).unwrap();
        assert!(fit.scores[0] > fit.scores[1] + 0.5, "{fit:?}");
    }

    #[test]
    fn an_infinite_optimum_is_an_error() {
        let wins = vec![vec![0.5, 1.0, 1.0], vec![0.0, 0.5, 0.6], vec![0.0, 0.4, 0.5]];
        let error = fit_bradley_terry(&Preferences::uniform(wins).unwrap(), 1e-10).unwrap_err();
        assert_eq!(error, BradleyTerryError::Unbounded { winner: 0, loser: 1 });
    }
}
