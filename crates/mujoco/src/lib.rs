//! Bodies that run, hop and swim, as Gymnasium's MuJoCo worlds of version 5.
//!
//! The physics is MuJoCo's own, by `mujoco-rs`: a shared library that a build links against, which is why
//! all of this stands behind the feature `mujoco` and without it the crate is empty. `scripts/mujoco.sh`
//! fetches the library. Models, observations, rewards, ends and first states are those of Gymnasium 1.4.0;
//! docs/WORLDS.md says how closely.
//!
//! What MuJoCo keeps between two steps, and what whoever acts sees of it, is a slice of numbers as in every
//! other world: positions, velocities, and the accelerations that its solver begins the next step with.
//! They are copied into a workspace of the engine, moved, and copied back, so that a state can be saved,
//! restored and stepped from on any thread with the same bits.
#![cfg(feature = "mujoco")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ant;
mod body;
mod engine;
mod half_cheetah;
mod hopper;
mod swimmer;
mod walker2d;

pub use ant::Ant;
pub use half_cheetah::HalfCheetah;
pub use hopper::Hopper;
pub use swimmer::Swimmer;
pub use walker2d::Walker2d;
