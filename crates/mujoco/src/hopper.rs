//! One leg that is to hop, as Gymnasium's Hopper-v5.

use crate::body::{Body, Noise, finite, reset, squares};
use crate::engine::Engine;
use medley_toml_file::{Problem, not_negative};
use medley_world::{Action, Actions, Step, World, WorldError};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `world.hopper = {}`. Seen are the height and angle of the trunk and the angles of three joints, then six
/// velocities, clipped to ±10. The action is three torques, clipped to ±1. The reward is the speed forward
/// (m/s), 1 for each step that ends upright, less 0.001 times the sum of the squares of the action. The
/// episode ends where it is not upright: below 0.7 m, or 0.2 rad from the vertical.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hopper {
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

impl Default for Hopper {
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
    LazyLock::new(|| Engine::new(include_str!("../assets/hopper.xml"), 4));

const BODY: Body = Body {
    positions: &["x", "z", "pitch", "thigh", "leg", "foot"],
    velocities: &["x", "z", "pitch", "thigh", "leg", "foot"],
    unseen: 1,
    fastest: 10.0,
};

#[typetag::serde(name = "hopper")]
impl World for Hopper {
    fn summary(&self) -> &'static str {
        "one leg that is to hop, as Gymnasium's Hopper-v5 (MuJoCo)"
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

/// Upright: high enough, within 0.2 rad, and nothing beyond the position along x out of (-100, 100).
fn is_healthy(state: &[f64]) -> bool {
    let bounded = |number: &f64| -100.0 < *number && *number < 100.0;
    let rest = &state[2..BODY.positions.len() + BODY.velocities.len()];
    rest.iter().all(bounded) && 0.7 < state[1] && -0.2 < state[2] && state[2] < 0.2
}
