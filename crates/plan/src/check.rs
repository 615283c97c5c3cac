//! Ranges and names that serde cannot check. Each struct of options knows its own ranges; what
//! concerns several of them is checked here.

use crate::plan::no_dataset;
use crate::{DatasetSpec, ExperimentSpec, Mix, PlanError};
use medley_toml_file::{Problem, above_zero};
use medley_training::{Mixing, Setup};
use std::collections::BTreeSet;

/// How tables name what is not about people's answers.
const TRUE_REWARD: &str = "true reward";

/// Methods that can tie rewards.
const TYING: &str = "`inference.laplace` for a linear reward, or `inference.last-layer`";

impl ExperimentSpec {
    /// Whether every value stands for something.
    ///
    /// # Errors
    /// The first that does not, with its path.
    pub fn check(&self) -> Result<(), PlanError> {
        check_name(&self.name)?;
        self.check_sources()?;
        self.check_seeds()?;
        self.check_data()?;
        self.check_components()?;
        self.execution.check().map_err(|problem| problem.within("execution"))?;
        self.check_fit()?;
        self.ablation.check().map_err(|problem| problem.within("ablation"))?;
        self.evaluation.check().map_err(|problem| problem.within("evaluation"))?;
        if let Some(truth) = &self.evaluation.truth {
            let made = self.dataset.generator.as_ref().and_then(|generator| generator.world());
            let problem = truth.check(made.as_ref());
            problem.map_err(|problem| problem.within("truth").within("evaluation"))?;
        }
        for source in &self.evaluation.sources {
            self.known(&["evaluation", "sources"], source)?;
        }
        self.check_tuning()?;
        self.check_querying()?;
        self.check_variants()?;
        self.check_mixing()?;
        match crate::compiled().contains(&self.device.as_str()) {
            true => Ok(()),
            false => {
                let error = crate::DeviceError { name: self.device.clone() };
                Err(PlanError::spec(&["device"], error.to_string()))
            }
        }
    }

    /// Whether a reward model can be fitted so.
    pub(crate) fn check_fit(&self) -> Result<(), PlanError> {
        self.reward_model.check().map_err(|problem| problem.within("reward-model"))?;
        self.training.check().map_err(|problem| problem.within("training"))?;
        let backbone = self.reward_model.backbone.as_ref();
        let name = self.inference.typetag_name();
        Ok(self.inference.check(backbone).map_err(|p| p.within(name).within("inference"))?)
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
            if let Some(known) = self.feedback[source].rationality {
                let checked = above_zero("rationality", known);
                checked.map_err(|problem| problem.within(source).within("feedback"))?;
            }
            if source.starts_with(TRUE_REWARD) {
                let message = format!(
                    "`{TRUE_REWARD}` is how tables name what is known of it: expected another name, found \
                     `{source}`"
                );
                return Err(PlanError::spec(&path, message));
            }
            if source.contains('+') {
                let message = format!("a source is named without `+`, found `{source}`");
                return Err(PlanError::spec(&path, message));
            }
        }
        // A mix may be called "a + b": its label is never taken apart.
        let mut labels = self.ablation.mixes.keys();
        labels.try_for_each(|label| check_label(&["ablation", "mixes", label], label))
    }

    /// A dataset is in one place.
    fn check_data(&self) -> Result<(), PlanError> {
        let DatasetSpec { path, generator, generator_seed, .. } = &self.dataset;
        match (path, generator) {
            (None, None) => Err(no_dataset()),
            (Some(_), Some(_)) => {
                let message = "expected `path` or `generator`, found both";
                Err(PlanError::spec(&["dataset", "generator"], message))
            }
            (Some(_), None) if generator_seed.is_some() => {
                let message = "it is the seed of a `generator`, and `path` names a dataset that is \
                               there already";
                Err(PlanError::spec(&["dataset", "generator-seed"], message))
            }
            (Some(_), None) => Ok(()),
            (None, Some(generator)) => {
                let name = generator.typetag_name();
                let seen = |problem: Problem| {
                    problem.within(name).within("generator").within("dataset").into()
                };
                generator.check().map_err(seen)
            }
        }
    }

    /// Directions of most variance say nothing of columns in different units.
    fn check_components(&self) -> Result<(), PlanError> {
        match self.dataset.components.is_empty() || self.dataset.standardize {
            true => Ok(()),
            false => {
                let message = "principal components are of standardized features: expected \
                               `standardize = true` beside, found `false`";
                Err(PlanError::spec(&["dataset", "components"], message))
            }
        }
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
        for source in self.ablation.answers.keys() {
            self.known(&["ablation", "answers", source], source)?;
        }
        for source in self.ablation.seconds_per_statement.keys() {
            self.known(&["ablation", "seconds-per-statement", source], source)?;
        }
        if let Some(curve) = &self.ablation.curve {
            self.known(&["ablation", "curve", "source"], &curve.source)?;
        }
        let mixes = self.mixes()?;
        if self.ablation.modes.is_empty() {
            self.check_way(&["mixing"], self.mixing.as_ref(), &mixes)?;
        }
        for (name, mixing) in &self.ablation.modes {
            let path = ["ablation", "modes", name];
            check_label(&path, name)?;
            self.check_way(&path, mixing.as_ref(), &mixes)?;
        }
        self.points().map(|_| ())
    }

    /// Whether a way of mixing, which stands at `path`, suits all mixes.
    pub(crate) fn check_way(
        &self,
        path: &[&str],
        mixing: &dyn Mixing,
        mixes: &[Mix],
    ) -> Result<(), PlanError> {
        let name = mixing.typetag_name();
        for (keys, source) in mixing.named() {
            let further = [name].into_iter().chain(keys.iter().map(String::as_str));
            self.known(&path.iter().copied().chain(further).collect::<Vec<_>>(), &source)?;
        }
        let inference = &self.inference;
        let asks = [
            (mixing.is_tied() && !inference.can_tie(), "ties rewards", TYING),
            (
                mixing.is_projected() && !inference.can_project(),
                "projects gradients",
                "`inference.map`",
            ),
        ];
        if let Some((_, what, needed)) = asks.into_iter().find(|(lacks, ..)| *lacks) {
            let method = self.inference.typetag_name();
            let message =
                format!("it {what}, which `inference.{method}` cannot; expected {needed}");
            let path: Vec<&str> = path.iter().copied().chain([name]).collect();
            return Err(PlanError::spec(&path, message));
        }
        let setup =
            Setup { members: self.reward_model.members, validation: self.dataset.split.validation };
        let within = |problem: medley_toml_file::Problem| {
            let problem = problem.within(name);
            path.iter().rev().fold(problem, |problem, key| problem.within(key))
        };
        mixing.check_setup(&setup).map_err(within)?;
        for mix in mixes {
            let sources: Vec<&str> = mix.sources.iter().map(String::as_str).collect();
            mixing.check(&sources).map_err(within)?;
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
