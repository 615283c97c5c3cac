//! Whose preferences are these? Models of the people behind feedback, over any kind of answer.
//!
//! A [`Panel`] is what people said about items: each statement is a choice whose log-probabilities are
//! a function of a few *predictors*, and each predictor is a sum of returns of items (and of numbers
//! that say how people answer, such as cutpoints). A [`PeopleModel`], named in TOML, says how what one
//! person wants is related to what others want; once fitted it gives a [`Belief`] about everybody,
//! strangers included, and about somebody new after a few answers.
//!
//! It deliberately knows no tensors, datasets or kinds of feedback: whoever has them makes the panel.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answer;
mod around;
mod belief;
mod choose;
mod common;
pub mod conformance;
mod distributional;
mod error;
mod gamma;
mod gaps;
mod held_out;
mod linear;
mod mlp;
mod model;
mod models;
mod newton;
mod pairs;
mod panel;
mod pebs;
mod population;
mod quadrature;
mod soft_logistic;
mod softmax;
pub mod studies;
#[cfg(test)]
mod testing;
pub mod triangular;
mod utility;

pub use answer::binary::Binary;
pub use answer::chosen::Chosen;
pub use answer::ordered::Ordered;
pub use answer::ordered_shares::OrderedShares;
pub use answer::{Answer, Evaluated, log_sigmoid};
pub use belief::{Belief, View};
pub use choose::Count;
pub use distributional::FittedDistributions;
pub use error::PeopleError;
pub use held_out::{Prediction, Score, predict, score};
pub use model::{Fitted, Number, PeopleModel};
pub use models::answering::Answering;
pub use models::bridging::{Bridging, FittedBridging};
pub use models::calibrated_ensemble::{CalibratedEnsemble, FittedEnsemble};
pub use models::categorical::Categorical;
pub use models::crowd_bt::{CrowdBt, FittedCrowdBt};
pub use models::group::Group;
pub use models::hierarchical::{Hierarchical, Predicted};
pub use models::hierarchical_posterior::{FittedPosterior, HierarchicalPosterior};
pub use models::latent_classes::LatentClasses;
pub use models::lore::Lore;
pub use models::low_rank::LowRank;
pub use models::mean_variance::MeanVariance;
pub use models::noise::Noise;
pub use models::noise_and_values::NoiseAndValues;
pub use models::pal::{FittedPal, Nearness, Pal, PalLoss};
pub use models::pooled::Pooled;
pub use models::rating::{Cutpoints, FittedRating, Rating, Values};
pub use models::tree::{FittedTree, InstabilityTest, Node, Split, Tree};
pub use models::vpl::{Divergence, FittedVpl, Hidden, Vpl};
pub use panel::{Column, Covariate, Panel, PanelParts, Predictor, Statement};
pub use pebs::{Affine, Pebs, RatedItem, pebs};
pub use population::Population;
pub use utility::{Utility, explained_by_items};
