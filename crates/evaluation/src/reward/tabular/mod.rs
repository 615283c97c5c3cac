//! Which arrays describe a finite world: a reward, its dynamics, and which transitions matter?
//!
//! All are dense, `[state][action][next]` in one vector, since exact distances read every entry. They
//! are checked once, here, so that no measure has to ask again whether a number is finite or a row
//! sums to 1. Nothing here knows how a world is built or solved.

mod coverage;
mod model;
mod rewards;
mod shape;

pub use coverage::CoverageDistribution;
pub use model::TransitionModel;
pub use rewards::TabularReward;
pub use shape::{TabularError, TabularShape};

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
