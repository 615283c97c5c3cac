//! Half a cheetah that is to run, as Gymnasium's HalfCheetah-v5.

use crate::body::{Body, Noise, finite, reset, squares};
use crate::engine::Engine;
use medley_toml_file::{Problem, not_negative};
use medley_world::{Action, Actions, Step, World, WorldError};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `world.half-cheetah = {}`. Seen are the height and angle of the trunk and the angles of six joints, then
/// nine velocities. The action is six torques, clipped to ±1. The reward is the speed forward (m/s) less 0.1
/// times the sum of the squares of the action. It never ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HalfCheetah {
    /// What a metre per second is worth.
    pub forward_reward_weight: f64,
    /// What the sum of the squares of an action costs.
    pub ctrl_cost_weight: f64,
    /// How far first states are from the model's.
    pub reset_noise_scale: f64,
}

impl Default for HalfCheetah {
    fn default() -> Self {
        Self { forward_reward_weight: 1.0, ctrl_cost_weight: 0.1, reset_noise_scale: 0.1 }
    }
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(include_str!("../assets/half_cheetah.xml"), 5));

const BODY: Body = Body {
    positions: &[
        "x",
        "z",
        "pitch",
        "back-thigh",
        "back-shin",
        "back-foot",
        "front-thigh",
        "front-shin",
        "front-foot",
    ],
    velocities: &[
        "x",
        "z",
        "pitch",
        "back-thigh",
        "back-shin",
        "back-foot",
        "front-thigh",
        "front-shin",
        "front-foot",
    ],
    unseen: 1,
    fastest: f64::INFINITY,
};

#[typetag::serde(name = "half-cheetah")]
impl World for HalfCheetah {
    fn summary(&self) -> &'static str {
        "half a cheetah that is to run, as Gymnasium's HalfCheetah-v5 (MuJoCo)"
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
        reset(&ENGINE, (self.reset_noise_scale, Noise::Normal), rng, state, |_| ());
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
