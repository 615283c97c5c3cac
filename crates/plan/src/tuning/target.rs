//! Whose held-out feedback decides between candidates?

use crate::{ExperimentSpec, PlanError, TuningSpec};
use medley_training::Mixing;
use std::collections::BTreeSet;

impl ExperimentSpec {
    /// The source whose validation log-likelihood decides: the one that `[tuning]` names, or the one
    /// that all ways of mixing with a target have, or the only one that is judged.
    ///
    /// # Errors
    /// One that is not there, several or none.
    pub(super) fn target_of(&self, tuning: &TuningSpec) -> Result<String, PlanError> {
        let path = ["tuning", "target"];
        if let Some(target) = &tuning.target {
            self.known(&path, target)?;
            return Ok(target.clone());
        }
        let mixed: BTreeSet<String> = self.all_ways().filter_map(target_of_mixing).collect();
        let judged: BTreeSet<String> = match &self.ablation.curve {
            Some(curve) => [curve.source.clone()].into(),
            None => self.judged().into_iter().cloned().collect(),
        };
        let candidates = if mixed.is_empty() { judged } else { mixed };
        match candidates.first() {
            Some(only) if candidates.len() == 1 => Ok(only.clone()),
            _ => {
                let names: Vec<String> =
                    candidates.iter().map(|name| format!("`{name}`")).collect();
                let message = format!(
                    "the source whose validation part decides has to be named, and could be any of {}",
                    names.join(", ")
                );
                Err(PlanError::spec(&path, message))
            }
        }
    }

    /// The source that decides, if anything is tuned.
    ///
    /// # Errors
    /// It is not known which.
    pub fn tuning_target(&self) -> Result<Option<String>, PlanError> {
        self.tuning.as_ref().map(|tuning| self.target_of(tuning)).transpose()
    }

    /// The ways of mixing that the file has.
    pub(super) fn all_ways(&self) -> impl Iterator<Item = &dyn Mixing> {
        let modes = self.ablation.modes.values();
        let only = self.ablation.modes.is_empty().then_some(&self.mixing);
        modes.chain(only).map(AsRef::as_ref)
    }
}

/// The source that a way of mixing exports, if it names one.
fn target_of_mixing(mixing: &dyn Mixing) -> Option<String> {
    let mut named = mixing.named().into_iter();
    named.find(|(keys, _)| keys == &["target"]).map(|(_, source)| source)
}
