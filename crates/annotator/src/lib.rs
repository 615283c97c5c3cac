//! Simulated people: feedback of every kind from a reward that is known, with errors that are known too.
//!
//! A [`Simulation`] names a world (or a dataset with true rewards, or texts), the people and what they are asked, and
//! [`Simulation::dataset`] is an ordinary dataset of what they say. People *sample from the likelihood that
//! is fitted*: an adapter predicts how likely each answer is under the true reward
//! ([`Adapter::elicit`](medley_adapter::Adapter::elicit)), [`Distortion`]s act on these probabilities, and
//! what is drawn is written into records. Whoever is not distorted therefore answers as the adapter, bound
//! to the records, assumes, and every departure from that has a name.
//!
//! It deliberately trains nothing and knows no experiments.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alike;
mod answers;
mod chances;
mod dataset;
mod distortion;
mod distortions;
mod error;
mod generator;
mod given;
mod ground;
mod moment;
mod mtf;
mod parameters;
mod perceived;
mod policies;
mod population;
mod questions;
mod reward;
mod scene;
mod segments;
mod session;
mod simulation;
mod source;
mod survey;
mod teacher;
mod texts;
mod turns;
mod untaken;
mod world_note;

pub use chances::Chances;
pub use distortion::Distortion;
pub use distortions::anchoring::Anchoring;
pub use distortions::central_tendency::CentralTendency;
pub use distortions::delay::Delay;
pub use distortions::drift::Drift;
pub use distortions::equals::Equals;
pub use distortions::fatigue::Fatigue;
pub use distortions::inertia::Inertia;
pub use distortions::mistakes::{Instead, Mistakes};
pub use distortions::myopia::Myopia;
pub use distortions::position_bias::PositionBias;
pub use distortions::skips::Skips;
pub use distortions::suboptimal::Suboptimal;
pub use error::SimulationError;
pub use moment::{Moment, Round};
pub use mtf::options::{Mtf, MtfType};
pub use parameters::{Given, Numbers};
pub use policies::{PolicyName, PolicyPart};
pub use population::{Group, Population};
pub use reward::Reward;
pub use segments::Segments;
pub use simulation::Simulation;
pub use source::{Seconds, Source, Within};
pub use teacher::Teacher;
pub use texts::{BORDA, Context, Lexicon, Phrase, Texts};
pub use world_note::world_of;
