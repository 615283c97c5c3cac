//! What do several runs on several tasks say together, and how sure are we?
//!
//! A run is one repetition with another seed: of a split, of initial weights, or of both. The culture
//! is that of rliable (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the
//! Statistical Precipice", NeurIPS): aggregates that outliers do not rule, with intervals, from
//! however few runs there are. Point estimates are equal to rliable 1.2.0 to rounding, intervals to
//! Monte Carlo error (`scripts/against_rliable.py`).
//!
//! Two ways to resample must not be confused. The cluster bootstrap of [`crate::measure`] asks what
//! other prompts would have said of *one* model; what is here asks what other seeds would have given
//! on the *same* tasks. Where both differ by split, [`paired_difference`] says which of the two
//! questions each of its numbers answers.
//!
//! It deliberately draws no tasks: intervals are about these tasks. Nor does it normalize scores,
//! since a reference (a baseline, a ceiling) is the caller's to choose.

mod aggregate;
mod improvement;
mod multiple;
mod paired;
mod profile;
mod scores;
mod sign_flip;
pub(crate) mod stratified;
pub(crate) mod student;

pub use aggregate::{iqm, mean_of_tasks, median_of_tasks, optimality_gap};
pub use improvement::{Improvement, probability_of_improvement};
pub use multiple::{PValueError, benjamini_hochberg, holm};
pub use paired::{
    NewSample, PairedDifference, PairedError, PairedSettings, PairedSplits, Spread, ThisData,
    paired_difference,
};
pub use profile::{Profile, ProfilePoint, mean_profile, performance_profile};
pub use scores::{Failures, RunCount, RunScores, RunScoresError};
pub use sign_flip::{Flips, SignFlipTest};
pub use stratified::{ResampledInterval, RunEstimate};

#[cfg(test)]
mod against_rliable_tests;
#[cfg(test)]
mod coverage_tests;
