//! A reward model as TOML names it.

use crate::{Backbone, Mlp, Returns};
use medley_toml_file::{Problem, Tagged, at_least};
use serde::{Deserialize, Serialize};

/// The network, how many of it, and how its rewards add up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RewardModelSpec {
    /// Members of the ensemble.
    pub members: usize,
    /// Return of a segment: `sum`, `mean` or `{ discounted = 0.99 }`.
    pub returns: Returns,
    /// The network.
    pub backbone: Tagged<dyn Backbone>,
}

impl Default for RewardModelSpec {
    fn default() -> Self {
        let backbone: Box<dyn Backbone> = Box::new(Mlp::default());
        Self { members: 1, returns: Returns::default(), backbone: Tagged::new(backbone) }
    }
}

impl RewardModelSpec {
    /// Whether its values are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("members", self.members as u64, 1)?;
        if let Returns::Discounted(gamma) = self.returns
            && !(gamma > 0.0 && gamma <= 1.0)
        {
            let message = format!("a discount in (0, 1] is needed, found {gamma}");
            return Err(Problem::new("returns", message));
        }
        self.backbone.check().map_err(|message| Problem::new("backbone", message))
    }
}
