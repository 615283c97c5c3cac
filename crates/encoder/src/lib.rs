//! How do the steps of a dataset become the numbers that a reward model sees?
//!
//! An [`Encoder`] is named in TOML and turns a dataset into [`Features`]: a table, and the rows of
//! each segment in it. [`StoredSteps`] takes what a control dataset holds, [`HashedNgrams`] hashes
//! words, [`Precomputed`] reads a file that was made elsewhere, [`Join`] puts several side by side;
//! `medley-sentence-encoder` adds one more, and any crate may. A [`Standardizer`] is fitted to training
//! segments only, and so are the principal [`Components`] of a block.
//!
//! It deliberately knows no tensor library: features are plain `f32`, in memory or on disk.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod by_metadata;
mod encoder;
mod error;
mod features;
mod fit;
mod hashed_ngrams;
mod join;
mod length;
mod model_point;
mod overlap;
mod precomputed;
mod principal;
mod standardizer;
mod stored_steps;
mod words;

pub use by_metadata::metadata_features;
pub use encoder::Encoder;
pub use error::EncodeError;
pub use features::{FeatureError, Features};
pub use hashed_ngrams::HashedNgrams;
pub use join::Join;
pub use length::length_features;
pub use model_point::{ModelPoint, Unreadable};
pub use precomputed::Precomputed;
pub use principal::Components;
pub use standardizer::Standardizer;
pub use stored_steps::StoredSteps;
