//! How far is a learned reward from the true one, and what does it ask for?
//!
//! Measures are rows like any other, of the source [`TRUE_REWARD`], so that mixes, seeds, tables and
//! figures need not know that some people are simulated. What is known of the true reward decides which
//! there are: rewards of steps ([`told`]), or a world that is a table ([`table`]). Beside the model stand
//! a reward that is 0 everywhere ([`CHANCE`]) and the true one ([`BEST_POSSIBLE`], where it is that).

mod column;
mod judge;
mod measure;
mod table;
mod tested;
mod told;

pub(crate) use column::check_columns;
pub(crate) use judge::{bounds, judge_truth};
