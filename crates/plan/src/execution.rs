//! How runs are carried out: `[execution]`. No number depends on it, and no run is named by it.

use medley_cluster::On;
use medley_cluster::slurm::SlurmOptions;
use medley_dataset::Budget;
use medley_toml_file::{Problem, at_least, not_negative};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How runs are carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExecutionSpec {
    /// Where: `local`, `slurm`, or `manifest` for another scheduler.
    pub on: On,
    /// Runs at the same time, one thread each; left out, one for each core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<u32>,
    /// Runs that a plan may have; one with more is refused, since it is most likely a mistake.
    pub most_runs: usize,
    /// Least time between checkpoints of a run, in seconds.
    pub checkpoint_secs: f64,
    /// MiB that features from files may take in memory; larger tables are read from disk, batch by
    /// batch.
    pub memory_mib: usize,
    /// MiB that the attention of a transformer may take for one run; more is refused before any run.
    pub attention_mib: u64,
    /// Folder of what encoders have computed before, relative to the working directory.
    pub cache: PathBuf,
    /// What is asked of Slurm.
    pub slurm: SlurmOptions,
}

impl Default for ExecutionSpec {
    fn default() -> Self {
        Self {
            on: On::default(),
            jobs: None,
            most_runs: 20_000,
            checkpoint_secs: 5.0,
            memory_mib: Budget::default().feature_bytes >> 20,
            attention_mib: 8192,
            cache: PathBuf::from("runs/.embeddings"),
            slurm: SlurmOptions::default(),
        }
    }
}

impl ExecutionSpec {
    /// What may be in memory.
    pub fn budget(&self) -> Budget {
        let feature_bytes = self.memory_mib.saturating_mul(1 << 20);
        Budget { feature_bytes, ..Budget::default() }
    }

    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        self.jobs.map_or(Ok(()), |jobs| at_least("jobs", u64::from(jobs), 1))?;
        at_least("most-runs", self.most_runs as u64, 1)?;
        not_negative("checkpoint-secs", self.checkpoint_secs)?;
        self.slurm.check().map_err(|problem| problem.within("slurm"))
    }
}
