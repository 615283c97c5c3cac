//! TOML text to typed values, with errors that point at the mistake, and what names TOML may hold.
//!
//! Whoever reads a TOML file of Medley's uses [`parse`]: experiments, exact experiments, options of
//! importers and exporters, saved models. It knows none of them.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod list;
mod parse;

pub use list::{Linked, linked};
pub use parse::{SpecError, parse};
