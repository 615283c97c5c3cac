//! From a learned reward to behaviour, and what that behaviour is truly worth.
//!
//! [`optimize`] takes rewards (saved models, or what the world pays) and a world, finds the policy that is
//! best for each, and values it by the true reward: between the policy that takes all actions alike and
//! the one optimized for the true reward by the same method. How is a [`Method`]: exactly, where the world
//! is a table; by proximal policy optimization; or as the best of n episodes.
//!
//! On the way it measures overoptimization ([`overoptimization`]): curves of Gao et al. and what was lost, by
//! the true reward, and an alarm that needs none.
//!
//! It wires what others do (`medley-policy`, `medley-ppo`, `medley-theory`, `medley-saved-model`) and
//! deliberately knows no experiment: a saved model is all that is needed of one.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod best_of_n;
mod compared;
mod compared_spec;
mod course;
mod error;
mod exact;
mod learned;
mod names;
mod normalized;
mod optimize;
mod overoptimization;
mod overoptimization_labels;
mod overoptimization_picture;
mod overoptimization_summary;
mod proxy;
mod reward;
mod scored;
mod side_by_side;
mod spec;
mod spread;
mod standard;
mod summary;
mod text_table;
mod yardstick;

pub use compared::{compared, named_reward};
pub use compared_spec::Compared;
pub use course::{Course, CourseStage, FirstReturns};
pub use error::OptimizeError;
pub use optimize::{Optimized, Request, optimize};
pub use overoptimization::{Overoptimization, overoptimization};
pub use overoptimization_picture::picture;
pub use overoptimization_summary::overoptimization_summary;
pub use proxy::{Reading, learned_reward};
pub use reward::{EnsembleReward, NamedReward, true_reward};
pub use spec::{BestOfNOptions, Method, OptimizeSpec};
pub use summary::{figure, summary};
