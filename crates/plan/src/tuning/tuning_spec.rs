//! `[tuning]` as TOML writes it: what is varied, how, and whose held-out feedback decides.

use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which options are tuned, and on what.
///
/// ```toml
/// [tuning]
/// target = "comparisons"
/// design = { sobol = { points = 16, seed = 0 } }
/// halving = { factor = 3, least = 50 }
/// [tuning.options]
/// "training.learning-rate" = { from = 1e-4, to = 1e-1, scale = "log" }
/// "reward-model.backbone.mlp.hidden" = [[32], [64, 64]]
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TuningSpec {
    /// The source whose validation log-likelihood decides. Left out, the target of the mixing, or
    /// the only source that is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Which combinations of values are tried.
    #[serde(default)]
    pub design: Design,
    /// Whether candidates are first fitted to few statements, and the worse ones dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halving: Option<Halving>,
    /// Values by dotted key: a list, or a range `{ from, to, scale, points, whole }`.
    pub options: BTreeMap<String, toml::Value>,
}

/// Which combinations of values are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// All of them, the values of the last key changing first.
    #[default]
    Grid,
    /// Each value drawn by itself.
    Random(Drawn),
    /// The points of a Sobol sequence with Owen's scrambling, which fill the space evenly.
    Sobol(Drawn),
}

/// How many candidates are drawn, and from which seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Drawn {
    /// Candidates.
    pub points: usize,
    /// Seed of the draws and of nothing else: all runs try the same candidates.
    #[serde(default)]
    pub seed: u64,
}

/// Successive halving (Jamieson and Talwalkar 2016). What is rationed is statements: a rung fits to
/// so many of each source, and one in `factor` candidates goes on to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Halving {
    /// How many times as many statements the next rung has, and how many candidates one goes on of.
    pub factor: usize,
    /// Statements of each source at the first rung.
    pub least: usize,
}

/// More would be a mistake in the file, or a month.
pub(super) const MOST_CANDIDATES: usize = 1000;

impl TuningSpec {
    /// Whether its numbers are in range. What the options come to is known with the rest of the
    /// experiment.
    ///
    /// # Errors
    /// The first that is not; no option.
    pub fn check(&self) -> Result<(), Problem> {
        if self.options.is_empty() {
            return Err(Problem::new("options", "at least one option is needed, found none"));
        }
        if let Some(Halving { factor, least }) = self.halving {
            let within = |problem: Problem| problem.within("halving");
            at_least("factor", factor as u64, 2).map_err(within)?;
            at_least("least", least as u64, 1).map_err(within)?;
        }
        let (name, drawn) = match &self.design {
            Design::Grid => return Ok(()),
            Design::Random(drawn) => ("random", drawn),
            Design::Sobol(drawn) => ("sobol", drawn),
        };
        match (1..=MOST_CANDIDATES).contains(&drawn.points) {
            true => Ok(()),
            false => {
                let found = drawn.points;
                let message = format!("from 1 to {MOST_CANDIDATES} is needed, found {found}");
                Err(Problem::new("points", message).within(name).within("design"))
            }
        }
    }
}
