//! How sure are we of a number?

pub(crate) mod bootstrap;
#[cfg(test)]
mod coverage_tests;
mod resampled;
pub(crate) mod wilson;

pub use bootstrap::{Bootstrap, CONFIDENCE, Estimate};
pub use resampled::ClusterSets;
pub use wilson::wilson;
