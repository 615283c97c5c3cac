//! Where are the runs of an experiment carried out?

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What carries out runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// This process, on the cores of this machine.
    #[default]
    Local,
    /// Job arrays of Slurm.
    Slurm,
    /// Whoever starts a worker on each element of the manifest that is written: another scheduler, or a loop.
    Manifest,
}

impl FromStr for On {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "local" => Ok(Self::Local),
            "slurm" => Ok(Self::Slurm),
            "manifest" => Ok(Self::Manifest),
            other => Err(format!("expected `local`, `slurm` or `manifest`, found `{other}`")),
        }
    }
}
