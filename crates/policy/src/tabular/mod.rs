//! Exact solutions of tabular worlds.
//!
//! A value is a discounted sum of expected rewards from a state on; an action's value is that of the
//! state if the action is taken there first. Terminal states are worth 0. What is asked of a whole
//! process (a value, a regret) is the mean over its first states.

mod error;
mod evaluate;
mod newton;
mod occupancy;
mod optimal;
mod policy;
mod row;
mod scale;
mod soft;
mod system;
mod values;

#[cfg(test)]
mod fixture;

pub use error::SolveError;
pub use evaluate::{evaluate, value};
pub use newton::{Planned, plan, plan_from};
pub use occupancy::{occupancy, state_occupancy};
pub use optimal::{Optimal, optimal, soft_optimal};
pub use policy::{TabularPolicy, boltzmann, greedy};
pub use scale::Scale;
pub use soft::{Soft, soft_value_iteration};
pub use values::{Values, value_iteration};
