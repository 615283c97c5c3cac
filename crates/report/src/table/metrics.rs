//! By which metrics is a reward told, where only some are?

/// What the reward itself orders, whatever the response model makes of it.
pub(crate) const ORDER: &str = "rank-correlation";
/// What training maximizes.
pub(crate) const TRAINED: &str = "log-likelihood";
/// What behaviour that follows the reward is worth, where the true one is known.
pub(crate) const VALUE: &str = "normalized-value";
/// Metrics of which the first that a source was judged by counts; all of them higher for better.
pub(crate) const FIRST: [&str; 5] = [VALUE, ORDER, "accuracy", TRAINED, "return-spearman"];
/// What is shown of a reward beside the true one.
pub(crate) const TRUTH: [&str; 4] = [VALUE, "epic", "starc", "return-spearman"];
