//! Proximal policy optimization (Schulman et al. 2017) of a true or a learned reward.
//!
//! [`train`] learns a policy in any [`medley_world::World`], for the reward of a [`RewardSource`]: what
//! the world pays ([`TrueReward`]) or what a model says of the same steps. Worlds are lived through, and
//! networks updated, in plain loops over flat lists, since they are small: a tensor library took four
//! times as long. The same seed gives the same bits, whatever the number of threads, and after any
//! interruption.
//!
//! An end by the world and a cut at the limit are kept apart ([`advantages`]). A policy can be held near a
//! reference by a price on divergence ([`PpoOptions::kl`]).
//!
//! It deliberately knows no feedback, no saved model and no tables. It is a crate beside
//! `medley-policy`, which solves tables exactly and needs no tensor library.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checkpoint;
mod curve;
mod distribution;
mod error;
mod gae;
mod learned_policy;
mod learner;
mod loss;
mod minibatch;
mod moments;
mod network;
mod options;
mod pass;
mod product;
mod reward;
mod rollout;
mod stage;
mod tanh;
mod train;

pub use curve::CurvePoint;
pub use error::PpoError;
pub use gae::{Lived, advantages};
pub use learned_policy::{Acting, LearnedPolicy};
pub use learner::{Learner, Task};
pub use options::PpoOptions;
pub use reward::{RewardSource, Steps, TrueReward};
pub use stage::Stage;
pub use train::{Trained, train};
