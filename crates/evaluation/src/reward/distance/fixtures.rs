//! Random worlds and rewards for tests.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::reward::tabular::{CoverageDistribution, TabularReward, TabularShape, TransitionModel};

/// A world with coverage and rewards.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub shape: TabularShape,
    pub model: TransitionModel,
    pub coverage: CoverageDistribution,
    pub rewards: [TabularReward; 3],
    pub potential: Vec<f64>,
    pub discount: f64,
}

/// A world of the size, its dynamics and coverage sparse in part, drawn by the seed.
pub(super) fn world(states: usize, actions: usize, seed: u64) -> World {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shape = TabularShape { states, actions };
    let mut some = |count: usize, spread: f64| -> Vec<f64> {
        (0..count).map(|_| spread * (rng.random::<f64>() - 0.5)).collect()
    };
    let count = states * actions * states;
    let rewards = [some(count, 2.0), some(count, 20.0), some(count, 0.1)]
        .map(|values| TabularReward::new(shape, values).unwrap());
    let potential = some(states, 8.0);
    let discount = 0.98 * (some(1, 1.0)[0] + 0.5);
    let rows = some(count, 1.0);
    let model = rows.chunks(states).flat_map(|row| weights(row, 0.1)).collect();
    let [over, of_states, of_actions] = [
        weights(&some(count, 1.0), 0.4),
        weights(&some(states, 1.0), 0.5),
        weights(&some(actions, 1.0), 0.5),
    ];
    World {
        shape,
        model: TransitionModel::new(shape, model).unwrap(),
        coverage: CoverageDistribution::new(shape, over, of_states, of_actions).unwrap(),
        rewards,
        potential,
        discount,
    }
}

/// Draws in [-0.5, 0.5] as a distribution; those below `-least` have probability 0.
fn weights(draws: &[f64], least: f64) -> Vec<f64> {
    let raw: Vec<f64> = draws.iter().map(|draw| (draw + least).max(0.0)).collect();
    let sum: f64 = raw.iter().sum();
    if sum == 0.0 {
        return vec![1.0 / draws.len() as f64; draws.len()];
    }
    raw.iter().map(|weight| weight / sum).collect()
}

/// `scale R + gamma Phi(s') - Phi(s) + shift`.
pub(super) fn changed(of: &TabularReward, world: &World, scale: f64, shift: f64) -> TabularReward {
    let World { potential, discount, .. } = world;
    let value = |s, a, n| scale * of.at(s, a, n) + discount * potential[n] - potential[s] + shift;
    TabularReward::from_fn(of.shape(), value).unwrap()
}

pub(super) fn worlds() -> impl Strategy<Value = World> {
    (2..7_usize, 2..4_usize, any::<u64>())
        .prop_map(|(states, actions, seed)| world(states, actions, seed))
}
