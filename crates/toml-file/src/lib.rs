//! TOML text to typed values, with errors that point at the mistake, and what names TOML may hold.
//!
//! Whoever reads a TOML file of Medley's uses [`parse`]: experiments, exact experiments, options of
//! importers and exporters, saved models. It knows none of them. A struct of options says of each
//! value that is out of range what is wrong with it ([`Problem`]), and an extension point is a
//! [`Tagged`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod list;
mod parse;
mod problem;
mod tagged;

pub use list::{Linked, linked};
pub use parse::{SpecError, nearest, parse, parse_table, table};
pub use problem::{Problem, above_zero, at_least, not_negative};
pub use tagged::Tagged;
