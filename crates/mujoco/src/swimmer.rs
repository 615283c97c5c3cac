//! Three links that are to swim, as Gymnasium's Swimmer-v5.

use crate::body::{Body, Noise, finite, reset, squares};
use crate::engine::Engine;
use medley_toml_file::{Problem, not_negative};
use medley_world::{Action, Actions, Step, World, WorldError};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `world.swimmer = {}`. Seen are the heading and the angles of two joints, then five velocities. The action
/// is two torques, clipped to ±1. The reward is the speed along x (m/s) less 0.0001 times the sum of the
/// squares of the action. It never ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Swimmer {
    /// What a metre per second is worth.
    pub forward_reward_weight: f64,
    /// What the sum of the squares of an action costs.
    pub ctrl_cost_weight: f64,
    /// How far first states are from the model's.
    pub reset_noise_scale: f64,
}

impl Default for Swimmer {
    fn default() -> Self {
        Self { forward_reward_weight: 1.0, ctrl_cost_weight: 1e-4, reset_noise_scale: 0.1 }
    }
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(include_str!("../assets/swimmer.xml"), 4));

const BODY: Body = Body {
    positions: &["x", "y", "heading", "first-joint", "second-joint"],
    velocities: &["x", "y", "heading", "first-joint", "second-joint"],
    unseen: 2,
    fastest: f64::INFINITY,
};

#[typetag::serde(name = "swimmer")]
impl World for Swimmer {
    fn summary(&self) -> &'static str {
        "three links that are to swim, as Gymnasium's Swimmer-v5 (MuJoCo)"
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
        let forward = self.forward_reward_weight * ((state[0] - at) / ENGINE.seconds());
        Ok(Step { reward: forward - self.ctrl_cost_weight * effort, terminated: false })
    }

    fn steps(&self) -> Option<u32> {
        Some(1000)
    }

    fn check(&self) -> Result<(), Problem> {
        finite("forward-reward-weight", self.forward_reward_weight)?;
        finite("ctrl-cost-weight", self.ctrl_cost_weight)?;
        not_negative("reset-noise-scale", self.reset_noise_scale)
    }
}
