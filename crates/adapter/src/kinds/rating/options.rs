//! How is a rating read?

use crate::{LearnedOr, Sharing};
use serde::{Deserialize, Serialize};

/// Options: how a rating is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rating {
    /// What relates the return to the answer.
    pub model: RatingModel,
    /// Whether people use the scale in ways of their own: cutpoints `l_a + exp(s_a) c_k` for
    /// annotator `a`, with `l_a` in nats. Of the cumulative logit only.
    pub cutpoints: Sharing,
    /// Whether people add a number of their own to all they say, in points of the scale. Of the
    /// Gaussian only.
    pub offset: Sharing,
    /// Standard deviation of the Gaussian, in points of the scale.
    pub sd: LearnedOr,
    /// Use only the ratings of this aspect; none: only those of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Whether each aspect addresses a head of its own, the whole the sum of all heads.
    pub aspect_heads: bool,
    /// Whether people differ in how closely their ratings follow returns.
    pub rationality: Sharing,
}

/// What relates the return to the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RatingModel {
    /// `P(y <= k) = sigmoid(c_k - beta R)` (McCullagh 1980).
    #[default]
    CumulativeLogit,
    /// `y ~ Normal(beta R + offset, sd)`: squared error.
    Gaussian,
}
