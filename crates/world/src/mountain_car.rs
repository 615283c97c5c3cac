//! A car too weak for the hill it stands before (Moore 1990), as Gymnasium's MountainCar-v0 of
//! version 1.4.0.

use crate::world::{discrete, names};
use crate::{Action, Actions, Step, World, WorldError};
use medley_toml_file::{Problem, above_zero};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `world.mountain-car = {}`. State: position and velocity. Actions: 0 pushes left, 1 does nothing,
/// 2 pushes right. The reward is -1 for each step. It ends at position 0.5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MountainCar {
    /// What a push adds to the velocity.
    pub force: f64,
    /// How much the slope takes from it.
    pub gravity: f64,
}

const LEFT_WALL: f64 = -1.2;
const RIGHT_WALL: f64 = 0.6;
const GOAL: f64 = 0.5;
const FASTEST: f64 = 0.07;

impl Default for MountainCar {
    fn default() -> Self {
        Self { force: 0.001, gravity: 0.0025 }
    }
}

#[typetag::serde(name = "mountain-car")]
impl World for MountainCar {
    fn summary(&self) -> &'static str {
        "a car that has to gain momentum to climb a hill, as Gymnasium's MountainCar-v0"
    }

    fn state_width(&self) -> usize {
        2
    }

    fn observation_names(&self) -> Vec<String> {
        names(&["position", "velocity"])
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        into.iter_mut().zip(state).for_each(|(into, value)| *into = *value as f32);
    }

    fn actions(&self) -> Actions {
        Actions::Discrete(3)
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state[0] = rng.random_range(-0.6..-0.4);
        state[1] = 0.0;
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let push = discrete(action, 3)? as f64 - 1.0;
        let [mut position, mut velocity] = [state[0], state[1]];
        velocity += push * self.force + (3.0 * position).cos() * (-self.gravity);
        velocity = velocity.clamp(-FASTEST, FASTEST);
        position = (position + velocity).clamp(LEFT_WALL, RIGHT_WALL);
        if position == LEFT_WALL && velocity < 0.0 {
            velocity = 0.0;
        }
        state[0] = position;
        state[1] = velocity;
        Ok(Step { reward: -1.0, terminated: position >= GOAL && velocity >= 0.0 })
    }

    fn steps(&self) -> Option<u32> {
        Some(200)
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("force", self.force)?;
        above_zero("gravity", self.gravity)
    }
}
