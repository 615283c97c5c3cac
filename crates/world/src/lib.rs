//! Worlds whose true reward is known.
//!
//! With people alone nobody knows the reward that they answer by. Here it is known: a [`World`] pays
//! each step, and what is learned from simulated answers can be compared with that. Classic control
//! ([`CartPole`], [`MountainCar`], [`Pendulum`], [`Acrobot`]) follows Gymnasium step by step;
//! [`Grid`] has the published grids; [`RandomMdp`] and [`LinearReward`] are drawn by a seed. A
//! world that is a table says so ([`World::mdp`]), and `medley-policy` solves it.
//!
//! [`collect`] lives through a world under a [`Mixture`] of policies, and [`to_dataset`] makes a
//! dataset of the episodes, with true rewards. Episodes from outside are such a dataset already
//! (`medley import d4rl`): nothing here reads them.
//!
//! It deliberately knows no tensors, no model, and no people.
//!
//! ```
//! use medley_world::{Collection, Cut, Mixture, Pendulum, Uniform, collect, to_dataset};
//! let world = Pendulum::default();
//! let uniform = Uniform::of(&world);
//! let ten = Collection { episodes: 10, limit: None, seed: 0 };
//! let episodes = collect(&world, &Mixture::of(&uniform), &ten)?;
//! let cut = Cut::Every { length: 50, stride: 50 };
//! let dataset = to_dataset(&world, &episodes, cut, "pendulum")?;
//! assert_eq!(dataset.segments().len(), 40);
//! let rewards = dataset.segments().true_rewards().expect("they are known");
//! assert!(rewards.iter().all(|&reward| reward <= 0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod acrobot;
mod action;
mod cart_pole;
mod episode;
mod error;
mod generator;
mod grid;
mod linear_reward;
mod mdp;
mod mdp_parts;
mod mountain_car;
mod pendulum;
mod policy;
mod random_mdp;
mod segment;
mod tabular;
mod to_dataset;
mod world;

pub use acrobot::Acrobot;
pub use action::{Action, Actions};
pub use cart_pole::CartPole;
pub use episode::{Collection, End, Episode, collect};
pub use error::WorldError;
pub use generator::Generator;
pub use grid::{Grid, GridOptions, Preset};
pub use linear_reward::{LinearReward, LinearRewardOptions};
pub use mdp::Mdp;
pub use mdp_parts::{MdpParts, Rewards};
pub use medley_random::stream;
pub use mountain_car::MountainCar;
pub use pendulum::Pendulum;
pub use policy::{Hold, Mixture, NowAndThen, Policy, Seen, Uniform};
pub use random_mdp::{RandomMdp, RandomMdpOptions, RewardOf, Start};
pub use segment::{Cut, Window};
pub use tabular::table_features;
pub use to_dataset::{
    ACTIONS, END, STATES, STEPS_LEFT, TERMINATED, ToDatasetError, dataset_of, to_dataset,
};
pub use world::{Step, World};
