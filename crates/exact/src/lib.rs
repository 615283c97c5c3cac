//! Experiments with a known answer: computed, compared with the published number, drawn. They have
//! no dataset and nothing to train.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod exact;

pub use error::ExactError;
pub use exact::{
    BestOfN, Exact, ExactFinding, ExactOutcome, ExactSpec, HiddenContext, OpposedGroups, run_exact,
};
