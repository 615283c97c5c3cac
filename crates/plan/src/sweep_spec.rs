//! `[sweep]` as TOML writes it: which keys of the experiment take which values.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The points at which an experiment is run: all of its runs at each.
///
/// ```toml
/// [sweep.grid]
/// "training.learning-rate" = [0.001, 0.003, 0.01]
/// "reward-model.backbone" = [{ linear = {} }, { mlp = {} }]
///
/// [[sweep.conditional]]
/// when = { "reward-model.backbone" = { mlp = {} } }
/// grid = { "reward-model.backbone.mlp.hidden" = [[32], [64, 64]] }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SweepSpec {
    /// Values by dotted key, each a list, or a range `{ from, to, scale, points, whole }`. Every
    /// combination is a point.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub grid: BTreeMap<String, toml::Value>,
    /// Points that are written out, each a table of values by dotted key; with a grid, each of them with
    /// every combination.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<BTreeMap<String, toml::Value>>,
    /// Further keys of those points at which others have certain values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditional: Vec<Conditional>,
}

/// Keys that only some points have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Conditional {
    /// Values by dotted key, of the point or of the file, that a point must have.
    pub when: BTreeMap<String, toml::Value>,
    /// Values by dotted key, as in `sweep.grid`. Every combination is a point in place of the one.
    pub grid: BTreeMap<String, toml::Value>,
}

/// Keys that are no options of a run: what is written there.
const FIXED: [(&str, &str); 4] = [
    ("name", "one sweep is one experiment, of one name"),
    ("seeds", "every point has all seeds, which are listed in `seeds`"),
    ("execution", "no number depends on it"),
    ("sweep", "a sweep has no sweep within it"),
];

/// Tables of the experiment whose keys would be lost if another table stood in their place.
const TABLES: [&str; 6] =
    ["training", "reward-model", "dataset", "evaluation", "ablation", "feedback"];

impl SweepSpec {
    /// Where a key stands in the file, as far as its lists have names.
    pub(crate) fn place_of(&self, key: &str) -> Vec<String> {
        let under = |part: &str| vec!["sweep".to_owned(), part.to_owned()];
        if self.grid.contains_key(key) {
            return [under("grid"), vec![key.to_owned()]].concat();
        }
        match self.list.iter().any(|point| point.contains_key(key)) {
            true => under("list"),
            false => under("conditional"),
        }
    }

    /// What is wrong with its keys, and at which of them.
    pub(crate) fn flaw(&self) -> Option<(Vec<String>, String)> {
        let grids = self.conditional.iter().map(|conditional| &conditional.grid);
        let of_grids = std::iter::once(&self.grid).chain(grids).flatten();
        let listed = self.list.iter().flatten();
        let all = of_grids.map(|at| (at, true)).chain(listed.map(|at| (at, false)));
        for ((key, value), is_of_grid) in all {
            let first = key.split('.').next().unwrap_or_default();
            if let Some((_, reason)) = FIXED.iter().find(|(fixed, _)| *fixed == first) {
                let message = format!("`{key}` cannot be swept over: {reason}");
                return Some((self.place_of(key), message));
            }
            if !is_of_grid && value.is_table() && TABLES.contains(&key.as_str()) {
                let message = format!(
                    "expected a dotted key in quotes, such as `\"{key}.…\" = …`, found a table \
                     `{key}`, which would stand in place of all that the file says there"
                );
                return Some((self.place_of(key), message));
            }
        }
        None
    }
}
