//! Two legs that are to walk in a plane, as Gymnasium's Walker2d-v5.

use crate::body::{Body, Noise, finite, reset, squares};
use crate::engine::Engine;
use medley_toml_file::{Problem, not_negative};
use medley_world::{Action, Actions, Step, World, WorldError};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `world.walker2d = {}`. Seen are the height and angle of the trunk and the angles of six joints, then nine
/// velocities, clipped to ±10. The action is six torques, clipped to ±1. The reward is the speed forward
/// (m/s), 1 for each step that ends upright, less 0.001 times the sum of the squares of the action. The
/// episode ends where it is not upright: out of 0.8 to 2 m, or 1 rad from the vertical.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Walker2d {
    /// What a metre per second is worth.
    pub forward_reward_weight: f64,
    /// What the sum of the squares of an action costs.
    pub ctrl_cost_weight: f64,
    /// What a step is worth that ends upright.
    pub healthy_reward: f64,
    /// Whether an episode ends where it is not.
    pub terminate_when_unhealthy: bool,
    /// How far first states are from the model's.
    pub reset_noise_scale: f64,
}

impl Default for Walker2d {
    fn default() -> Self {
        Self {
            forward_reward_weight: 1.0,
            ctrl_cost_weight: 1e-3,
            healthy_reward: 1.0,
            terminate_when_unhealthy: true,
            reset_noise_scale: 5e-3,
        }
    }
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(include_str!("../assets/walker2d_v5.xml"), 4));

const BODY: Body = Body {
    positions: &[
        "x",
        "z",
        "pitch",
        "right-thigh",
        "right-leg",
        "right-foot",
        "left-thigh",
        "left-leg",
        "left-foot",
    ],
    velocities: &[
        "x",
        "z",
        "pitch",
        "right-thigh",
        "right-leg",
        "right-foot",
        "left-thigh",
        "left-leg",
        "left-foot",
    ],
    unseen: 1,
    fastest: 10.0,
};

#[typetag::serde(name = "walker2d")]
impl World for Walker2d {
    fn summary(&self) -> &'static str {
        "two legs that are to walk in a plane, as Gymnasium's Walker2d-v5 (MuJoCo)"
    }

    fn state_width(&self) -> usize {
        ENGINE.state_width()
    }

    fn observation_names(&self) -> Vec<String> {
        BODY.names()
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        BODY.observe(state, into);
    }

    fn actions(&self) -> Actions {
        ENGINE.actions()
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        reset(&ENGINE, (self.reset_noise_scale, Noise::Uniform), rng, state, |_| ());
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let at = state[0];
        let effort = ENGINE.step(state, action, |data| squares(data.ctrl()))?;
        let healthy = is_healthy(state);
        let forward = self.forward_reward_weight * ((state[0] - at) / ENGINE.seconds());
        let alive = if healthy { self.healthy_reward } else { 0.0 };
        let reward = forward + alive - self.ctrl_cost_weight * effort;
        Ok(Step { reward, terminated: self.terminate_when_unhealthy && !healthy })
    }

    fn steps(&self) -> Option<u32> {
        Some(1000)
    }

    fn check(&self) -> Result<(), Problem> {
        finite("forward-reward-weight", self.forward_reward_weight)?;
        finite("ctrl-cost-weight", self.ctrl_cost_weight)?;
        finite("healthy-reward", self.healthy_reward)?;
        not_negative("reset-noise-scale", self.reset_noise_scale)
    }
}

/// Upright: neither too low nor too high, and within 1 rad.
fn is_healthy(state: &[f64]) -> bool {
    0.8 < state[1] && state[1] < 2.0 && -1.0 < state[2] && state[2] < 1.0
}
