//! `[tuning]`: hyperparameters that are chosen on the validation part of one source.

mod candidate;
mod candidates;
mod design;
mod fit_spec;
mod run_tuning;
mod target;
mod tuning_spec;

pub use candidate::Candidate;
pub(crate) use candidates::TUNABLE;
pub use fit_spec::FitSpec;
pub use run_tuning::{RunTuning, Rung};
pub use tuning_spec::{Design, Drawn, Halving, TuningSpec};
