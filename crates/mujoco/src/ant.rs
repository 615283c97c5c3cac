//! Four legs that are to walk, as Gymnasium's Ant-v5.

use crate::body::{Body, Noise, finite, reset, squares};
use crate::engine::{Data, Engine};
use medley_toml_file::{Problem, not_negative};
use medley_world::{Action, Actions, Step, World, WorldError};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `world.ant = {}`. Seen are height, orientation (a quaternion) and eight joints, then fourteen velocities,
/// then what contacts do to each of thirteen bodies (torque and force, each number clipped to ±1). The action
/// is eight torques, clipped to ±1. The reward is the speed along x (m/s) of the torso, 1 for each step that
/// ends healthy, less 0.5 times the sum of the squares of the action and 0.0005 times that of the clipped
/// contacts. The episode ends where it is not healthy: with a torso below 0.2 m or above 1 m.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ant {
    /// What a metre per second is worth.
    pub forward_reward_weight: f64,
    /// What the sum of the squares of an action costs.
    pub ctrl_cost_weight: f64,
    /// What the sum of the squares of clipped contacts costs.
    pub contact_cost_weight: f64,
    /// What a step is worth that ends healthy.
    pub healthy_reward: f64,
    /// Whether an episode ends where it is not.
    pub terminate_when_unhealthy: bool,
    /// How far first states are from the model's.
    pub reset_noise_scale: f64,
}

impl Default for Ant {
    fn default() -> Self {
        Self {
            forward_reward_weight: 1.0,
            ctrl_cost_weight: 0.5,
            contact_cost_weight: 5e-4,
            healthy_reward: 1.0,
            terminate_when_unhealthy: true,
            reset_noise_scale: 0.1,
        }
    }
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(include_str!("../assets/ant.xml"), 5));

const BODY: Body = Body {
    positions: &[
        "x",
        "y",
        "z",
        "orientation-w",
        "orientation-x",
        "orientation-y",
        "orientation-z",
        "front-left-hip",
        "front-left-ankle",
        "front-right-hip",
        "front-right-ankle",
        "back-left-hip",
        "back-left-ankle",
        "back-right-hip",
        "back-right-ankle",
    ],
    velocities: &[
        "x",
        "y",
        "z",
        "roll",
        "pitch",
        "yaw",
        "front-left-hip",
        "front-left-ankle",
        "front-right-hip",
        "front-right-ankle",
        "back-left-hip",
        "back-left-ankle",
        "back-right-hip",
        "back-right-ankle",
    ],
    unseen: 2,
    fastest: f64::INFINITY,
};

/// Bodies of the model, of which the first is the ground.
const BODIES: usize = 14;
/// Where the torso was when forces were last computed, which is within the step: speed is by it.
const PLACE: usize = 2;
/// Numbers of a state beyond those of the engine.
const BEYOND: usize = PLACE + 6 * BODIES;

#[typetag::serde(name = "ant")]
impl World for Ant {
    fn summary(&self) -> &'static str {
        "four legs that are to walk, as Gymnasium's Ant-v5 (MuJoCo)"
    }

    fn state_width(&self) -> usize {
        ENGINE.state_width() + BEYOND
    }

    fn observation_names(&self) -> Vec<String> {
        let forces = ["torque-x", "torque-y", "torque-z", "force-x", "force-y", "force-z"];
        let of_body = |body: usize| forces.map(|force| format!("body-{body}-{force}"));
        BODY.names().into_iter().chain((1..BODIES).flat_map(of_body)).collect()
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        let (seen, contacts) = into.split_at_mut(into.len() - 6 * (BODIES - 1));
        BODY.observe(state, seen);
        let forces = &state[ENGINE.state_width() + PLACE + 6..];
        contacts.iter_mut().zip(forces).for_each(|(into, force)| *into = *force as f32);
    }

    fn actions(&self) -> Actions {
        ENGINE.actions()
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        let (own, beyond) = state.split_at_mut(ENGINE.state_width());
        let place = reset(&ENGINE, (self.reset_noise_scale, Noise::Normal), rng, own, place);
        beyond.fill(0.0); // as long as nothing has moved, no contact is known
        beyond[..PLACE].copy_from_slice(&place);
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let (own, beyond) = state.split_at_mut(ENGINE.state_width());
        let at = beyond[0];
        let effort = ENGINE.step(own, action, |data| {
            beyond[..PLACE].copy_from_slice(&place(data));
            let forces = data.cfrc_ext().iter().flatten();
            let known = beyond[PLACE..].iter_mut().zip(forces);
            known.for_each(|(known, force)| *known = force.clamp(-1.0, 1.0));
            squares(data.ctrl())
        })?;
        let healthy = is_healthy(own);
        let forward = self.forward_reward_weight * ((beyond[0] - at) / ENGINE.seconds());
        let alive = if healthy { self.healthy_reward } else { 0.0 };
        let contacts = self.contact_cost_weight * squares(&beyond[PLACE..]);
        let reward = forward + alive - (self.ctrl_cost_weight * effort + contacts);
        Ok(Step { reward, terminated: self.terminate_when_unhealthy && !healthy })
    }

    fn steps(&self) -> Option<u32> {
        Some(1000)
    }

    fn check(&self) -> Result<(), Problem> {
        finite("forward-reward-weight", self.forward_reward_weight)?;
        finite("ctrl-cost-weight", self.ctrl_cost_weight)?;
        finite("contact-cost-weight", self.contact_cost_weight)?;
        finite("healthy-reward", self.healthy_reward)?;
        not_negative("reset-noise-scale", self.reset_noise_scale)
    }
}

/// Where the torso is, in the plane.
fn place(data: &Data) -> [f64; PLACE] {
    let [x, y, _] = data.xpos()[1];
    [x, y]
}

/// A torso at a height of 0.2 to 1 m, and every number finite.
fn is_healthy(state: &[f64]) -> bool {
    let numbers = &state[..BODY.positions.len() + BODY.velocities.len()];
    numbers.iter().all(|number| number.is_finite()) && (0.2..=1.0).contains(&state[2])
}
