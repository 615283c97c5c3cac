//! A pendulum to be swung up and held there, as Gymnasium's Pendulum-v1 of version 1.4.0.

use crate::world::{continuous, names};
use crate::{Action, Actions, Step, World, WorldError};
use medley_toml_file::{Problem, above_zero};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// `world.pendulum = {}`. State: angle (rad, 0 is upright) and angular velocity (rad/s); seen are
/// cosine, sine and velocity. The action is a torque, clipped to ±2 N m. The reward is what the step
/// costs before it is taken, negative: angle² + 0.1 velocity² + 0.001 torque². It never ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pendulum {
    /// Gravity, m/s².
    pub gravity: f64,
    /// Mass, kg.
    pub mass: f64,
    /// Length, m.
    pub length: f64,
    /// Seconds between two states.
    pub time_step: f64,
}

const STRONGEST: f64 = 2.0;
const FASTEST: f64 = 8.0;

impl Default for Pendulum {
    fn default() -> Self {
        Self { gravity: 10.0, mass: 1.0, length: 1.0, time_step: 0.05 }
    }
}

#[typetag::serde(name = "pendulum")]
impl World for Pendulum {
    fn summary(&self) -> &'static str {
        "a pendulum to be swung up by a torque, as Gymnasium's Pendulum-v1"
    }

    fn state_width(&self) -> usize {
        2
    }

    fn observation_names(&self) -> Vec<String> {
        names(&["cosine", "sine", "angular-velocity"])
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        into[0] = state[0].cos() as f32;
        into[1] = state[0].sin() as f32;
        into[2] = state[1] as f32;
    }

    fn actions(&self) -> Actions {
        Actions::Continuous { low: vec![-STRONGEST], high: vec![STRONGEST] }
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state[0] = rng.random_range(-PI..PI);
        state[1] = rng.random_range(-1.0..1.0);
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let torque = continuous(action, 1)?[0].clamp(-STRONGEST, STRONGEST);
        let [angle, velocity] = [state[0], state[1]];
        let from_top = wrap(angle);
        let cost = from_top * from_top + 0.1 * (velocity * velocity) + 0.001 * (torque * torque);
        let pull = 3.0 * self.gravity / (2.0 * self.length) * angle.sin();
        let push = 3.0 / (self.mass * (self.length * self.length)) * torque;
        let faster = velocity + (pull + push) * self.time_step;
        state[1] = faster.clamp(-FASTEST, FASTEST);
        state[0] = angle + state[1] * self.time_step;
        Ok(Step { reward: -cost, terminated: false })
    }

    fn steps(&self) -> Option<u32> {
        Some(200)
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("gravity", self.gravity)?;
        above_zero("mass", self.mass)?;
        above_zero("length", self.length)?;
        above_zero("time-step", self.time_step)
    }
}

/// An angle brought into [-π, π), with the remainder that Python's `%` gives.
fn wrap(angle: f64) -> f64 {
    (angle + PI).rem_euclid(2.0 * PI) - PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_wrap() {
        for (angle, expect) in
            [(0.5, 0.5), (3.5, 3.5 - 2.0 * PI), (-3.5, 2.0 * PI - 3.5), (PI, -PI)]
        {
            assert!((wrap(angle) - expect).abs() < 1e-15, "{angle}");
        }
    }

    #[test]
    fn a_torque_beyond_its_bounds_is_clipped_and_paid_for_as_clipped() {
        let step = |torque: f64| {
            let mut state = [2.0, 0.5];
            let rng = &mut crate::stream(0, "never used");
            let step = Pendulum::default().step(&mut state, Action::Continuous(&[torque]), rng);
            (state, step)
        };
        assert_eq!(step(50.0), step(2.0));
        assert_ne!(step(1.9), step(2.0));
    }
}
