//! Reward models: what maps behaviour to reward, how its gradient is taken, and how it is kept.
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
mod head;
mod initialize;
mod last_layer;
mod linear;
mod mlp;
mod of_source;
mod returns;
mod reward_model;
mod segment_batch;
mod spec;
mod trainable;
mod transformer;

pub use adamw::{AdamW, AdamWOptions};
pub use backbone::{Backbone, ModelShape};
pub use checkpoint::CheckpointError;
pub use frozen::Frozen;
pub use head::{Head, HeadLayout, LayoutError, View};
pub use initialize::uniform;
pub use last_layer::LastLayer;
pub use linear::{Linear, LinearModel};
pub use mlp::{Mlp, MlpModel};
pub use of_source::OfSource;
pub use returns::{Returns, Span};
pub use reward_model::RewardModel;
pub use segment_batch::{Placement, SegmentBatch};
pub use spec::RewardModelSpec;
pub use trainable::{Forward, ModuleModel, Trainable};
pub use transformer::{Transformer, TransformerModel};
