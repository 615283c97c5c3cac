//! Feedback to loss: an [`Adapter`] names how a kind of feedback is understood, an [`Objective`] is
//! that understanding bound to data.
//!
//! Adding a kind takes one record (crate `medley-feedback`, or a crate of your own) and one file
//! like `comparison.rs`: collate records, score segments through the [`Scorer`], call a likelihood.
//! The training loop sees objectives only and never learns which kinds exist.
//!
//! An objective that chooses among finitely many responses implements [`FiniteChoice`] and gets
//! loss, judgement and label mixing from [`ChoiceObjective`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod binding;
mod choice;
mod comparison;
mod lookup;
mod response;
mod scorer;

pub use adapter::{Adapter, BindError, Objective};
pub use binding::{Binding, Bound, BoundRecord};
pub use choice::{ChoiceObjective, FiniteChoice, Prediction};
pub use comparison::{Comparison, Ties};
pub use lookup::{LookupModel, StepValues};
pub use response::{Prior, RATIONALITY, Response, ResponseParameter};
pub use scorer::{Scorer, SegmentSpan};
