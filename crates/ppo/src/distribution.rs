//! What does a policy do, given the outputs of its network?

use crate::network::Head;
use medley_random::{normal, pick};
use medley_world::Action;
use rand_chacha::ChaCha8Rng;

/// `ln(2 pi) / 2`.
pub(crate) const HALF_LOG_TAU: f32 = 0.918_938_5;

/// The distribution over actions in one state.
pub(crate) enum Distribution {
    /// Log-probability of each action.
    Discrete(Vec<f32>),
    /// Means and log standard deviations.
    Continuous { means: Vec<f32>, log_sds: Vec<f32> },
}

impl Distribution {
    /// From what the network says and the numbers beside it.
    pub fn new(head: &Head, outputs: Vec<f32>, log_sds: &[f32]) -> Self {
        match head {
            Head::Discrete(_) => Self::Discrete(log_softmax(outputs)),
            Head::Continuous { .. } => {
                Self::Continuous { means: outputs, log_sds: log_sds.to_vec() }
            }
        }
    }

    /// Draws a choice: the number of an action, or numbers in units of the policy.
    pub fn draw(&self, rng: &mut ChaCha8Rng, choice: &mut [f32]) {
        match self {
            Self::Discrete(log_probabilities) => {
                let probabilities = log_probabilities.iter().map(|log| f64::from(*log).exp());
                choice[0] = pick(probabilities, rng) as f32;
            }
            Self::Continuous { means, log_sds } => {
                for ((choice, mean), log_sd) in choice.iter_mut().zip(means).zip(log_sds) {
                    *choice = mean + log_sd.exp() * normal(rng) as f32;
                }
            }
        }
    }

    /// The likeliest choice; of equal ones the first.
    pub fn mode(&self, choice: &mut [f32]) {
        match self {
            Self::Discrete(log_probabilities) => {
                let mut best = 0;
                for (number, value) in log_probabilities.iter().enumerate() {
                    if *value > log_probabilities[best] {
                        best = number;
                    }
                }
                choice[0] = best as f32;
            }
            Self::Continuous { means, .. } => choice.copy_from_slice(means),
        }
    }

    /// Log-probability of a choice, or its log-density in units of the policy, nats.
    pub fn log_probability(&self, choice: &[f32]) -> f32 {
        match self {
            Self::Discrete(log_probabilities) => log_probabilities[choice[0] as usize],
            Self::Continuous { means, log_sds } => {
                let one = |((x, mean), log_sd): ((&f32, &f32), &f32)| {
                    -0.5 * ((x - mean) / log_sd.exp()).powi(2) - log_sd - HALF_LOG_TAU
                };
                choice.iter().zip(means).zip(log_sds).map(one).sum()
            }
        }
    }

    /// Adds the slopes of `by[0] * log_probability(choice) + by[1] * entropy` by what the network says to
    /// `outputs`, and by the numbers beside it to `sds`.
    pub fn slopes(&self, choice: &[f32], by: [f32; 2], outputs: &mut [f32], sds: &mut [f32]) {
        let [by_choice, by_entropy] = by;
        match self {
            Self::Discrete(logs) => {
                let entropy: f32 = -logs.iter().map(|log| log.exp() * log).sum::<f32>();
                for (slope, log) in outputs.iter_mut().zip(logs) {
                    *slope -= log.exp() * (by_choice + by_entropy * (log + entropy));
                }
                outputs[choice[0] as usize] += by_choice;
            }
            Self::Continuous { means, log_sds } => {
                for (i, choice) in choice.iter().enumerate() {
                    let sd = log_sds[i].exp();
                    let off = (choice - means[i]) / sd;
                    outputs[i] += by_choice * off / sd;
                    sds[i] += by_choice * (off * off - 1.0) + by_entropy;
                }
            }
        }
    }

    /// `KL(self || other)`, nats.
    ///
    /// # Panics
    /// The other is over other actions.
    pub fn kl(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Discrete(own), Self::Discrete(other)) => {
                let one = |(p, q): (&f32, &f32)| f64::from(*p).exp() * f64::from(p - q);
                own.iter().zip(other).map(one).sum()
            }
            (
                Self::Continuous { means, log_sds },
                Self::Continuous { means: other_means, log_sds: other_sds },
            ) => {
                let one = |i: usize| {
                    let wider = f64::from(other_sds[i] - log_sds[i]);
                    let off = f64::from(means[i] - other_means[i]) / f64::from(other_sds[i]).exp();
                    wider + ((-2.0 * wider).exp() + off * off - 1.0) / 2.0
                };
                (0..means.len()).map(one).sum()
            }
            _ => panic!("two policies of one world have the same kind of actions"),
        }
    }
}

fn log_softmax(mut logits: Vec<f32>) -> Vec<f32> {
    let best = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = logits.iter().map(|logit| (logit - best).exp()).sum();
    let shift = best + total.ln();
    logits.iter_mut().for_each(|logit| *logit -= shift);
    logits
}

/// A choice as an action of the world, within its bounds where it has some.
pub(crate) fn action<'a>(head: &Head, choice: &[f32], room: &'a mut [f64]) -> Action<'a> {
    match head {
        Head::Discrete(_) => Action::Discrete(choice[0] as usize),
        Head::Continuous { middle, half, low, high } => {
            for (i, room) in room.iter_mut().enumerate() {
                let wanted = middle[i] + half[i] * f64::from(choice[i]);
                *room = wanted.max(low[i]).min(high[i]);
            }
            Action::Continuous(room)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_random::stream;

    #[test]
    fn draws_are_as_frequent_as_probable() {
        let of = Distribution::new(&Head::Discrete(3), vec![0.0, 1.0, -1.0], &[]);
        let rng = &mut stream(0, "test");
        let (mut counts, mut choice) = ([0.0; 3], [0.0]);
        for _ in 0..20_000 {
            of.draw(rng, &mut choice);
            counts[choice[0] as usize] += 1.0 / 20_000.0;
        }
        for (number, share) in counts.iter().enumerate() {
            let expected = f64::from(of.log_probability(&[number as f32])).exp();
            // Five standard errors.
            assert!((share - expected).abs() < 0.018, "{number}: {share} {expected}");
        }
    }

    #[test]
    fn divergences_by_hand() {
        let coin = |p: f32| Distribution::Discrete(vec![p.ln(), (1.0 - p).ln()]);
        let check = |found: f64, expect: f64| assert!((found - expect).abs() < 1e-6, "{found}");
        check(coin(0.5).kl(&coin(0.25)), 0.5 * 2.0_f64.ln() + 0.5 * (2.0_f64 / 3.0).ln());
        check(coin(0.3).kl(&coin(0.3)), 0.0);
        let bell =
            |mean, sd: f32| Distribution::Continuous { means: vec![mean], log_sds: vec![sd.ln()] };
        // ln 2 + (1 + 9) / 8 - 1/2.
        check(bell(3.0, 1.0).kl(&bell(0.0, 2.0)), 2.0_f64.ln() + 0.75);
        let density = f64::from(bell(1.0, 2.0).log_probability(&[3.0]));
        check(density, -0.5 - 2.0_f64.ln() - f64::from(HALF_LOG_TAU));
    }
}
