//! A policy that was learned, as worlds and whoever collects episodes know policies.

use crate::distribution::{Distribution, action};
use crate::moments::Moments;
use crate::network::Network;
use crate::pass::run;
use medley_world::{Action, Policy, Seen};
use rand_chacha::ChaCha8Rng;

/// How a policy acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// By chance, as it learned.
    Drawn,
    /// The likeliest action always.
    Likeliest,
}

/// A policy with its weights, and how it sees.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnedPolicy {
    pub(crate) network: Network,
    pub(crate) parameters: Vec<f32>,
    pub(crate) eyes: Moments,
    pub(crate) acting: Acting,
}

impl LearnedPolicy {
    /// The same policy, acting in another way.
    pub fn acting(self, acting: Acting) -> Self {
        Self { acting, ..self }
    }

    /// All weights, in the order of the networks: policy, values, log standard deviations.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// What the critic says of a state, in units of the reward that was optimized (of the scaled one,
    /// where rewards are normalized), by an observation as the world writes it.
    ///
    /// # Panics
    /// The observation is of another width.
    pub fn value(&self, observation: &[f32]) -> f64 {
        let mut seen = vec![0.0; observation.len()];
        self.eyes.see(observation, &mut seen);
        f64::from(run(&self.network.values, &self.parameters, &seen)[0])
    }

    /// `KL(self || other)` of what the two would do, given observations as the world writes them, nats,
    /// `[row]`.
    ///
    /// # Shapes
    /// `observations` `[row, observation]`
    ///
    /// # Panics
    /// The policies are of worlds with other observations or actions.
    pub fn divergences(&self, other: &Self, observations: &[f32]) -> Vec<f64> {
        let pairs =
            self.distributions(observations).into_iter().zip(other.distributions(observations));
        pairs.map(|(own, other)| own.kl(&other)).collect()
    }

    /// What it would do, given observations as the world writes them, `[row, observation]`.
    pub(crate) fn distributions(&self, observations: &[f32]) -> Vec<Distribution> {
        let mut seen = vec![0.0; observations.len()];
        let width = self.network.inputs;
        let rows = observations.chunks_exact(width).zip(seen.chunks_exact_mut(width));
        rows.for_each(|(observation, seen)| self.eyes.see(observation, seen));
        decide(&self.network, &self.parameters, &seen)
    }
}

/// What a policy does, given what it sees through its eyes, `[row, observation]`.
pub(crate) fn decide(network: &Network, parameters: &[f32], seen: &[f32]) -> Vec<Distribution> {
    let outputs = run(&network.policy, parameters, seen);
    let log_sds = &parameters[network.log_sds.clone()];
    let of = |row: &[f32]| Distribution::new(&network.head, row.to_vec(), log_sds);
    outputs.chunks_exact(network.head.outputs()).map(of).collect()
}

impl Policy for LearnedPolicy {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        let distribution = self.distributions(seen.observation).swap_remove(0);
        let mut choice = vec![0.0; self.network.head.width()];
        match self.acting {
            Acting::Drawn => distribution.draw(rng, &mut choice),
            Acting::Likeliest => distribution.mode(&mut choice),
        }
        action(&self.network.head, &choice, room)
    }
}
