//! Reward models: what maps behaviour to reward, how it is trained one step, and how it is kept.
//!
//! A reward belongs to a step; a segment's return is a weighted sum of its rewards.
//! [`SegmentBatch`] owns padding, mask and returns, here and nowhere else: whoever needs a return
//! asks for it, so that no padded step can ever be counted. An ensemble is the leading `member`
//! axis of every tensor, computed in one batched product.
//!
//! This crate knows no feedback record and no dataset; it takes slices of floats.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adamw;
mod backbone;
mod checkpoint;
mod frozen;
mod initialize;
mod learner;
mod linear;
mod mlp;
mod returns;
mod segment_batch;
mod transformer;

pub use adamw::{AdamW, AdamWOptions};
pub use backbone::{Backbone, ModelShape, RewardModel};
pub use checkpoint::{CheckpointError, load_module, save_module};
pub use frozen::Frozen;
pub use initialize::uniform;
pub use learner::{Learner, ModuleLearner};
pub use linear::{Linear, LinearModel};
pub use mlp::{Mlp, MlpModel};
pub use returns::{Returns, Span};
pub use segment_batch::{Placement, SegmentBatch};
pub use transformer::{Transformer, TransformerModel};
