//! From a TOML file to the runs that it asks for: the spec, checked, and everything that names a
//! run. Nothing is computed here, and no result is known.
//!
//! [`ExperimentSpec::read`] types the text; [`Plan::resolve`] checks it, reads the dataset and lists
//! the runs, each with a [`RunSpec`] of its own. Everything between text and runs is pure.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ablation;
mod check;
mod costs;
mod curve_spec;
mod device;
mod error;
mod execution;
mod mixes;
mod people;
mod plan;
mod point;
mod querying;
mod querying_spec;
mod read;
mod run_spec;
mod setting;
mod spec;
mod subject;
mod sweep;
mod sweep_points;
mod sweep_spec;
mod truth_spec;
mod tuning;
mod values;
mod variants;
mod whereabouts;

pub use ablation::{
    AblationSpec, AnswerBudget, FeedbackAblation, GroupMix, PeopleAblation, Protocol, TimeBudget,
};
pub use costs::{Costs, UnknownSeconds};
pub use curve_spec::{CurveSpec, Cut, Others};
pub use device::{DeviceError, compiled, device};
pub use error::PlanError;
pub use execution::ExecutionSpec;
pub use medley_toml_file::{SpecError, parse};
pub use mixes::Mix;
pub use plan::{Plan, RunPlan};
pub use point::{CurvePlace, Point};
pub use querying_spec::{Answered, QueryingSpec, RunQuerying};
pub use run_spec::{Content, Generated, LabelBudget, RunData, RunEvaluation, RunSpec};
pub use setting::Setting;
pub use spec::{
    BaselineSpec, DatasetSpec, ESTIMATORS, EvaluationSpec, ExperimentSpec, FeedbackSpec, SaidBy,
};
pub use subject::Subject;
pub use sweep::Sweep;
pub use sweep_spec::{Conditional, SweepSpec};
pub use truth_spec::TruthSpec;
pub use tuning::{Candidate, Design, Drawn, FitSpec, Halving, RunTuning, Rung, TuningSpec};

#[cfg(test)]
mod tests;
