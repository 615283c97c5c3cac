//! What is compared under one name?

use medley_theory::Pessimism;
use medley_toml_file::{Problem, at_least, not_negative};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Models that are compared under one label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Compared {
    /// The label.
    pub name: String,
    /// Folder of a run, of a saved model or of an experiment, whose runs of all seeds are taken; or `true`.
    pub models: PathBuf,
    /// Which mix of the experiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mix: Option<String>,
    /// Only the first so many runs of the experiment, by seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<usize>,
    /// Source whose own reward it is, if a run's mixing gives sources their own.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As outside, which it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pessimism: Option<Pessimism>,
    /// As outside, which it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kl: Option<f64>,
}

impl Compared {
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.name.trim().is_empty() {
            return Err(Problem::new("name", "a name that is not empty is needed"));
        }
        at_least("runs", self.runs.unwrap_or(1) as u64, 1)?;
        not_negative("kl", self.kl.unwrap_or(0.0))
    }
}
