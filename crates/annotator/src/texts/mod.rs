//! Answers in words, whose worth depends on something about people that nobody sees.
//!
//! The hidden contexts of Siththaranjan, Laidlaw and Hadfield-Menell ("Distributional preference
//! learning", ICLR 2024), as texts, so that whatever reads texts learns from them. An answer is a few
//! sentences. Each has amounts of objectives, such as helpfulness; each person has a context, and a
//! context weighs objectives in its own way. The true reward of a sentence is what it is worth on the
//! mean over contexts. Neither amounts nor contexts are recorded: a reward model sees words, and answers
//! of people who want different things.
//!
//! It is no `World`: nothing moves, and nobody acts.

mod answers;
mod borda;
mod context;
mod lexicon;
mod options;
mod phrases;
mod utilities;

pub use borda::BORDA;
pub use context::Context;
pub use lexicon::{Lexicon, Phrase};
pub use options::Texts;

pub(crate) use answers::Answers;
pub(crate) use context::taken_in_turn;
