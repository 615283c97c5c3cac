//! A run that asks round by round: fit, score what could be asked, ask, until the budget is spent.

mod answering;
mod entry;
mod needs;
mod pace;
mod pool;
mod predictions;
mod record;
mod rounds;
mod rows;

pub(crate) use rounds::{Asking, ask};

#[cfg(test)]
mod tests;
