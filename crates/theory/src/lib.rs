//! What can a scalar reward learn from preferences, and what can it not?
//!
//! Exact results in plain `f64` Rust, without data and without a model: what a fitted reward becomes
//! when the people behind it want different things ([`hidden_context`], [`opposed_groups`]), how often it
//! can be right about them at best ([`pair_ceilings`]), what a
//! population prefers and which Bradley-Terry scores fit it best ([`Preferences`],
//! [`fit_bradley_terry`], [`tournament`] with standard errors), and what choosing by a proxy reward
//! yields, from samples ([`best_of_n`]) and over a finite set ([`best_of_n_policy`], [`gibbs`], with the
//! caution of an ensemble: [`Pessimism`]); and what a policy learns from preferences and thumbs without
//! a reward model ([`ImplicitReward`]: DPO, KTO).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod best_of_n;
mod bradley_terry;
mod finite_choice;
mod hidden_context;
mod implicit_reward;
mod linear_system;
mod logistic;
mod opposed_groups;
mod pair_ceiling;
mod preferred;
mod sigmoid;
mod social_choice;
mod tournament;

pub use best_of_n::{BestOfN, BestOfNError, best_of_n, best_of_n_curve, kl_best_of_n};
pub use bradley_terry::{BradleyTerry, BradleyTerryError, fit_bradley_terry};
pub use finite_choice::{FiniteChoiceError, FinitePolicy, Pessimism, best_of_n_policy, gibbs};
pub use hidden_context::{
    HiddenContext, HiddenContextError, hidden_context, hidden_context_probability,
};
pub use implicit_reward::{ImplicitReward, KtoWeights, LossAndSlope, bradley_terry_loss};
pub use opposed_groups::{OpposedGroups, OpposedGroupsError, OpposedGroupsResult, opposed_groups};
pub use pair_ceiling::{
    LengthCounts, PairCeilings, PairKind, PairKindError, Pets, length_ceilings, pair_ceilings, pets,
};
pub use preferred::{ImplicitRewardError, Preferred, Thumb};
pub use social_choice::{PreferenceError, Preferences, argmax};
pub use tournament::{Game, Strengths, tournament};
