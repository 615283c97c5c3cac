//! Medley learns reward models from every kind of human feedback at once, mixes them by likelihood,
//! and measures which feedback is worth what.
//!
//! This package is the binary `medley` and the thin library under it: [`cli::run`] is the whole
//! command line, so that a crate with adapters, backbones, encoders or importers of its own builds
//! its own binary from one line (see `examples/custom-adapter`). The work is done by the crates
//! under `crates/`; `docs/ARCHITECTURE.md` says which does what.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cli;

pub use medley_adapter as adapter;
pub use medley_dataset as dataset;
pub use medley_doctor as doctor;
pub use medley_encoder as encoder;
pub use medley_evaluation as evaluation;
pub use medley_exact as exact;
pub use medley_feedback as feedback;
pub use medley_formats as formats;
pub use medley_likelihood as likelihood;
pub use medley_plan as plan;
pub use medley_report as report;
pub use medley_reward_model as reward_model;
pub use medley_run as run;
pub use medley_saved_model as saved_model;
pub use medley_sentence_encoder as sentence_encoder;
pub use medley_theory as theory;
pub use medley_toml_file as toml_file;
pub use medley_training as training;
