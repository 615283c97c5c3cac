//! Where a statement comes from: who said it, about what, at what cost, in which part of the split.
//!
//! The objective holds origins, and no kind of feedback does: a person, a group, a price or a part
//! can then be asked of every kind alike.

use crate::objective::deal::ALONE;
use medley_dataset::{Part, PersonIndex};
use medley_evaluation::{Candidates, Question, Said};
use medley_feedback::Role;
use std::collections::BTreeMap;

/// Numbers of records, by reason.
pub type Counts = BTreeMap<String, usize>;

/// Where a statement comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Position of its record among the records of its kind in the dataset; the first of them if a
    /// statement is made of several.
    pub record: u32,
    /// What the bootstrap draws whole: all that the split keeps whole and the statement is about.
    /// That is its annotator in a split by annotator, and else the prompts or episodes of all of
    /// its segments (prompts if there is no split). A record without segments is a cluster by
    /// itself. Never empty, rising.
    pub clusters: Vec<u32>,
    /// Who said it, if that is known.
    pub person: Option<PersonIndex>,
    /// All segments whose rewards the likelihood of the statement reads, by index in the dataset.
    pub segments: Vec<u32>,
    /// What all of its record's segments answer; none if they answer several questions or none, as
    /// episodes do.
    pub question: Option<Question>,
    /// Time that its record took, in seconds. Several statements of one record share it.
    pub seconds: Option<f32>,
    /// Part of the split; none without a split.
    pub part: Option<Part>,
    /// In which role the person spoke.
    pub role: Role,
}

impl Origin {
    /// Whether the statement may be fitted on: it is of the training part, or there is no split.
    pub fn may_be_fitted(&self) -> bool {
        self.part.is_none_or(|part| part == Part::Train)
    }

    /// What the statement says of candidates, if it is about answers to one question.
    pub(crate) fn candidates(&self, said: Option<Said>) -> Option<Candidates> {
        Some(Candidates { question: self.question?, said: said? })
    }
}

/// The statements of a source: where they come from, and what did not become one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statements {
    /// One for each statement.
    pub origins: Vec<Origin>,
    /// Records that were left out, counted by reason.
    pub dropped: Counts,
    /// Records that were read in another way than the options ask, counted by what was done.
    pub notes: Counts,
}

impl Statements {
    /// Notes how many statements keep their answer in a control; whether any of `parts` does not.
    pub(crate) fn keep_alone(&mut self, alone: usize, parts: &[Vec<usize>]) -> bool {
        if alone > 0 {
            self.notes.insert(ALONE.to_owned(), alone);
        }
        alone < parts.iter().map(Vec::len).sum()
    }

    /// Number of statements.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// The statements of a part of the split, rising.
    pub fn of(&self, part: Part) -> Vec<usize> {
        let is_of = |&statement: &usize| self.origins[statement].part == Some(part);
        (0..self.len()).filter(is_of).collect()
    }

    /// The statements that may be fitted on, rising.
    pub fn fitted(&self) -> Vec<usize> {
        (0..self.len()).filter(|&statement| self.origins[statement].may_be_fitted()).collect()
    }

    /// Counts a record that becomes no statement.
    pub fn drop(&mut self, reason: impl Into<String>) {
        *self.dropped.entry(reason.into()).or_default() += 1;
    }
}
