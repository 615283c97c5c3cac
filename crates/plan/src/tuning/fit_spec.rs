//! What a tuned run may choose: how its model is built and fitted, and nothing of its data or of how
//! it is judged.

use crate::PlanError;
use crate::setting::set;
use medley_reward_model::RewardModelSpec;
use medley_toml_file::{Tagged, parse_table};
use medley_training::{Inference, Mixing, Options};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How a model is built and fitted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FitSpec {
    /// The network and how rewards add up.
    pub reward_model: RewardModelSpec,
    /// How sources are mixed.
    pub mixing: Tagged<dyn Mixing>,
    /// How a fit is carried out.
    pub inference: Tagged<dyn Inference>,
    /// The loop.
    pub training: Options,
}

impl FitSpec {
    /// All its options, with their defaults, so that keys can be set among them.
    ///
    /// # Errors
    /// An option that TOML cannot hold.
    pub(super) fn table(&self) -> Result<toml::Table, PlanError> {
        toml::Table::try_from(self)
            .map_err(|error| PlanError::Broken { what: "plan", reason: error.to_string() })
    }

    /// What `base` says with these values in place of its own.
    ///
    /// # Errors
    /// A key or value that there cannot be.
    pub(super) fn with<'a>(
        base: &toml::Table,
        values: impl IntoIterator<Item = (&'a String, &'a toml::Value)>,
    ) -> Result<Self, String> {
        let mut table = base.clone();
        for (key, value) in values {
            set(&mut table, key, value.clone())?;
        }
        parse_table(Path::new(""), "", table, |_| None).map_err(|error| error.message.clone())
    }

    /// The same with only those options of the mixing that a mix of these sources depends on.
    pub(super) fn cut_to(self, sources: &[&str]) -> Self {
        let mixing = self.mixing.cut_to(sources).map(Tagged::new);
        Self { mixing: mixing.unwrap_or_else(|| self.mixing.clone()), ..self }
    }
}
