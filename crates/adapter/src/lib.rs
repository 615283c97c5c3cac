//! Feedback to loss: an [`Adapter`] names how a kind of feedback is read, an [`Objective`] is that
//! reading bound to data.
//!
//! Adding a kind takes one record (crate `medley-feedback`, or a crate of yours) and one file like
//! `kinds/comparison.rs`: collate records, score segments through the [`Scorer`], call a
//! likelihood. The training loop sees objectives only and never learns which kinds exist.
//!
//! An objective that chooses among finitely many responses implements [`FiniteChoice`] and gets
//! loss, judgement and answers from [`ChoiceObjective`]; one that chooses a number implements
//! [`Density`] and gets them from [`DensityObjective`]. Where statements come from is kept beside,
//! as one [`Origin`] each, and by no kind. `docs/ADAPTER.md` is the page for authors.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answer;
pub mod conformance;
#[cfg(test)]
mod fixture;
mod kinds;
mod lookup;
mod objective;

pub use answer::aspects::{aspect_returns, head_of};
pub use answer::choice_set::{OptionReturns, advantage, option_returns};
pub use answer::gaussian_response::{GaussianResponse, SaidNumbers};
pub use answer::item::item;
pub use answer::learned_or::LearnedOr;
pub use answer::ordinal_classes::OrdinalClasses;
pub use answer::rationality::Rationality;
pub use answer::speakers::{Sharing, Speakers};
pub use answer::watched::{Watched, WatchedSegments, stop_records};
pub use kinds::approval::Approval;
pub use kinds::comparison::{Comparison, Ties};
pub use kinds::correction::{CorrectedSteps, Correction};
pub use kinds::critique::{Critique, Silence, Unit};
pub use kinds::demonstration::{ChoiceSet, Demonstration, DemonstrationLikelihood};
pub use kinds::description::Description;
pub use kinds::ranking::{RankedBy, Ranking, Stages, TiedRanks};
pub use kinds::rating::{Rating, RatingModel};
pub use kinds::stop::Stop;
pub use lookup::{LookupModel, StepValues};
pub use medley_feedback::Role;
pub use objective::adapter::{Adapter, Objective};
pub use objective::asking::{Asked, Asking, Elicited, Form, Outcomes, Query, Reply, Respondent};
pub use objective::bind_error::BindError;
pub use objective::candidates::candidate_returns;
pub use objective::choice::{About, ChoiceObjective, FiniteChoice, Prediction};
pub use objective::density::{Density, DensityObjective, DensityPrediction};
pub use objective::excerpt::Excerpt;
pub use objective::gather::{Gather, Gathered};
pub use objective::linear::{
    LinearPair, LinearPredictor, LinearSource, LinearSpan, LinearStatement, LinearSteps,
};
pub use objective::origin::{Counts, Origin, Statements};
pub use objective::perspective::Perspective;
pub use objective::response::{
    ParameterRole, ParameterScale, Prior, RATIONALITY, Response, ResponseParameter,
};
pub use objective::scorer::{Scorer, SegmentSpan};
pub use objective::select::Select;
pub use objective::selection::{Records, Selection};
