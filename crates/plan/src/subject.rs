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
    /// The reward of each source alone, judged on every source's training statements, cross-fitted.
    Agreement,
}

impl Subject {
    /// Label in tables; empty for what is no mix.
    pub fn label(&self) -> &str {
        match self {
            Self::Mix(mix) => &mix.label,
            Self::Baselines | Self::Agreement => "",
        }
    }

    /// What people are told that the run is.
    pub fn name(&self) -> &str {
        match self {
            Self::Mix(mix) => &mix.label,
            Self::Baselines => "baselines",
            Self::Agreement => "agreement",
        }
    }

    /// Sources trained on as a mix.
    pub fn sources(&self) -> &[String] {
        match self {
            Self::Mix(mix) => &mix.sources,
            Self::Baselines | Self::Agreement => &[],
        }
    }
}
