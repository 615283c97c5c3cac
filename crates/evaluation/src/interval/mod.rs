//! How sure are we of a number?

pub(crate) mod bootstrap;
mod resampled;
pub(crate) mod wilson;

pub use bootstrap::{Bootstrap, CONFIDENCE, Estimate};
pub use resampled::ClusterSets;
pub use wilson::wilson;
