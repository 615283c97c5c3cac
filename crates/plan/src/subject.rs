//! What does a run train?

use crate::Mix;
use serde::Serialize;

/// What a run trains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The reward model on a mix of sources.
    Mix(Mix),
    /// The trivial models and ceilings of every judged source.
    Baselines,
}

impl Subject {
    /// Label in tables; empty for baselines.
    pub fn label(&self) -> &str {
        match self {
            Self::Mix(mix) => &mix.label,
            Self::Baselines => "",
        }
    }

    /// Sources trained on; none for baselines.
    pub fn sources(&self) -> &[String] {
        match self {
            Self::Mix(mix) => &mix.sources,
            Self::Baselines => &[],
        }
    }
}
