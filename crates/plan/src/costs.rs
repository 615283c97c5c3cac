//! What does a statement cost people?

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What statements cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Costs {
    /// What a statement of a source costs in seconds, in place of what its records say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub per_statement: BTreeMap<String, f64>,
    /// What a statement costs whose record does not say.
    pub unknown: UnknownSeconds,
}

/// What a statement costs whose record does not say how long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownSeconds {
    /// Nothing is guessed: it is an error.
    #[default]
    Error,
    /// The median of its source.
    Median,
}

impl Costs {
    /// Those of some sources.
    pub(crate) fn of(&self, sources: &[String]) -> Self {
        let own = self.per_statement.iter().filter(|(source, _)| sources.contains(source));
        let per_statement = own.map(|(source, &cost)| (source.clone(), cost)).collect();
        Self { per_statement, ..*self }
    }
}
