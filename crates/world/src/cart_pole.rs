//! A pole on a cart that is pushed left or right (Barto, Sutton and Anderson 1983), as Gymnasium's
//! CartPole-v1: state, order of operations and ends are those of version 1.4.0, so that a step gives
//! the same numbers as there to rounding.

use crate::world::{discrete, names};
use crate::{Action, Actions, Step, World, WorldError};
use medley_toml_file::{Problem, above_zero};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `world.cart-pole = {}`. State: position of the cart (m), its velocity (m/s), angle of the pole
/// (rad, 0 is upright), angular velocity (rad/s). Actions: 0 pushes left, 1 right. The reward is 1
/// for each step, the last one too. It ends beyond 2.4 m or 12 degrees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CartPole {
    /// Gravity, m/s².
    pub gravity: f64,
    /// Mass of the cart, kg.
    pub cart_mass: f64,
    /// Mass of the pole, kg.
    pub pole_mass: f64,
    /// Half the length of the pole, m.
    pub half_length: f64,
    /// Force of a push, N.
    pub force: f64,
    /// Seconds between two states.
    pub time_step: f64,
}

/// Position of the cart at which it has left the track, m.
const TRACK: f64 = 2.4;
/// Angle at which the pole has fallen: 12 degrees in radians.
const FALLEN: f64 = 12.0 * 2.0 * std::f64::consts::PI / 360.0;

impl Default for CartPole {
    fn default() -> Self {
        Self {
            gravity: 9.8,
            cart_mass: 1.0,
            pole_mass: 0.1,
            half_length: 0.5,
            force: 10.0,
            time_step: 0.02,
        }
    }
}

#[typetag::serde(name = "cart-pole")]
impl World for CartPole {
    fn summary(&self) -> &'static str {
        "a pole on a cart that is pushed left or right, as Gymnasium's CartPole-v1"
    }

    fn state_width(&self) -> usize {
        4
    }

    fn observation_names(&self) -> Vec<String> {
        names(&["position", "velocity", "angle", "angular-velocity"])
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        into.iter_mut().zip(state).for_each(|(into, value)| *into = *value as f32);
    }

    fn actions(&self) -> Actions {
        Actions::Discrete(2)
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state.fill_with(|| rng.random_range(-0.05..0.05));
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let force = if discrete(action, 2)? == 1 { self.force } else { -self.force };
        let total_mass = self.pole_mass + self.cart_mass;
        let pole_moment = self.pole_mass * self.half_length;
        let [x, speed, angle, turning] = [state[0], state[1], state[2], state[3]];
        let (sin, cos) = (angle.sin(), angle.cos());
        let push = (force + pole_moment * (turning * turning) * sin) / total_mass;
        let angular = (self.gravity * sin - cos * push)
            / (self.half_length * (4.0 / 3.0 - self.pole_mass * (cos * cos) / total_mass));
        let linear = push - pole_moment * angular * cos / total_mass;
        // Euler: positions move with the old velocities.
        state[0] = x + self.time_step * speed;
        state[1] = speed + self.time_step * linear;
        state[2] = angle + self.time_step * turning;
        state[3] = turning + self.time_step * angular;
        let terminated =
            !(-TRACK..=TRACK).contains(&state[0]) || !(-FALLEN..=FALLEN).contains(&state[2]);
        Ok(Step { reward: 1.0, terminated })
    }

    fn steps(&self) -> Option<u32> {
        Some(500)
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("gravity", self.gravity)?;
        above_zero("cart-mass", self.cart_mass)?;
        above_zero("pole-mass", self.pole_mass)?;
        above_zero("half-length", self.half_length)?;
        above_zero("force", self.force)?;
        above_zero("time-step", self.time_step)
    }
}
