#![doc = include_str!("../README.md")]
//!
//! # The library
//!
//! This package is the binary `medley` and a thin library: [`cli::run`] is the whole command line,
//! so a crate that adds adapters, mixings, backbones, encoders or importers gets its own binary in
//! one line (see `examples/custom-adapter`). The work is done by the crates re-exported here;
//! `docs/ARCHITECTURE.md` is the map.
//!
//! Records in, reward out, without TOML (`cargo run --release --example fit`):
//!
//! ```no_run
#![doc = include_str!("../examples/fit.rs")]
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cli;

pub use medley_adapter as adapter;
pub use medley_aggregation as aggregation;
pub use medley_annotator as annotator;
pub use medley_behaviour as behaviour;
pub use medley_cluster as cluster;
pub use medley_dataset as dataset;
pub use medley_doctor as doctor;
pub use medley_encoder as encoder;
pub use medley_evaluation as evaluation;
pub use medley_exact as exact;
pub use medley_feedback as feedback;
pub use medley_formats as formats;
pub use medley_likelihood as likelihood;
#[cfg(feature = "mujoco")]
pub use medley_mujoco as mujoco;
pub use medley_optimize as optimize;
pub use medley_people as people;
pub use medley_plan as plan;
pub use medley_policy as policy;
pub use medley_ppo as ppo;
pub use medley_querying as querying;
pub use medley_report as report;
pub use medley_reward_model as reward_model;
pub use medley_run as run;
pub use medley_saved_model as saved_model;
pub use medley_sentence_encoder as sentence_encoder;
pub use medley_study as study;
pub use medley_theory as theory;
pub use medley_toml_file as toml_file;
pub use medley_training as training;
pub use medley_world as world;
