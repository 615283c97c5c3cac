//! What the loop tells while it runs. Progress bars, tables and files are consumers.

use medley_dataset::Part;
use medley_sampler::Report;
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Training starts or resumes.
    Started {
        /// Epochs already done.
        epoch: u32,
        /// Most epochs.
        epochs: u32,
        /// Steps of one epoch.
        steps_per_epoch: u64,
    },
    /// An epoch is over.
    Epoch {
        /// Epochs done.
        epoch: u32,
        /// What was measured after it.
        curve: Vec<CurvePoint>,
        /// Whether held-out log-likelihood was the best so far.
        best: bool,
    },
    /// The checkpoint is not what was written; training starts anew, which gives the same bits.
    Restarted {
        /// What is wrong with it.
        reason: String,
    },
    /// Sources oppose each other, and no majority says which is right: there is no reward for all.
    Opposed {
        /// The sources.
        sources: Vec<String>,
    },
    /// Chains are done: whether they have mixed, and how much their draws are worth.
    Sampled {
        /// Of each parameter.
        report: Report,
    },
    /// A checkpoint is on disk.
    Checkpoint {
        /// Epochs it contains.
        epoch: u32,
    },
    /// Training is over.
    Stopped {
        /// Epochs done.
        epoch: u32,
        /// Epoch whose weights are kept.
        best_epoch: u32,
        /// Why.
        reason: StopReason,
    },
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// All epochs are done.
    Epochs,
    /// Held-out log-likelihood got no better for `patience` epochs.
    Patience,
    /// The optimum was found.
    Converged,
    /// The method's own limit came before its optimum, or there was none.
    Unsettled,
}

/// Log-likelihood of one source after one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Epochs done.
    pub epoch: u32,
    /// Optimizer steps done.
    pub step: u64,
    /// Name of the source.
    pub source: String,
    /// Trained on, measured before each step; or validation, measured after the epoch.
    pub part: Part,
    /// Mean log-likelihood of a statement, in nats.
    pub log_likelihood: f64,
    /// Rationality that the source shares, mean over members; none if it has no such parameter.
    pub rationality: Option<f64>,
}
