//! From a TOML file to the runs that it asks for: the spec, checked, and everything that names a
//! run. Nothing is computed here, and no result is known.
//!
//! [`parse`] gives an [`ExperimentSpec`]; [`Plan::resolve`] checks it, reads the dataset and lists
//! the runs.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod device;
mod error;
mod plan;
mod spec;
#[cfg(test)]
mod spec_tests;

pub use device::{DeviceError, compiled, device};
pub use error::PlanError;
pub use medley_toml_file::{SpecError, parse};
pub use plan::{Mix, Plan, RunPlan, Subject};
pub use spec::{
    AblationSpec, DatasetSpec, EvaluationSpec, ExperimentSpec, FeedbackAblation, FeedbackSpec,
    Protocol,
};
