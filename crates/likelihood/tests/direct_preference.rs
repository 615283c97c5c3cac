//! Is DPO over a finite choice set Bradley-Terry on its implicit reward?
//!
//! Rafailov et al. (2023), *Direct preference optimization*, equation 7: the loss of a pair is
//! `-log sigmoid(b u_w - b u_l)` with `u = log pi - log pi_ref`. With softmax policies over a
//! finite set both are plain numbers, so the loss is computed here in scalar arithmetic and
//! compared with [`comparison::bradley_terry`] at `r = b u`.
#![allow(clippy::unwrap_used)]

mod support;

use medley_likelihood::{choice, comparison};
use support::{plain, values};

const POLICY: [f64; 4] = [0.3, -1.2, 2.0, 0.7];
const REFERENCE: [f64; 4] = [0.0, 0.5, 1.0, -0.5];
const B: f64 = 0.1;

fn log_policy(logits: &[f64; 4], chosen: usize) -> f64 {
    let total: f64 = logits.iter().map(|x| x.exp()).sum();
    (logits[chosen].exp() / total).ln()
}

fn dpo_loss(winner: usize, loser: usize) -> f64 {
    let u = |y| log_policy(&POLICY, y) - log_policy(&REFERENCE, y);
    -(1.0 / (1.0 + (-B * (u(winner) - u(loser))).exp())).ln()
}

fn bradley_terry_loss(difference: f64) -> f64 {
    -values(comparison::bradley_terry(plain(&[difference], [1, 1])))[0]
}

/// `u` of every response, from the tensor functions of this crate.
fn log_ratios() -> Vec<f64> {
    let mask = || plain(&[1.0; 4], [1, 4]);
    let policy = choice::boltzmann(plain(&POLICY, [1, 1, 4]), mask());
    let reference = choice::boltzmann(plain(&REFERENCE, [1, 1, 4]), mask());
    values(policy - reference)
}

#[test]
fn dpo_is_bradley_terry_on_the_implicit_reward() {
    let reward: Vec<f64> = log_ratios().iter().map(|u| B * u).collect();
    for (winner, loser) in [(0, 1), (1, 0), (2, 3), (3, 1), (0, 2)] {
        let expected = dpo_loss(winner, loser);
        let found = bradley_terry_loss(reward[winner] - reward[loser]);
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}

#[test]
fn partition_functions_cancel() {
    // The same from unnormalized logits, as a constant shift of all returns.
    let reward = |y: usize| B * (POLICY[y] - REFERENCE[y]);
    let found = bradley_terry_loss(reward(2) - reward(1));
    assert!((found - dpo_loss(2, 1)).abs() < 1e-12);
}
