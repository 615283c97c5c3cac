//! A policy on the way of optimization, and when its numbers are none.

use serde::{Deserialize, Serialize};

/// A policy on the way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimizedPolicy {
    /// `KL(policy || initial)`, nats.
    pub kl: f64,
    /// Its mean reward, proxy or gold.
    pub reward: f64,
}

pub(super) fn check(index: usize, kl: f64, reward: f64) -> Result<(), OveroptimizationError> {
    if !(kl.is_finite() && kl >= 0.0) {
        return Err(OveroptimizationError::Kl { index, kl });
    }
    if !reward.is_finite() {
        return Err(OveroptimizationError::Reward { index, reward });
    }
    Ok(())
}

/// Why there is no curve.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum OveroptimizationError {
    /// A divergence is not one.
    #[error("policy {index} has a KL of {kl}: at least 0 nats, and finite")]
    Kl {
        /// From 0.
        index: usize,
        /// What it is.
        kl: f64,
    },
    /// A reward is NaN or infinite.
    #[error("policy {index} has a reward of {reward}")]
    Reward {
        /// From 0.
        index: usize,
        /// NaN or an infinity.
        reward: f64,
    },
    /// The reward of the initial policy is NaN or infinite.
    #[error("the initial policy has a reward of {reward}")]
    Initial {
        /// NaN or an infinity.
        reward: f64,
    },
    /// Two policies at one distance cannot be told apart.
    #[error("two policies have a KL of {kl}: take the mean over seeds first")]
    SameKl {
        /// Of both.
        kl: f64,
    },
    /// A curve of two numbers has to go through two places.
    #[error("there have to be policies at two different distances above 0")]
    TooFew,
}
