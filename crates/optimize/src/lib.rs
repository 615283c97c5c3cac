//! From a learned reward to behaviour, and what that behaviour is truly worth.
//!
//! [`optimize`] takes rewards (saved models, or what the world pays) and a world, finds the policy that is
//! best for each, and values it by the true reward: between the policy that takes all actions alike and
//! the one optimized for the true reward by the same method. How is a [`Method`]: exactly, where the world
//! is a table; by proximal policy optimization; or as the best of n episodes.
//!
//! It wires what others do (`medley-policy`, `medley-ppo`, `medley-theory`, `medley-saved-model`) and
//! deliberately knows no experiment: a saved model is all that is needed of one.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod best_of_n;
mod error;
mod exact;
mod learned;
mod normalized;
mod optimize;
mod proxy;
mod spec;
mod summary;

pub use error::OptimizeError;
pub use optimize::{Optimized, Request, optimize};
pub use proxy::{NamedReward, learned_reward, true_reward};
pub use spec::{BestOfNOptions, Method, OptimizeSpec};
pub use summary::{figure, summary};
