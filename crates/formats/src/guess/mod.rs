//! What a table may mean: a mapping that is guessed from names and values of columns, to be read by whoever
//! knows the data.
//!
//! An import guesses nothing, so that no wrong number comes in unseen; a guess is text in a file that
//! a person reads before anything is imported. Where names and values do not tell, the guess says
//! [`FILL_IN`] in place of a value, which no import accepts. It deliberately does not look at answers to
//! tell which side is better, or at texts to tell what they are about.

mod choices;
mod comparisons;
mod edits;
mod judged;
mod mapping;
mod named;
mod ratings;
mod scales;
mod sides;
mod table;
mod tags;
mod told;
mod top;
mod unused;
mod words;

pub use mapping::{Guess, guess};
pub use named::{Fit, fits};
pub use tags::guess_lines;
pub use told::{Choice, FILL_IN, Line, RecordGuess};

#[cfg(test)]
mod tests;
