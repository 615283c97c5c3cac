//! The candidates of each mix: the file's options with a setting in their place, read and checked as
//! the file is.

use super::candidate::Candidate;
use super::design::settings;
use super::fit_spec::FitSpec;
use super::run_tuning::RunTuning;
use super::tuning_spec::{Design, TuningSpec};
use crate::error::to_toml;
use crate::setting::at;
use crate::values::Values;
use crate::{ExperimentSpec, Mix, PlanError, Setting};
use medley_toml_file::Tagged;
use medley_training::Mixing;
use std::collections::{BTreeMap, BTreeSet};

/// Where keys of a candidate may lead.
pub(crate) const TUNABLE: [&str; 4] = ["reward-model", "mixing", "inference", "training"];

/// Ends the label of a tuned mix.
const TUNED: &str = " (tuned)";

impl ExperimentSpec {
    /// The label of a mix once it is tuned.
    pub fn tuned_label(untuned: &str) -> String {
        format!("{untuned}{TUNED}")
    }

    /// Whether `[tuning]` says what can be tuned. Its candidates are checked one by one where they
    /// are listed.
    ///
    /// # Errors
    /// The first that cannot.
    pub(crate) fn check_tuning(&self) -> Result<(), PlanError> {
        let Some(tuning) = &self.tuning else { return Ok(()) };
        tuning.check().map_err(|problem| problem.within("tuning"))?;
        for key in tuning.options.keys() {
            self.check_key(key).map_err(|message| of_option(key, message))?;
        }
        self.target_of(tuning)?;
        if self.dataset.split.validation <= 0.0 {
            let message = "the validation part decides: a share above 0 is needed for \
                           `dataset.split.validation`, found 0";
            return Err(PlanError::spec(&["tuning"], message));
        }
        not_tuned(&["ablation", "mixes"], self.ablation.mixes.keys())?;
        not_tuned(&["ablation", "modes"], self.ablation.modes.keys())?;
        not_tuned(&["feedback"], self.feedback.keys())
    }

    fn check_key(&self, key: &str) -> Result<(), String> {
        let keys: Vec<&str> = key.split('.').collect();
        if keys.len() < 2 || !TUNABLE.contains(&keys[0]) {
            return Err(format!(
                "a dotted key under {} is expected, found `{key}`; what changes data, features, \
                 adapters or measures would leave held-out likelihoods that cannot be compared",
                TUNABLE.map(|table| format!("`{table}`")).join(", ")
            ));
        }
        let (place, named): (&str, Vec<&str>) = match keys[..] {
            ["mixing", ..] => ("mixing", self.all_ways().map(|way| way.typetag_name()).collect()),
            ["inference", ..] => ("inference", vec![self.inference.typetag_name()]),
            ["reward-model", "backbone", _, ..] => {
                ("reward-model.backbone", vec![self.reward_model.backbone.typetag_name()])
            }
            ["training", ..] if !self.inference.reads_options() => {
                let name = self.inference.typetag_name();
                return Err(format!(
                    "`inference.{name}` reads nothing of `training`: all candidates would be one fit"
                ));
            }
            _ => return Ok(()),
        };
        let tag = keys[place.split('.').count()];
        match named.contains(&tag) {
            true => Ok(()),
            false => {
                let named: BTreeSet<String> =
                    named.into_iter().map(|name| format!("`{place}.{name}`")).collect();
                let named: Vec<String> = named.into_iter().collect();
                Err(format!(
                    "`{place}.{tag}` is not what is tuned: the experiment has {}",
                    named.join(", ")
                ))
            }
        }
    }

    /// What a mix with this way of mixing is tuned among; none if nothing of it varies.
    ///
    /// # Errors
    /// A candidate that the file could not be, at the key that makes it so.
    pub(crate) fn tuning_of(
        &self,
        mix: &Mix,
        mixing: &Tagged<dyn Mixing>,
    ) -> Result<Option<RunTuning>, PlanError> {
        let Some(tuning) = &self.tuning else { return Ok(None) };
        let sources: Vec<&str> = mix.sources.iter().map(String::as_str).collect();
        let written = self.fit_spec(mixing);
        let base = written.table()?;
        let mut known = BTreeSet::new();
        let mut candidates = Vec::new();
        for mut setting in self.settings(tuning, mixing.typetag_name())? {
            let fit = self.candidate(&base, &setting, mix)?.cut_to(&sources);
            let table = fit.table()?;
            setting.0.retain(|key, _| !key.starts_with("mixing.") || at(&table, key).is_some());
            if known.insert(to_toml(&fit)?) {
                candidates.push(Candidate { setting, fit });
            }
        }
        if known == BTreeSet::from([to_toml(&written.cut_to(&sources))?]) {
            return Ok(None);
        }
        Ok(Some(RunTuning {
            target: self.target_of(tuning)?,
            halving: tuning.halving,
            candidates,
            untuned: mix.label.clone(),
        }))
    }

