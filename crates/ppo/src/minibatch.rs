//! Which steps of a rollout are learned from at once, and as what?

use crate::network::Network;
use crate::rollout::Rollout;

/// Steps to learn from, with advantages as they enter the loss.
pub(crate) struct Minibatch {
    /// `[step, observation]`, as the networks see them.
    pub seen: Vec<f32>,
    /// `[step, choice]`: the number of an action, or numbers in units of the policy.
    pub choices: Vec<f32>,
    /// Under the policy that acted, nats, `[step]`.
    pub log_probabilities: Vec<f32>,
    /// `[step]`.
    pub advantages: Vec<f32>,
    /// What values are fitted to, `[step]`.
    pub returns: Vec<f32>,
}

impl Minibatch {
    /// Some rows of a rollout, with advantages of mean 0 and standard deviation 1.
    pub fn of(network: &Network, rollout: &Rollout, advantages: &[f64], rows: &[usize]) -> Self {
        let pick = |values: &[f32], width: usize| -> Vec<f32> {
            rows.iter().flat_map(|row| &values[row * width..][..width]).copied().collect()
        };
        let count = rows.len() as f64;
        let mean = rows.iter().map(|row| advantages[*row]).sum::<f64>() / count;
        let squares: f64 = rows.iter().map(|row| (advantages[*row] - mean).powi(2)).sum();
        let sd = (squares / (count - 1.0).max(1.0)).sqrt();
        let scaled = |row: &usize| ((advantages[*row] - mean) / (sd + 1e-8)) as f32;
        let told = |row: &usize| (advantages[*row] + f64::from(rollout.values[*row])) as f32;
        Self {
            seen: pick(&rollout.seen, network.inputs),
            choices: pick(&rollout.choices, network.head.width()),
            log_probabilities: pick(&rollout.log_probabilities, 1),
            advantages: rows.iter().map(scaled).collect(),
            returns: rows.iter().map(told).collect(),
        }
    }
}
