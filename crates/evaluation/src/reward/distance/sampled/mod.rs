//! How far are two rewards in a world that is too large for tables?
//!
//! States and actions are numbers of rows in the caller's own tables, and a reward is a function from a
//! batch of transitions to a number each, so that a network is asked in batches and nothing here knows
//! what a state is. Both rewards are averaged over the *same* draws. Potentials then cancel exactly and
//! not just on average; what sampling leaves is noise in what the rewards differ by.

mod asked;
mod dard;
mod epic;
mod starc;

pub use asked::{SampleError, TabularTransition};
pub use dard::{DardSample, sampled_dard};
pub use epic::{EpicSample, sampled_epic};
pub use starc::{RolloutPair, StarcSample, sampled_starc};
