//! What does a statement say of the answers to a question?
//!
//! A metric of choosing pools all statements about one question, so it needs what they say in one
//! form: votes of one answer against another, or a number for one answer. An answer of which people
//! said so is a *candidate*. Whatever says less of a whole answer (a mark on a step, an edit, an
//! answer that somebody wrote) is left out.

use std::collections::BTreeSet;

/// A question to which several answers may have been judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Equal for statements about answers to one question.
    pub id: u32,
    /// What the bootstrap draws whole: equal for questions with the same prompt.
    pub cluster: u32,
}

/// What a statement says of candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidates {
    /// What they answer.
    pub question: Question,
    /// What was said of them.
    pub said: Said,
}

/// What was said of answers to one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Which of two is better, for each two that the statement is about.
    Votes(Vec<Vote>),
    /// How good one is.
    Rating {
        /// The segment.
        candidate: u32,
        /// What is rated. Ratings of different aspects are never pooled.
        aspect: u32,
        /// In the unit of the source's scale, larger for better.
        value: f64,
    },
}

/// One candidate against another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// Segments, first and second.
    pub pair: (u32, u32),
    /// Share of the vote that is for the first, in [0, 1]; a tie is half for either.
    pub share: f64,
}

impl Said {
    /// The segments that it names, rising.
    pub fn candidates(&self) -> BTreeSet<u32> {
        match self {
            Self::Votes(votes) => votes
                .iter()
                .flat_map(|Vote { pair: (first, second), .. }| [*first, *second])
                .collect(),
            Self::Rating { candidate, .. } => BTreeSet::from([*candidate]),
        }
    }
}
