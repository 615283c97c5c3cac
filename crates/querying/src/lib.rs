//! Which question to ask people next, and of which kind?
//!
//! A [`Strategy`] scores questions that could be asked by plain numbers: what each member of an
//! ensemble predicts for the answer, how long it is expected to take, what the question is about. It is named
//! in TOML and knows no tensor, no dataset and no kind of feedback, so that questions of all kinds
//! compete for the same time. It does not look at answers, and it does not fit.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod afs;
mod belief;
mod disagreement;
mod entropy;
#[cfg(test)]
mod fixture;
mod greedy;
mod information;
mod inquire;
mod k_center;
mod predicted;
mod question;
mod strategy;
mod uniform;

pub use afs::Afs;
pub use disagreement::Disagreement;
pub use entropy::Entropy;
pub use information::{Information, Per, Silence};
pub use inquire::Inquire;
pub use k_center::KCenter;
pub use predicted::Predicted;
pub use question::{Kind, Left, Pool, Question};
pub use strategy::{Needs, Strategy};
pub use uniform::Uniform;
