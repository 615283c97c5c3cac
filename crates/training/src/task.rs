//! What to learn, from what; and what came out.

use crate::{CurvePoint, Fit, Mixing, ResponseLearner, StopReason};
use medley_adapter::{Objective, Scorer};
use medley_encoder::Features;
use medley_reward_model::{
    Backbone, CheckpointError, Head, ModelShape, Placement, Returns, Trainable, View,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A source of feedback in training. It is bound once; parts of the split are lists of statements.
#[derive(Clone)]
pub struct Source {
    /// Name of the source.
    pub name: String,
    /// Its statements.
    pub objective: Arc<dyn Objective>,
    /// Those that are learned from; a budget may leave some out. At least one.
    pub train: Vec<usize>,
    /// Those that decide when to stop; may be none.
    pub validation: Vec<usize>,
}

/// What to learn, from what.
pub struct Task<'a> {
    /// The sources of the fit, in its order. At least one.
    pub sources: &'a [Source],
    /// How they are mixed.
    pub mixing: &'a dyn Mixing,
    /// Which fit of the mixing this is.
    pub fit: &'a Fit,
    /// Features of every step.
    pub features: &'a Features,
    /// How rewards add up to returns.
    pub returns: Returns,
    /// The network.
    pub backbone: &'a dyn Backbone,
    /// Its sizes; the layout includes the heads that the mixing asks for.
    pub shape: &'a ModelShape,
    /// Seed of every random stream.
    pub seed: u64,
    /// Where to compute, with autodiff.
    pub place: &'a Placement,
}

impl Task<'_> {
    /// Positions of the heads that a source adds to the reward that all share.
    pub(crate) fn further_heads(&self, source: &str) -> Vec<usize> {
        let head = Head::Source(source.to_owned());
        self.shape.layout.position(&head).into_iter().collect()
    }

    /// `scorer` under the view of a source, whose `further` heads these are.
    pub(crate) fn seen<'v>(scorer: &Scorer<'v>, further: &'v [usize]) -> Scorer<'v> {
        match further {
            [] => *scorer,
            heads => scorer.seen_by(View::With(heads)),
        }
    }
}

/// A finished fit.
pub struct Fitted {
    /// Which fit of the mixing this is.
    pub fit: Fit,
    /// The model with the best held-out log-likelihood (the last one without held-out data, or if
    /// training was not to stop early).
    pub model: Box<dyn Trainable>,
    /// The response models that belong to it.
    pub response: ResponseLearner,
    /// Epochs done.
    pub epochs: u32,
    /// Optimizer steps done.
    pub steps: u64,
    /// Epoch whose weights are kept.
    pub best_epoch: u32,
    /// Held-out log-likelihood at that epoch, in nats a statement; none without held-out data.
    pub held_out: Option<f64>,
    /// Why training ended.
    pub reason: StopReason,
    /// Log-likelihoods of every epoch.
    pub curve: Vec<CurvePoint>,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A model could not be written down or brought back.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file operation failed.
    #[error("cannot {action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file is not what was written.
    #[error("{path} is broken: {reason}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, with expected and found.
        reason: String,
    },
    /// The loss is no number any more.
    #[error(
        "training diverged in epoch {epoch}: the loss of source `{source_name}` is {value}; a smaller learning rate may help"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: u32,
        /// Source whose loss it was.
        source_name: String,
        /// The loss.
        value: f64,
    },
    /// A mixing could not combine its fits.
    #[error("mixing: {0}")]
    Mixing(String),
}

impl TrainingError {
    pub(crate) fn io(action: &'static str, path: &Path, error: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: error.to_string() }
    }
}
