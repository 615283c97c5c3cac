//! Two links of which only the joint between them is driven (Sutton 1996), as Gymnasium's Acrobot-v1
//! of version 1.4.0: the equations "of the book", one Runge-Kutta step.
//!
//! Gymnasium rounds a first state to f32 and computes in f64 from there; so does this.

use crate::world::{discrete, names};
use crate::{Action, Actions, Step, World, WorldError};
use medley_toml_file::{Problem, above_zero};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// `world.acrobot = {}`. State: angle of the first link (rad, 0 hangs down), angle of the second
/// relative to the first, both velocities (rad/s). Actions: a torque of -1, 0 or 1 N m. The reward is
/// -1 for each step, and 0 for the one that swings the tip a link's length above the pivot, where
/// it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Acrobot {
    /// Gravity, m/s².
    pub gravity: f64,
    /// Lengths of the links, m.
    pub lengths: [f64; 2],
    /// Masses of the links, kg.
    pub masses: [f64; 2],
    /// From the upper end of each link to its center of mass, m.
    pub centers: [f64; 2],
    /// Moment of inertia of each link, kg m².
    pub inertia: f64,
}

/// Seconds between two states.
const TIME_STEP: f64 = 0.2;
/// Bounds of the velocities, rad/s.
const FASTEST: [f64; 2] = [4.0 * PI, 9.0 * PI];

impl Default for Acrobot {
    fn default() -> Self {
        Self { gravity: 9.8, lengths: [1.0; 2], masses: [1.0; 2], centers: [0.5; 2], inertia: 1.0 }
    }
}

impl Acrobot {
    /// Velocities and accelerations in a state.
    fn derivatives(&self, state: [f64; 4], torque: f64) -> [f64; 4] {
        let Self { gravity: g, lengths: [l1, _], masses: [m1, m2], .. } = *self;
        let ([c1, c2], inertia) = (self.centers, self.inertia);
        let [first, second, v1, v2] = state;
        let (sin, cos) = (second.sin(), second.cos());
        let d1 =
            m1 * (c1 * c1) + m2 * (l1 * l1 + c2 * c2 + 2.0 * l1 * c2 * cos) + inertia + inertia;
        let d2 = m2 * (c2 * c2 + l1 * c2 * cos) + inertia;
        let phi2 = m2 * c2 * g * (first + second - PI / 2.0).cos();
        let phi1 = -m2 * l1 * c2 * (v2 * v2) * sin - 2.0 * m2 * l1 * c2 * v2 * v1 * sin
            + (m1 * c1 + m2 * l1) * g * (first - PI / 2.0).cos()
            + phi2;
        let a2 = (torque + d2 / d1 * phi1 - m2 * l1 * c2 * (v1 * v1) * sin - phi2)
            / (m2 * (c2 * c2) + inertia - d2 * d2 / d1);
        [v1, v2, -(d2 * a2 + phi1) / d1, a2]
    }

    /// One step of the classical Runge-Kutta method.
    fn after(&self, state: [f64; 4], torque: f64) -> [f64; 4] {
        let half = TIME_STEP / 2.0;
        let from = |slope: [f64; 4], time: f64| {
            self.derivatives(std::array::from_fn(|i| state[i] + time * slope[i]), torque)
        };
        let k1 = self.derivatives(state, torque);
        let k2 = from(k1, half);
        let k3 = from(k2, half);
        let k4 = from(k3, TIME_STEP);
        std::array::from_fn(|i| {
            state[i] + TIME_STEP / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
        })
    }
}

#[typetag::serde(name = "acrobot")]
impl World for Acrobot {
    fn summary(&self) -> &'static str {
        "two links to be swung up by their joint, as Gymnasium's Acrobot-v1"
    }

    fn state_width(&self) -> usize {
        4
    }

    fn observation_names(&self) -> Vec<String> {
        names(&["cosine-1", "sine-1", "cosine-2", "sine-2", "velocity-1", "velocity-2"])
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        let [first, second] = [state[0], state[1]];
        let seen = [first.cos(), first.sin(), second.cos(), second.sin(), state[2], state[3]];
        into.iter_mut().zip(seen).for_each(|(into, value)| *into = value as f32);
    }

    fn actions(&self) -> Actions {
        Actions::Discrete(3)
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state.fill_with(|| f64::from(rng.random_range(-0.1..0.1) as f32));
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let torque = discrete(action, 3)? as f64 - 1.0;
        let [first, second, v1, v2] = self.after([state[0], state[1], state[2], state[3]], torque);
        let next = [
            wrap(first),
            wrap(second),
            v1.clamp(-FASTEST[0], FASTEST[0]),
            v2.clamp(-FASTEST[1], FASTEST[1]),
        ];
        state.copy_from_slice(&next);
        let terminated = -next[0].cos() - (next[1] + next[0]).cos() > 1.0;
        Ok(Step { reward: if terminated { 0.0 } else { -1.0 }, terminated })
    }

    fn steps(&self) -> Option<u32> {
        Some(500)
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("gravity", self.gravity)?;
        above_zero("inertia", self.inertia)?;
        for (key, values) in
            [("lengths", self.lengths), ("masses", self.masses), ("centers", self.centers)]
        {
            values.iter().try_for_each(|&value| above_zero(key, value))?;
        }
        Ok(())
    }
}

/// An angle brought into [-π, π] by whole turns, one after the other as Gymnasium does. A state that
/// was reached by a step is less than three turns away, since velocities are bounded.
fn wrap(mut angle: f64) -> f64 {
    if angle.abs() > 64.0 {
        // A start of the caller's own: turn by turn would take for ever, or be endless.
        angle %= 2.0 * PI;
    }
    while angle > PI {
        angle -= 2.0 * PI;
    }
    while angle < -PI {
        angle += 2.0 * PI;
    }
    angle
}
