//! A reward model as TOML names it.

use crate::{Backbone, Mlp, Returns};
use serde::{Deserialize, Serialize};

/// The network, how many of it, and how its rewards add up.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RewardModelSpec {
    /// Members of the ensemble.
    pub members: usize,
    /// Return of a segment: `sum`, `mean` or `{ discounted = 0.99 }`.
    pub returns: Returns,
    /// The network.
    pub backbone: Box<dyn Backbone>,
}

impl Default for RewardModelSpec {
    fn default() -> Self {
        Self { members: 1, returns: Returns::default(), backbone: Box::new(Mlp::default()) }
    }
}
