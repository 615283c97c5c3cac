//! How does one step through a table? What grids and random processes share: a state is the number
//! of a state of the process.

use crate::world::discrete;
use crate::{Action, Mdp, World, WorldError};
use medley_random::pick;
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
        _ => pick(row.map(|(_, probability)| probability), rng),
    };
    let (to, _) = mdp.row(from, action).nth(nth).unwrap_or((from, 0.0));
    state[0] = to as f64;
    Ok(Move { reward: mdp.reward(from, action, nth), from })
}

/// Features of every action in every state of a world that is this table, `[state * actions + action]`.
pub fn table_features<'a>(
    world: &'a dyn World,
    mdp: &'a Mdp,
) -> impl Iterator<Item = Vec<f32>> + 'a {
    let width = world.feature_names().len();
    (0..mdp.states() * mdp.actions()).map(move |place| {
        let (state, action) = (place / mdp.actions(), place % mdp.actions());
        let mut row = vec![0.0; width];
        world.features(&[state as f64], Action::Discrete(action), &mut row);
        row
    })
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
