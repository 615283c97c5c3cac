//! How far are two canonical rewards, once both are of unit length?

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::reward::tabular::TabularShape;

/// How far two rewards are from each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardDistance {
    /// In [0, 1], without unit: 0 for rewards that differ by potentials and scale only, 1 for a reward
    /// and its negative.
    pub distance: f64,
    /// Whether the first and the second make all policies as good. One that does is at 1/2 from one
    /// that does not.
    pub trivial: [bool; 2],
}

/// A reward in canonical form.
pub(crate) struct Canonical {
    /// One for each place that the distance is about.
    pub values: Vec<f64>,
    /// What counts as nothing: the size of rounding errors in `values`.
    pub rounding: f64,
}

/// Rounding errors of a canonical reward, relative to the largest number that it was made from.
pub(crate) const ROUNDING: f64 = 1e-12;

/// Half the weighted L2 distance of two lists after each is divided by its own norm.
///
/// # Shapes
/// `weights`: as the values, summing to 1.
pub(crate) fn half_distance(
    first: &Canonical,
    second: &Canonical,
    weights: &[f64],
) -> Result<RewardDistance, RewardDistanceError> {
    let first = unit(first, weights).ok_or(RewardDistanceError::Overflow(Which::First))?;
    let second = unit(second, weights).ok_or(RewardDistanceError::Overflow(Which::Second))?;
    let squares = first.0.iter().zip(&second.0).zip(weights).map(|((x, y), w)| w * (x - y).powi(2));
    let distance = (squares.sum::<f64>().sqrt() / 2.0).min(1.0);
    Ok(RewardDistance { distance, trivial: [first.1, second.1] })
}

/// As [`half_distance`], after subtracting the weighted mean: `sqrt((1 - rho) / 2)` of Pearson's rho.
pub(crate) fn pearson_distance(
    mut first: Canonical,
    mut second: Canonical,
    weights: &[f64],
) -> Result<RewardDistance, RewardDistanceError> {
    for canonical in [&mut first, &mut second] {
        let mean: f64 = canonical.values.iter().zip(weights).map(|(value, w)| value * w).sum();
        canonical.values.iter_mut().for_each(|value| *value -= mean);
    }
    half_distance(&first, &second, weights)
}

/// The list at norm 1, or zeros and `true` where it is nothing but rounding; `None` where a number
/// has overflowed.
fn unit(canonical: &Canonical, weights: &[f64]) -> Option<(Vec<f64>, bool)> {
    let Canonical { values, rounding } = canonical;
    if values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    // What has no weight must not set the scale.
    let counted = || values.iter().zip(weights).filter(|(_, w)| **w > 0.0);
    let peak = counted().fold(0.0, |most: f64, (value, _)| most.max(value.abs()));
    // Squares of numbers around 1 neither overflow nor vanish.
    let relative: f64 = counted().map(|(value, w)| w * (value / peak).powi(2)).sum();
    let norm = peak * relative.sqrt();
    if peak == 0.0 || norm <= *rounding {
        return Some((vec![0.0; values.len()], true));
    }
    Some((values.iter().map(|value| value / norm).collect(), false))
}

/// Rewards and worlds have to be of one shape.
pub(crate) fn check_shapes(
    first: TabularShape,
    others: &[(&'static str, TabularShape)],
) -> Result<(), RewardDistanceError> {
    let differs = others.iter().find(|(_, shape)| *shape != first);
    differs.map_or(Ok(()), |&(name, found)| {
        Err(RewardDistanceError::Shapes { name, expected: first, found })
    })
}

/// A discount in `[0, 1]`, or below 1 where values of endless behaviour are needed.
pub(crate) fn check_discount(discount: f64, below_1: bool) -> Result<(), RewardDistanceError> {
    let fits = (0.0..=1.0).contains(&discount) && !(below_1 && discount == 1.0);
    let allowed = if below_1 { "[0, 1)" } else { "[0, 1]" };
    if fits { Ok(()) } else { Err(RewardDistanceError::Discount { discount, allowed }) }
}

/// One of two rewards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// As given first.
    First,
    /// As given second.
    Second,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Which::First { "first" } else { "second" })
    }
}

/// Why two rewards have no distance.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RewardDistanceError {
    /// Something is about another world.
    #[error(
        "the first reward is of {} states and {} actions, {name} of {} and {}",
        expected.states, expected.actions, found.states, found.actions
    )]
    Shapes {
        /// What differs.
        name: &'static str,
        /// Shape of the first reward.
        expected: TabularShape,
        /// Its shape.
        found: TabularShape,
    },
    /// The discount cannot be used.
    #[error("the discount has to be in {allowed}, found {discount}")]
    Discount {
        /// Given.
        discount: f64,
        /// An interval.
        allowed: &'static str,
    },
    /// Rewards are so large that sums of them are infinite.
    #[error("the {0} reward is too large: its canonical form is infinite")]
    Overflow(Which),
}
