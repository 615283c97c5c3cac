//! Event files of TensorBoard: numbers by step and wall time.
//!
//! A file is records one behind the other (`record.rs`), and a record holds a message in protobuf's
//! encoding (`message.rs`). Of its two hundred kinds of messages three are written here, by hand: what
//! encodes all of them would be a build step and three dependencies. Nothing is read back: whoever looks
//! at the numbers in a program has `curves.parquet`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod event_file;
mod message;
mod record;

pub use event_file::EventFile;
