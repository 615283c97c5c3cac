//! How does one step through a table? What grids and random processes share: a state is the number
//! of a state of the process.

use crate::world::discrete;
use crate::{Action, Mdp, WorldError};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A transition that was drawn.
pub(crate) struct Move {
    pub reward: f64,
    /// The state that was left.
    pub from: usize,
}

/// Moves on by a table; draws only where more than one state can follow.
pub(crate) fn step(
    mdp: &Mdp,
    state: &mut [f64],
    action: Action<'_>,
    rng: &mut ChaCha8Rng,
) -> Result<Move, WorldError> {
    let action = discrete(action, mdp.actions())?;
    let from = state[0] as usize;
    let row = mdp.row(from, action);
    let nth = match row.len() {
        1 => 0,
        _ => draw(row.map(|(_, probability)| probability), rng),
    };
    let (to, _) = mdp.row(from, action).nth(nth).unwrap_or((from, 0.0));
    state[0] = to as f64;
    Ok(Move { reward: mdp.reward(from, action, nth), from })
}

/// A place, with these probabilities. What rounding leaves of their sum falls to the last that is
/// possible.
pub(crate) fn draw(probabilities: impl Iterator<Item = f64>, rng: &mut ChaCha8Rng) -> usize {
    let mut rest: f64 = rng.random();
    let mut last = 0;
    for (place, probability) in probabilities.enumerate() {
        if probability > 0.0 {
            last = place;
            rest -= probability;
            if rest < 0.0 {
                break;
            }
        }
    }
    last
}

/// Names of the states as columns, one of which is 1.
pub(crate) fn state_names(states: usize) -> Vec<String> {
    (0..states).map(|state| format!("state-{state}")).collect()
}

/// Writes the column of a state.
pub(crate) fn observe(state: &[f64], into: &mut [f32]) {
    into.fill(0.0);
    into[state[0] as usize] = 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_as_often_as_they_are_likely() {
        let probabilities = [0.5, 0.0, 0.2, 0.3, 0.0];
        let mut counts = [0; 5];
        let rng = &mut crate::stream(3, "draws");
        (0..10_000).for_each(|_| counts[draw(probabilities.into_iter(), rng)] += 1);
        for (count, probability) in counts.into_iter().zip(probabilities) {
            let sd = (10_000.0 * probability * (1.0 - probability)).sqrt();
            assert!((f64::from(count) - 10_000.0 * probability).abs() <= 4.0 * sd, "{counts:?}");
        }
    }

    #[test]
    fn what_rounding_leaves_falls_to_the_last_that_is_possible() {
        let rng = &mut crate::stream(0, "draws");
        for _ in 0..100 {
            assert_eq!(draw([0.0, 1e-12, 0.0].into_iter(), rng), 1);
        }
    }
}