    fn fit_spec(&self, mixing: &Tagged<dyn Mixing>) -> FitSpec {
        FitSpec {
            reward_model: self.reward_model.clone(),
            mixing: mixing.clone(),
            inference: self.inference.clone(),
            training: self.training.clone(),
        }
    }

    /// The settings of the design, of those keys that a way of mixing has.
    fn settings(&self, tuning: &TuningSpec, way: &str) -> Result<Vec<Setting>, PlanError> {
        let mut options = BTreeMap::new();
        for (key, written) in &tuning.options {
            let values = Values::read(written).map_err(|message| of_option(key, message))?;
            options.insert(key.clone(), values);
        }
        let is_of_way = |key: &String| match key.strip_prefix("mixing.") {
            Some(rest) => rest.split('.').next() == Some(way),
            None => true,
        };
        // Of a drawn design the dimensions stay, whatever the way.
        if tuning.design == Design::Grid {
            options.retain(|key, _| is_of_way(key));
        }
        let mut found =
            settings(&tuning.design, &options).map_err(|problem| problem.within("tuning"))?;
        found.iter_mut().for_each(|setting| setting.0.retain(|key, _| is_of_way(key)));
        Ok(found)
    }

    fn candidate(
        &self,
        base: &toml::Table,
        setting: &Setting,
        mix: &Mix,
    ) -> Result<FitSpec, PlanError> {
        let fit = FitSpec::with(base, &setting.0).map_err(|message| {
            let alone = setting.0.iter().find(|one| FitSpec::with(base, [*one]).is_err());
            match alone {
                Some((key, value)) => of_option(key, format!("{message}{}", hint(value, &message))),
                None => of_options(setting, message),
            }
        })?;
        let FitSpec { reward_model, mixing, inference, training } = fit.clone();
        let spec = Self { reward_model, inference, training, ..self.clone() };
        let checked = spec
            .check_fit()
            .and_then(|()| spec.check_way(&["mixing"], mixing.as_ref(), std::slice::from_ref(mix)));
        match checked {
            Ok(()) => Ok(fit),
            Err(PlanError::Spec { path, message }) => Err(of_candidate(setting, &path, message)),
            Err(other) => Err(other),
        }
    }
}

/// Refuses a name under `path` that tables would take for a tuned mix.
fn not_tuned<'a>(
    path: &[&str],
    mut names: impl Iterator<Item = &'a String>,
) -> Result<(), PlanError> {
    match names.find(|name| name.ends_with(TUNED)) {
        None => Ok(()),
        Some(name) => {
            let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            let message = format!("a name that ends in `{TUNED}` is that of a tuned mix");
            Err(PlanError::spec(&path, message))
        }
    }
}

/// An error about the values of a key.
fn of_option(key: &str, message: String) -> PlanError {
    PlanError::spec(&["tuning", "options", key], message)
}

/// An error about a candidate, which no key alone is at fault for.
fn of_options(setting: &Setting, message: String) -> PlanError {
    PlanError::spec(&["tuning", "options"], format!("{message} (with {setting})"))
}

/// An error about the value at `path` of a candidate: at the key that set it, if one did. Of a table
/// as a whole, at the first of its keys, unless others could be at fault too.
fn of_candidate(setting: &Setting, path: &[String], message: String) -> PlanError {
    let agrees = |key: &str| key.split('.').zip(path).all(|(key, found)| key == found);
    let all_agree = setting.0.keys().all(|key| agrees(key));
    let leads = |key: &&String| agrees(key) && (all_agree || key.split('.').count() <= path.len());
    let message = format!("`{}`: {message}", path.join("."));
    match setting.0.keys().find(leads) {
        Some(key) => of_option(key, message),
        None => of_options(setting, message),
    }
}

/// What may help where a range gave a number with a point and a whole one is wanted.
fn hint(value: &toml::Value, message: &str) -> &'static str {
    match value.is_float() && message.contains("whole number") {
        true => "; `whole = true` gives the whole numbers of a range",
        false => "",
    }
}
