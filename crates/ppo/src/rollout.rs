//! What happens in worlds side by side, a number of steps long?
//!
//! An episode that ends is followed by the first state of the next one within the same row; no step is
//! spent on it, and none leads from one episode into another. What the last state of an episode is worth
//! is asked before that.

use crate::PpoError;
use crate::distribution::{Distribution, action};
use crate::learned_policy::decide;
use crate::moments::Moments;
use crate::network::Network;
use crate::pass::run;
use medley_random::stream;
use medley_world::World;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Where the worlds stand between two rollouts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Worlds {
    /// `[world, state]`.
    pub states: Vec<f64>,
    /// Steps of the episode under way, `[world]`.
    pub steps: Vec<u32>,
}

impl Worlds {
    /// Each in a first state.
    pub fn new(world: &dyn World, count: usize, seed: u64) -> Self {
        let width = world.state_width();
        let mut states = vec![0.0; count * width];
        for (number, state) in states.chunks_exact_mut(width.max(1)).enumerate() {
            world.reset(&mut stream(seed, &format!("ppo start, world {number}")), state);
        }
        Self { states, steps: vec![0; count] }
    }
}

/// Steps of several worlds, row `t * worlds + world`.
#[derive(Debug, Default)]
pub(crate) struct Rollout {
    /// `[row, observation]`, as the world writes it.
    pub observations: Vec<f32>,
    /// `[row, observation]`, as the networks see it.
    pub seen: Vec<f32>,
    /// `[row, choice]`.
    pub choices: Vec<f32>,
    /// Of these, nats, `[row]`.
    pub log_probabilities: Vec<f32>,
    /// Of the state before each step, `[row]`.
    pub values: Vec<f32>,
    /// Of the state that it led to; 0 if the world ended the episode there, `[row]`.
    pub next_values: Vec<f32>,
    /// Whether an episode ended with it, `[row]`.
    pub ended: Vec<bool>,
    /// What a reward model reads of it, `[row, feature]`.
    pub features: Vec<f32>,
    /// What the world paid, `[row]`.
    pub true_rewards: Vec<f64>,
}

/// Who acts, and where.
pub(crate) struct Scene<'a> {
    pub world: &'a dyn World,
    pub network: &'a Network,
    pub parameters: &'a [f32],
    pub eyes: &'a Moments,
    /// After how many steps an episode is cut off.
    pub limit: u32,
    pub seed: u64,
    /// Number of the rollout; each world of each rollout has a random stream of its own, so that no
    /// position of a stream need be kept.
    pub update: u64,
    /// Steps of each world before this rollout, for messages.
    pub before: u64,
}

impl Scene<'_> {
    /// Moves all worlds on by `steps` steps.
    pub fn live(&self, worlds: &mut Worlds, steps: usize) -> Result<Rollout, PpoError> {
        let count = worlds.steps.len();
        let purpose = |number| format!("ppo rollout {}, world {number}", self.update);
        let mut streams: Vec<ChaCha8Rng> =
            (0..count).map(|number| stream(self.seed, &purpose(number))).collect();
        let mut rollout = Rollout::default();
        for step in 0..steps {
            let decided = self.decide(worlds, step, &mut rollout)?;
            for (number, (rng, distribution)) in streams.iter_mut().zip(&decided).enumerate() {
                let at = At { world: number, step: self.before + step as u64 };
                self.step(worlds, at, distribution, rng, &mut rollout)?;
            }
        }
        self.look_ahead(worlds, &mut rollout)?;
        Ok(rollout)
    }

    /// What is to be done in each world; all are asked about at once.
    fn decide(
        &self,
        worlds: &Worlds,
        step: usize,
        rollout: &mut Rollout,
    ) -> Result<Vec<Distribution>, PpoError> {
        let from = rollout.seen.len();
        let width = self.world.state_width();
        for world in 0..worlds.steps.len() {
            let at = At { world, step: self.before + step as u64 };
            let (observed, seen) = self.see(&worlds.states[world * width..][..width], at)?;
            rollout.observations.extend(observed);
            rollout.seen.extend(seen);
        }
        let seen = &rollout.seen[from..];
        rollout.values.extend(run(&self.network.values, self.parameters, seen));
        Ok(decide(self.network, self.parameters, seen))
    }

    fn step(
        &self,
        worlds: &mut Worlds,
        at: At,
        distribution: &Distribution,
        rng: &mut ChaCha8Rng,
        rollout: &mut Rollout,
    ) -> Result<(), PpoError> {
        let width = self.world.state_width();
        let state = &mut worlds.states[at.world * width..][..width];
        let mut choice = vec![0.0; self.network.head.width()];
        distribution.draw(rng, &mut choice);
        let mut room = vec![0.0; choice.len()];
        let action = action(&self.network.head, &choice, &mut room);
        let mut features = vec![0.0; self.world.feature_names().len()];
        self.world.features(state, action, &mut features);
        let taken = self.world.step(state, action, rng)?;
        at.finite("the true reward", taken.reward)?;
        state.iter().try_for_each(|value| at.finite("the state after it", *value))?;
        let steps = &mut worlds.steps[at.world];
        *steps += 1;
        let is_cut = !taken.terminated && *steps >= self.limit;
        // Of a state that the episode goes on from, the value is that of the next row.
        let next_value = if is_cut { self.value(&self.see(state, at)?.1) } else { 0.0 };
        if taken.terminated || is_cut {
            self.world.reset(rng, state);
            *steps = 0;
        }
        rollout.log_probabilities.push(distribution.log_probability(&choice));
        rollout.choices.extend(choice);
        rollout.next_values.push(next_value);
        rollout.ended.push(taken.terminated || is_cut);
        rollout.features.extend(features);
        rollout.true_rewards.push(taken.reward);
        Ok(())
    }

    /// Values of next states within episodes: those of the next row, or of where the worlds stand.
    fn look_ahead(&self, worlds: &Worlds, rollout: &mut Rollout) -> Result<(), PpoError> {
        let (count, rows) = (worlds.steps.len(), rollout.values.len());
        let width = self.world.state_width();
        for row in (0..rows).filter(|row| !rollout.ended[*row]) {
            rollout.next_values[row] = match rollout.values.get(row + count) {
                Some(value) => *value,
                None => {
                    let number = row % count;
                    let at = At { world: number, step: self.before + (row / count) as u64 };
                    self.value(&self.see(&worlds.states[number * width..][..width], at)?.1)
                }
            };
        }
        Ok(())
    }

    /// What the world writes of a state, and what the networks see of that.
    fn see(&self, state: &[f64], at: At) -> Result<(Vec<f32>, Vec<f32>), PpoError> {
        let mut observed = vec![0.0; self.network.inputs];
        self.world.observe(state, &mut observed);
        observed.iter().try_for_each(|value| at.finite("what is seen", f64::from(*value)))?;
        let mut seen = vec![0.0; observed.len()];
        self.eyes.see(&observed, &mut seen);
        Ok((observed, seen))
    }

    fn value(&self, seen: &[f32]) -> f32 {
        run(&self.network.values, self.parameters, seen)[0]
    }
}

/// Where a number comes from.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub world: usize,
    pub step: u64,
}

impl At {
    pub fn finite(self, what: &'static str, value: f64) -> Result<(), PpoError> {
        match value.is_finite() {
            true => Ok(()),
            false => Err(PpoError::NotFinite { what, world: self.world, step: self.step, value }),
        }
    }
}
