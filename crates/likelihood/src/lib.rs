//! How likely is a human response, given the returns of the behaviour it is about?
//!
//! Every feedback type is a choice out of a set, in which options with a higher return are more
//! likely (Jeon, Milli and Dragan 2020, *Reward-rational (implicit) choice*). This crate is that
//! one idea as tensor mathematics: a function per response set, from returns and the parameters of
//! a response model to normalized log-probabilities in nats.
//!
//! # Conventions
//!
//! - The `member` axis of an ensemble comes first: returns and differences are
//!   `[member, batch]`. A parameter is `[member, 1]` where all annotators share it and
//!   `[member, batch]` where it differs by record, gathered by annotator.
//! - A finite response set gives `[member, batch, outcome]` log-probabilities, whose
//!   exponentials sum to 1 over `outcome`. [`outcome::cross_entropy`] turns them into a loss.
//! - An impossible outcome has log-probability [`log_space::STRUCTURAL_ZERO`], a large finite
//!   number, because an infinite one would turn into NaN in the backward pass.
//! - All tensors of one call share a float type (`f32` or `f64`) and a device. Shapes are
//!   asserted at entry, so `[batch]` is never broadcast against `[batch, 1]` unnoticed.
//!
//! # Rationality
//!
//! No function takes an inverse temperature. Callers multiply returns by the rationality of
//! their source, so it is applied in one place and in the units of the return.
//!
//! The crate depends on no records, annotators or models.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod choice;
pub mod comparison;
pub mod cutpoints;
pub mod davidson_luce;
mod gaps;
pub mod gaussian;
pub mod improvement;
pub mod log_space;
pub mod ordinal;
pub mod outcome;
pub mod ranking;
mod shape;
pub mod stop;
pub mod strength;
#[cfg(test)]
mod testing;
pub mod tie_orders;
pub mod ties;
