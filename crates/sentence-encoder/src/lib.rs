//! Features of text from sentence encoders of the BERT family, read from a local folder.
//!
//! [`Sentence`] is `encoder.sentence` in TOML. The folder is one of sentence-transformers: weights,
//! configuration, tokenizer, and how token vectors become one vector of the text. The forward pass
//! runs on Burn's CPU backend whatever the experiment's device is, so that features do not depend
//! on it, and without autodiff: the encoder stays as it is.
//!
//! The tokenizer is our own WordPiece, since the library of the field would bring other features of
//! crates that Polars shares. It reads the same file and is tested against that library.
//!
//! Not done here: training the encoder, downloading it, and models that are no BERT.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bert;
mod cache;
mod embed;
mod folder;
mod inputs;
mod normalizer;
#[cfg(test)]
mod reference_tests;
mod related;
mod sentence;
mod tokenizer;
mod weights;

pub use inputs::{Prompt, Unit};
pub use sentence::Sentence;
