//! By which metrics is a reward told, where only some are?

/// What the reward itself orders, whatever the response model makes of it.
pub(crate) const ORDER: &str = "rank-correlation";
/// What training maximizes.
pub(crate) const TRAINED: &str = "log-likelihood";
/// Metrics of which the first that a source was judged by counts; all of them higher for better.
pub(crate) const FIRST: [&str; 3] = [ORDER, "accuracy", TRAINED];
