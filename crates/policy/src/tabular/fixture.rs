//! Processes for tests, the smallest that show what is meant.

use super::TabularPolicy;
use medley_world::{
    Mdp, MdpParts, RandomMdp, RandomMdpOptions, RewardOf, Rewards, Start, World, stream,
};
use rand::RngExt;

/// One state, and an action for each reward.
pub fn bandit(rewards: &[f64], discount: f64) -> Mdp {
    Mdp::new(MdpParts {
        actions: rewards.len(),
        discount,
        start: vec![1.0],
        terminal: vec![false],
        transitions: vec![vec![(0, 1.0)]; rewards.len()],
        rewards: Rewards::StateAction(rewards.to_vec()),
    })
    .unwrap()
}

fn chain_parts(states: usize, discount: f64) -> MdpParts {
    let row = |place: usize| {
        let (state, action) = (place / 2, place % 2);
        vec![((state + action).min(states - 1) as u32, 1.0)]
    };
    let rewards = (0..states).map(|state| f64::from(u8::from(state + 1 == states))).collect();
    MdpParts {
        actions: 2,
        discount,
        start: (0..states).map(|state| f64::from(u8::from(state == 0))).collect(),
        terminal: vec![false; states],
        transitions: (0..2 * states).map(row).collect(),
        rewards: Rewards::State(rewards),
    }
}

/// Action 0 stays, action 1 moves on; the last state pays 1 a step.
pub fn chain(states: usize, discount: f64) -> Mdp {
    Mdp::new(chain_parts(states, discount)).unwrap()
}

/// The last state is terminal, and the step that moves there pays 1.
pub fn ended_chain(states: usize, discount: f64) -> Mdp {
    let mut parts = chain_parts(states, discount);
    parts.terminal[states - 1] = true;
    let mut rewards = vec![0.0; 2 * states];
    rewards[2 * (states - 2) + 1] = 1.0;
    // Whatever stands at a terminal state is not read.
    rewards[2 * states - 1] = 99.0;
    parts.rewards = Rewards::StateAction(rewards);
    Mdp::new(parts).unwrap()
}

/// A start in the middle of a chain: what lies before it is not reached.
pub fn unreachable() -> Mdp {
    let mut parts = chain_parts(5, 0.9);
    parts.start = vec![0.0, 0.0, 1.0, 0.0, 0.0];
    Mdp::new(parts).unwrap()
}

/// Twelve states, three actions, four next states.
pub fn random(seed: u64, discount: f64) -> Mdp {
    let options = RandomMdpOptions {
        states: 12,
        actions: 3,
        branching: 4,
        seed,
        reward: RewardOf::StateAction,
        start: Start::Uniform,
        discount,
        ..Default::default()
    };
    RandomMdp::new(options).unwrap().mdp().unwrap()
}

/// Any policy.
pub fn random_policy(mdp: &Mdp, seed: u64) -> TabularPolicy {
    let rng = &mut stream(seed, "policy");
    let row = |_| {
        let weights: Vec<f64> = (0..mdp.actions()).map(|_| rng.random::<f64>()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(move |weight| weight / sum).collect::<Vec<_>>()
    };
    let probabilities = (0..mdp.states()).flat_map(row).collect();
    TabularPolicy::new(mdp, probabilities).unwrap()
}
