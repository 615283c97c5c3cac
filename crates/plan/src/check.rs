//! Ranges and names that serde cannot check. Each struct of options knows its own ranges; what
//! concerns several of them is checked here.

use crate::{ExperimentSpec, PlanError};
use medley_training::Setup;
use std::collections::BTreeSet;

impl ExperimentSpec {
    /// Whether every value stands for something.
    ///
    /// # Errors
    /// The first that does not, with its path.
    pub fn check(&self) -> Result<(), PlanError> {
        check_name(&self.name)?;
        self.check_sources()?;
        self.check_seeds()?;
        self.execution.check().map_err(|problem| problem.within("execution"))?;
        self.reward_model.check().map_err(|problem| problem.within("reward-model"))?;
        self.training.check().map_err(|problem| problem.within("training"))?;
        self.ablation.check().map_err(|problem| problem.within("ablation"))?;
        self.evaluation.check().map_err(|problem| problem.within("evaluation"))?;
        for source in &self.evaluation.sources {
            self.known(&["evaluation", "sources"], source)?;
        }
        let backbone = self.reward_model.backbone.as_ref();
        let name = self.inference.typetag_name();
        self.inference.check(backbone).map_err(|p| p.within(name).within("inference"))?;
        self.check_mixing()?;
        match crate::compiled().contains(&self.device.as_str()) {
            true => Ok(()),
            false => {
                let error = crate::DeviceError { name: self.device.clone() };
                Err(PlanError::spec(&["device"], error.to_string()))
            }
        }
    }

    /// Tables join the names of sources by `+`.
    fn check_sources(&self) -> Result<(), PlanError> {
        if self.feedback.is_empty() {
            let message = "at least one source of feedback is needed, found none";
            return Err(PlanError::spec(&["feedback"], message));
        }
        for source in self.feedback.keys() {
            let path = ["feedback", source];
            check_label(&path, source)?;
            if source.contains('+') {
                let message = format!("a source is named without `+`, found `{source}`");
                return Err(PlanError::spec(&path, message));
            }
        }
        // A mix may be called "a + b": its label is never taken apart.
        let mut labels = self.ablation.mixes.keys();
        labels.try_for_each(|label| check_label(&["ablation", "mixes", label], label))
    }

    fn check_seeds(&self) -> Result<(), PlanError> {
        if self.seeds.is_empty() {
            return Err(PlanError::spec(&["seeds"], "at least one seed is needed, found none"));
        }
        if self.seeds.iter().collect::<BTreeSet<_>>().len() < self.seeds.len() {
            return Err(PlanError::spec(&["seeds"], "a seed is named twice"));
        }
        Ok(())
    }

    fn check_mixing(&self) -> Result<(), PlanError> {
        let name = self.mixing.typetag_name();
        for (keys, source) in self.mixing.named() {
            let path = ["mixing", name].into_iter().chain(keys.iter().map(String::as_str));
            self.known(&path.collect::<Vec<_>>(), &source)?;
        }
        let setup =
            Setup { members: self.reward_model.members, validation: self.dataset.split.validation };
        self.mixing.check_setup(&setup).map_err(|p| p.within(name).within("mixing"))?;
        for mix in self.mixes()? {
            let sources: Vec<&str> = mix.sources.iter().map(String::as_str).collect();
            self.mixing.check(&sources).map_err(|problem| problem.within(name).within("mixing"))?;
        }
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), PlanError> {
    let is_plain = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && !name.starts_with('.');
    if is_plain {
        return Ok(());
    }
    let message = format!("a name is letters, digits, `-`, `_` and `.`, found `{name}`");
    Err(PlanError::spec(&["name"], message))
}

fn check_label(path: &[&str], label: &str) -> Result<(), PlanError> {
    match label.trim().is_empty() {
        false => Ok(()),
        true => Err(PlanError::spec(path, "a name is needed, found an empty text")),
    }
}
