//! Runs on machines of others: what is to do, as a file that any scheduler can take in pieces, and
//! Slurm, which takes it as job arrays.
//!
//! The truth about a run is its folder, named by the hash of what the run is. A scheduler's job is a
//! hint that somebody will look at some of these folders: it may be forgotten or started twice, and
//! no run is lost or counted twice by it. So a [`Manifest`] says which runs belong together and
//! nothing of how far they are, and `Queue` is asked only in order not to submit twice.
//!
//! What this does not know: what a run is, and how one is carried out (`medley worker` does).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod command;
mod manifest;
mod on;
pub mod slurm;

pub use command::CommandError;
pub use manifest::{Experiment, Manifest, ManifestError};
pub use on::On;
