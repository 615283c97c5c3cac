//! In which direction does the loss of an update fall? The clipped surrogate (Schulman et al. 2017).
//!
//! ```text
//! ratio = exp(ln policy(action) - ln old(action))
//! loss  = mean of -min(ratio A, clip(ratio, 1 - c, 1 + c) A)
//!       + value * mean of (V - return)^2 / 2 - entropy * mean entropy
//! ```

use crate::PpoOptions;
use crate::distribution::Distribution;
use crate::minibatch::Minibatch;
use crate::network::Network;
use crate::pass::Pass;

/// Gradient of the loss, in the order of the parameters.
pub(crate) fn gradient(
    network: &Network,
    parameters: &[f32],
    batch: &Minibatch,
    options: &PpoOptions,
) -> Vec<f32> {
    let mut gradient = vec![0.0; network.parameter_count()];
    let share = 1.0 / batch.advantages.len() as f32;
    let policy = Pass::new(&network.policy, parameters, &batch.seen);
    let mut slopes = vec![0.0; policy.outputs.len()];
    let log_sds = &parameters[network.log_sds.clone()];
    let outputs = policy.outputs.chunks_exact(network.head.outputs());
    let rows = outputs.zip(slopes.chunks_exact_mut(network.head.outputs()));
    let choices = batch.choices.chunks_exact(network.head.width());
    for (row, ((outputs, slopes), choice)) in rows.zip(choices).enumerate() {
        let of = Distribution::new(&network.head, outputs.to_vec(), log_sds);
        let ratio = (of.log_probability(choice) - batch.log_probabilities[row]).exp();
        let by_choice = surrogate_slope(ratio, batch.advantages[row], options.clip as f32);
        let by_entropy = -(options.entropy as f32);
        let sds = &mut gradient[network.log_sds.clone()];
        of.slopes(choice, [by_choice * share, by_entropy * share], slopes, sds);
    }
    policy.pull(slopes, &mut gradient);
    let values = Pass::new(&network.values, parameters, &batch.seen);
    let miss = values.outputs.iter().zip(&batch.returns).map(|(value, told)| value - told);
    let weight = options.value as f32 * share;
    values.pull(miss.map(|miss| miss * weight).collect(), &mut gradient);
    gradient
}

/// Derivative of `-min(ratio A, clip(ratio) A)` by the log-probability: none where the clip has the lower
/// one, so that going on would gain nothing.
fn surrogate_slope(ratio: f32, advantage: f32, clip: f32) -> f32 {
    let near = ratio.clamp(1.0 - clip, 1.0 + clip);
    match near * advantage < ratio * advantage {
        true => 0.0,
        false => -ratio * advantage,
    }
}

#[cfg(test)]
#[path = "loss_tests.rs"]
mod tests;
