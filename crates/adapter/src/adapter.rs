//! The two traits of the crate: what TOML names, and what training and evaluation use.

use crate::{Binding, Response, ResponseParameter, Scorer};
use burn::tensor::Tensor;
use medley_dataset::DatasetError;
use medley_evaluation::{Judgement, ResponseSet};
use std::collections::BTreeMap;
use std::fmt::Debug;

/// How one kind of feedback is turned into a likelihood, as named in TOML:
/// `adapter.comparison = { ties = "davidson" }`.
///
/// An implementation in any linked crate is found by its name with nothing else to edit.
#[typetag::serde]
pub trait Adapter: Debug + Send + Sync {
    /// Binds to the records that `binding` selects.
    ///
    /// # Errors
    /// If the dataset has no such records, none survives the selection, or they do not fit the
    /// options. Single records that cannot be used are counted in [`Objective::dropped`].
    fn bind(&self, binding: &Binding<'_>) -> Result<Box<dyn Objective>, BindError>;

    /// Aspects that want a head of their own, given the same data.
    ///
    /// # Errors
    /// As [`Adapter::bind`].
    fn aspects(&self, _binding: &Binding<'_>) -> Result<Vec<String>, BindError> {
        Ok(Vec::new())
    }

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}

/// A kind of feedback bound to records: a sum of log-likelihoods over *statements*.
///
/// A statement is the unit of sampling, weighing and judging: usually one record, but a reviewed
/// response is one statement for each of its steps.
pub trait Objective: Send + Sync {
    /// Number of statements.
    fn statements(&self) -> usize;

    /// The prompt or episode of a statement: what bootstrap and splits keep together.
    fn cluster(&self, statement: usize) -> u32;

    /// The response model: parameters of how people answer, learned with the reward.
    fn parameters(&self) -> Vec<ResponseParameter>;

    /// Negative log-likelihood of statements, in nats, neither weighed nor reduced.
    ///
    /// # Shapes
    /// `[member, batch]`, one column for each of `statements` in their order.
    fn loss(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2>;

    /// What the response set of a statement is.
    fn responses(&self) -> ResponseSet;

    /// What the model says about statements and what people said, in the order of `statements`.
    /// Members of an ensemble are one mixture: their probabilities are averaged.
    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement>;

    /// Records that were left out, counted by reason.
    fn dropped(&self) -> &BTreeMap<String, usize>;

    /// Records that were understood in another way than the options say, counted by what was done.
    fn notes(&self) -> BTreeMap<String, usize> {
        BTreeMap::new()
    }
}

/// Why an adapter could not be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The dataset could not give the records.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// Nothing is left to learn from.
    #[error("feedback `{source_name}`: no {kind} record is left: {reason}")]
    Empty {
        /// Name of the source in TOML.
        source_name: String,
        /// Kind of record.
        kind: &'static str,
        /// Where they went, counted.
        reason: String,
    },
    /// The records do not fit the options.
    #[error("feedback `{source_name}`: {problem}")]
    Unfit {
        /// Name of the source in TOML.
        source_name: String,
        /// What does not fit, with expected and found.
        problem: String,
    },
}
