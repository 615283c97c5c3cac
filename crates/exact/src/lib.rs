//! Experiments with a known answer: computed, or fitted to simulated answers, compared with the
//! published number, drawn. They have no dataset and no reward model; one reads a table of answers that
//! others have analysed.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod exact;
mod hierarchical_logit;
mod pluralism;
mod run;

pub use error::ExactError;
pub use exact::{
    BestOfN, Exact, ExactFinding, ExactOutcome, ExactSpec, HiddenContext, OpposedGroups,
};
pub use hierarchical_logit::HierarchicalLogit;
pub use pluralism::{DistributionalContext, LengthUsers, MaxMin, Pets, Spammers};
pub use run::{plot_exact, run_exact};
