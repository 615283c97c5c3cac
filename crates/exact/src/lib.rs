//! Experiments with a known answer: computed, or fitted to simulated answers, compared with the
//! published number, drawn. They have no dataset and no reward model.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod exact;
mod run;

pub use error::ExactError;
pub use exact::{
    BestOfN, Exact, ExactFinding, ExactOutcome, ExactSpec, HiddenContext, OpposedGroups,
};
pub use run::{plot_exact, run_exact};
