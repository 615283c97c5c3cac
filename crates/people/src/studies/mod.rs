//! What models of people show in populations that are known: small experiments with numbers to compare.
//!
//! Each is a function of a setting and seeds, without files. What needs no model is in `medley-theory`.

mod hidden_context;
mod length_users;
mod maxmin;
mod spammers;

pub use hidden_context::{Camps, ContextSetting, DistributionalContext, distributional_context};
pub use length_users::{LengthUsers, length_users};
pub use maxmin::{MaxMin, MaxMinResult, maxmin};
pub use spammers::{Spammers, SpammersResult, spammers};

use crate::{Binary, Predictor, Statement};
use std::sync::Arc;

/// A statement that one item is better than another, with share `yes`.
fn compared(person: usize, first: usize, second: usize, yes: f64) -> Statement {
    let predictors = vec![Predictor::difference(first, second)];
    Statement { person, predictors, answer: Arc::new(Binary { yes }) }
}
