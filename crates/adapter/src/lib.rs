//! Feedback to loss: an [`Adapter`] names how a kind of feedback is understood, an [`Objective`] is
//! that understanding bound to data.
//!
//! Adding a kind takes one record (crate `medley-feedback`, or a crate of your own) and one file
//! like `comparison.rs`: collate records, score segments through the [`Scorer`], call a likelihood.
//! The training loop sees objectives only and never learns which kinds exist.
//!
//! An objective that chooses among finitely many responses implements [`FiniteChoice`] and gets
//! loss, judgement and label mixing from [`ChoiceObjective`]; one that chooses a number implements
//! [`Density`] and gets them from [`DensityObjective`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod annotators;
mod approval;
mod aspects;
mod binding;
mod choice;
mod choice_set;
mod comparison;
pub mod conformance;
mod correction;
mod critique;
mod critique_statements;
mod demonstration;
mod density;
mod description;
#[cfg(test)]
mod fixture;
mod gaussian_response;
mod item;
mod learned_or;
mod lookup;
mod ordinal_classes;
mod ranking;
mod rating;
mod rating_statements;
mod response;
mod scorer;
mod stop;

pub use adapter::{Adapter, BindError, Objective};
pub use annotators::Sharing;
pub use approval::Approval;
pub use binding::{Binding, Bound, BoundRecord};
pub use choice::{ChoiceObjective, FiniteChoice, Prediction};
pub use comparison::{Comparison, Ties};
pub use correction::{CorrectedSteps, Correction};
pub use critique::{Critique, Silence, Unit};
pub use demonstration::{ChoiceSet, Demonstration, DemonstrationLikelihood};
pub use density::{Density, DensityObjective, DensityPrediction};
pub use description::Description;
pub use learned_or::LearnedOr;
pub use lookup::{LookupModel, StepValues};
pub use ranking::Ranking;
pub use rating::{Rating, RatingModel};
pub use response::{Prior, RATIONALITY, Response, ResponseParameter};
pub use scorer::{Scorer, SegmentSpan};
pub use stop::Stop;
