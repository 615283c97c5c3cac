//! What came out of a fit?

use crate::{CurvePoint, Fit, ResponseLearner, StopReason};
use medley_reward_model::Trainable;
use medley_sampler::Report;

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
    /// By how many nats the best of several starts ended above the worst, under one prior; none if
    /// there was one start.
    pub start_gap: Option<f64>,
    /// What chains said of each quantity; none if nothing was sampled.
    pub chains: Option<Report>,
    /// Log-likelihoods of every epoch.
    pub curve: Vec<CurvePoint>,
}
