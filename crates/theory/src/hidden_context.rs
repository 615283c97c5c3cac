//! What does Bradley-Terry learn when people's choices depend on something it cannot see?
//!
//! The Borda order, not the order of expected utility (Siththaranjan, Laidlaw and
//! Hadfield-Menell 2024, theorem 3.2 and the example of section 3). Items are points x of a grid
//! in [0, 1]. Below 0.8 their utility is x for everybody. From 0.8 on it is 2x for half of the
//! people and 0 for the other half, who stay hidden: the expected utility is x everywhere. As 2x
//! beats every lower item but 0 loses to it, an item above 0.8 wins half of its comparisons, and
//! the learned optimum is the last item *below* 0.8.
//!
//! Setting: grid `(i + 1/2) / points`; utilities of the two items drawn independently; equal
//! utilities are a tie that counts half; every pair of different items asked equally often, in
//! the population, so there is no sampling noise. The "irreducible" loss is the entropy of the
//! answer given the two items, *without* the hidden context: with it only the ties would be left.

use medley_evaluation::kendall_tau;
use serde::Serialize;

use crate::bradley_terry::{BradleyTerryError, fit_bradley_terry};
use crate::social_choice::{Preferences, argmax};

/// Where utility starts to depend on the hidden context.
const CONTESTED_FROM: f64 = 0.8;

/// The population optimum and what it orders by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HiddenContext {
    /// The items x, which are also their expected utilities.
    pub items: Vec<f64>,
    /// Borda score of each item over the others.
    pub borda: Vec<f64>,
    /// Bradley-Terry score of each item, mean 0.
    pub bradley_terry: Vec<f64>,
    /// Gradient norm at these scores.
    pub gradient_norm: f64,
    /// Kendall's tau of Bradley-Terry and Borda.
    pub tau_borda: f64,
    /// Kendall's tau of Bradley-Terry and expected utility.
    pub tau_expected_utility: f64,
    /// The item that Bradley-Terry puts first.
    pub best_by_bradley_terry: f64,
    /// The item with the largest expected utility.
    pub best_by_expected_utility: f64,
    /// Of Bradley-Terry, nats per comparison.
    pub negative_log_likelihood: f64,
    /// Entropy of the answers given the items, nats per comparison.
    pub irreducible: f64,
}

/// Fits Bradley-Terry to the population on a grid of `points` items.
///
/// # Errors
/// With fewer than 3 points no item is contested, and the scores have no finite optimum.
pub fn hidden_context(points: usize) -> Result<HiddenContext, HiddenContextError> {
    if points < 3 {
        return Err(HiddenContextError::Points { points });
    }
    let items: Vec<f64> = (0..points).map(|i| (i as f64 + 0.5) / points as f64).collect();
    let row = |x: &f64| items.iter().map(|y| hidden_context_probability(*x, *y)).collect();
    let wins = items.iter().map(row).collect();
    // Both directions sum over the same cases, so this can only fail by a mistake of ours.
    let preferences = Preferences::uniform(wins).expect("two directions of a pair sum to 1");
    let fit = fit_bradley_terry(&preferences, 1e-10)?;
    let borda = preferences.borda();
    let best = |scores: &[f64]| argmax(scores).map_or(f64::NAN, |i| items[i]);
    let tau = |scores: &[f64]| kendall_tau(&fit.scores, scores).unwrap_or(f64::NAN);
    Ok(HiddenContext {
        tau_borda: tau(&borda),
        tau_expected_utility: tau(&items),
        best_by_bradley_terry: best(&fit.scores),
        best_by_expected_utility: best(&items),
        negative_log_likelihood: preferences.cross_entropy(&fit.scores),
        irreducible: preferences.irreducible_entropy(),
        gradient_norm: fit.gradient_norm,
        bradley_terry: fit.scores,
        borda,
        items,
    })
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HiddenContextError {
    /// No item is contested.
    #[error("hidden context needs at least 3 points, or no item is contested: found {points}")]
    Points {
        /// As given.
        points: usize,
    },
    /// Bradley-Terry could not be fitted.
    #[error(transparent)]
    Fit(#[from] BradleyTerryError),
}

/// The share of people who prefer x to y: `E[1[u(x) > u(y)] + 1[u(x) = u(y)] / 2]` over independent draws.
pub fn hidden_context_probability(x: f64, y: f64) -> f64 {
    let [of_x, of_y] = [x, y].map(utilities);
    let cases = of_x.iter().flat_map(|a| of_y.iter().map(move |b| (a, b)));
    cases
        .map(|((u, p), (v, q))| {
            let credit = if u > v {
                1.0
            } else if u == v {
                0.5
            } else {
                0.0
            };
            p * q * credit
        })
        .sum()
}

/// Utilities with their probabilities.
fn utilities(x: f64) -> Vec<(f64, f64)> {
    if x < CONTESTED_FROM { vec![(x, 1.0)] } else { vec![(2.0 * x, 0.5), (0.0, 0.5)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_numbers_on_100_points() {
        let found = hidden_context(100).unwrap();
        let check = |name, got: f64, expect: f64| {
            assert!((got - expect).abs() < 5e-5, "{name}: {got} for {expect}");
        };
        check("tau with Borda", found.tau_borda, 1.0);
        check("tau with expected utility", found.tau_expected_utility, 0.6768);
        check("best by Bradley-Terry", found.best_by_bradley_terry, 0.795);
        check("best by expected utility", found.best_by_expected_utility, 0.995);
        check("negative log-likelihood", found.negative_log_likelihood, 0.4840);
        check("irreducible", found.irreducible, 0.2494);
        assert!(found.gradient_norm < 1e-10);
    }

    #[test]
    fn borda_approaches_its_closed_form() {
        // On U[0, 1]: x + 0.1 below 0.8, 0.275 + 0.25 x from there on.
        let found = hidden_context(200).unwrap();
        for (x, borda) in found.items.iter().zip(&found.borda) {
            let expect = if *x < 0.8 { x + 0.1 } else { 0.275 + 0.25 * x };
            assert!((borda - expect).abs() < 1.0 / 200.0, "{x}: {borda} for {expect}");
        }
    }

    #[test]
    fn nothing_is_contested_on_fewer_than_three_points() {
        for points in 0..3 {
            let error = hidden_context(points).unwrap_err();
            assert_eq!(error, HiddenContextError::Points { points });
        }
        assert_eq!(hidden_context(3).unwrap().items.len(), 3);
    }
}
